"""Choose how to read a network camera: by single pictures, or by a decoder that stays open."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..errors import BadSetting, SnapshotError
from .body_picture import IsVideo
from .http import HttpSource
from .source import ReadOptions, Source

STREAMS = ("rtsp", "rtsps", "rtmp", "rtmps", "rtmpt", "srt", "udp", "rtp", "tcp")
PLAYLISTS = (".m3u8", ".m3u", ".mpd", ".ts", ".flv", ".mp4", ".mkv", ".webm", ".sdp")


class CameraSource:
    """A camera at an address; its first answer decides how it is read."""

    live = True

    def __init__(self, address: str, options: ReadOptions | None = None) -> None:
        """Send no request yet; raises BadSetting."""
        self._address, self._options = address.strip(), options or ReadOptions()
        scheme = self._address.partition("://")[0].lower()
        self._source: Source
        if scheme in STREAMS or (scheme in ("http", "https") and _is_playlist(self._address)):
            self._source = self._stream()
        else:
            self._source = HttpSource(self._address, self._options)

    @property
    def is_stream(self) -> bool:
        """Whether the address is known to be that of a stream."""
        return bool(getattr(self._source, "is_stream", False))

    async def snapshot(self) -> bytes:
        """Return the camera's current picture; raises SnapshotError."""
        try:
            return await self._source.snapshot()
        except IsVideo:
            try:
                self._source = self._stream()
            except BadSetting as error:
                raise SnapshotError(error.template, **error.values) from None
        return await self._source.snapshot()

    async def close(self) -> None:
        """Close the connection to the camera."""
        await self._source.close()

    def _stream(self) -> Source:
        from .stream import StreamSource

        return StreamSource(self._address, self._options)


def is_camera(text: str) -> bool:
    """Return whether a text is a camera's address, as opposed to a file."""
    scheme, separator, _ = text.partition("://")
    return bool(separator) and scheme.lower() in ("http", "https", *STREAMS)


def _is_playlist(address: str) -> bool:
    try:
        return urlsplit(address).path.lower().endswith(PLAYLISTS)
    except ValueError:
        return False
