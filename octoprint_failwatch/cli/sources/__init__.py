"""Where `failwatch watch` takes its pictures from: a folder, a video, an address on the network."""

from __future__ import annotations

from pathlib import Path

import aiohttp
from yarl import URL

from ...engine.errors import BadSetting
from .folder import FolderSource
from .http import HttpSource
from .source import Source, SourceEnded

__all__ = ["Source", "SourceEnded", "open_source"]


def open_source(
    place: str, session: aiohttp.ClientSession, *, interval: float, timelapse: bool = False
) -> Source:
    """Return the source at a path or address; raises BadSetting.

    From a video a picture is taken every `interval` seconds, or every frame of a time-lapse.
    """
    scheme, separator, _ = place.partition("://")
    if separator and scheme.lower() in ("http", "https"):
        if not _is_address(place):
            raise BadSetting("The camera's address must look like http://printer.local/snapshot.jpg.")
        return HttpSource(place, session)
    if separator and scheme.lower() in ("rtsp", "rtsps", "rtmp", "srt", "udp"):
        from .stream import StreamSource

        return StreamSource(place)
    path = Path(place)
    if path.is_dir():
        return FolderSource(path)
    if path.is_file():
        from .video import VideoSource

        return VideoSource(path, 0.0 if timelapse else interval)
    raise BadSetting(f"{place} is no folder, no video file and no address (http, https, rtsp).")


def _is_address(text: str) -> bool:
    try:
        return bool(URL(text).host)
    except ValueError:
        return False
