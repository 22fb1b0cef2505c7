"""Open the source at a path or address."""

from __future__ import annotations

from pathlib import Path

from ..errors import BadSetting
from .camera import CameraSource, is_camera
from .folder import FolderSource
from .source import ReadOptions, Source


def open_source(
    place: str, *, interval: float, timelapse: bool = False, options: ReadOptions | None = None
) -> Source:
    """Return the source at a path or address; raises BadSetting.

    From a video a picture is taken every `interval` seconds, or every frame of a time-lapse.
    """
    if is_camera(place):
        return CameraSource(place, options)
    path = Path(place)
    if path.is_dir():
        return FolderSource(path)
    if path.is_file():
        from .video import VideoSource

        return VideoSource(path, 0.0 if timelapse else interval)
    raise BadSetting(f"{place} is no folder, no video file and no address (http, https, rtsp).")
