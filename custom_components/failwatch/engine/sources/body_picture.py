"""Extract the picture from a camera's answer: a snapshot, or the first good picture of a stream."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final

from ..errors import BadPicture, SnapshotError
from ..imaging.visibility import VisibilityLimits, examine, shows_nothing
from . import reasons
from .picture_finder import Found, PictureFinder
from .source import MAX_BYTES

DARK_AT_FIRST = 3.0
"""Seconds for which a stream may be dark or blank: cameras get used to the light when somebody begins to look."""
PAD: Final = bytes(16)
"""What a decoder looks ahead at the end of a JPEG that lacks its end mark."""
_START = 512
_VIDEO: Final = re.compile(
    rb"#EXTM3U|FLV\x01|\x1aE\xdf\xa3|G.{187}G|....ftyp(?!avi|hei|hev|mif1|msf1|jpe)|....moof", re.DOTALL
)
_LIMITS = VisibilityLimits()


class IsVideo(SnapshotError):
    """The answer is a video stream such as HLS, which needs a decoder."""


class BodyPicture:
    """Reads a body piece by piece until it has a picture. Blocks while it opens one."""

    def __init__(
        self,
        content_type: str = "",
        length: int | None = None,
        *,
        max_bytes: int = MAX_BYTES,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`length` is the body's, where one is announced."""
        self._type = content_type.partition(";")[0].strip().lower()
        is_stream = self._type.startswith("multipart/") or "mixed-replace" in content_type.lower()
        self._finder = PictureFinder(is_stream=is_stream, length=length)
        self._max_bytes = max_bytes
        self._now = now
        self._start = b""
        self._dark: bytes | None = None
        self.deadline: float | None = None
        """When a stream that is still dark is taken as it is."""

    @property
    def is_stream(self) -> bool:
        """Whether pictures follow one another."""
        return self._finder.is_stream

    @property
    def has_all(self) -> bool:
        """Whether nothing more has to be waited for."""
        return self._finder.has_all or (self.deadline is not None and self._now() >= self.deadline)

    def take(self, piece: bytes) -> bytes | None:
        """Return the picture once it is whole; raises SnapshotError."""
        if len(self._start) < _START:
            self._start += piece[:_START]
            if _VIDEO.match(self._start):
                raise IsVideo("This is a video stream.")
            self._finder.is_stream |= self._start.lstrip().startswith(b"--")
        self._finder.feed(piece)
        while found := self._finder.next():
            self._refuse_large(len(found.picture))
            if found.has_end and not self.is_stream and found.picture.startswith(b"\xff\xd8"):
                return found.picture  # the watch opens it in any case
            picture, is_bright = _opened(found)
            if picture is not None and (is_bright or not self.is_stream):
                return picture
            if picture is not None:
                self._dark = picture
                self.deadline = self.deadline or self._now() + DARK_AT_FIRST
        self._refuse_large(self._finder.size)
        return None

    def finish(self) -> bytes:
        """Return the picture after the last piece; raises SnapshotError."""
        if self._dark is not None:
            return self._dark
        last = self._finder.last()
        picture = _opened(last)[0] if last is not None and last.picture else None
        if picture is not None:
            return picture
        if self._type.startswith("video/") or "mpegurl" in self._type:
            raise IsVideo("This is a video stream.")
        if self.is_stream:
            raise SnapshotError("The stream gives no whole picture.")
        raise reasons.of_content(self._type, self._start)

    def _refuse_large(self, size: int) -> None:
        if size > self._max_bytes:
            megabytes = self._max_bytes // 1_000_000
            raise SnapshotError("The camera sends more than %(what)s MB for one picture.", what=megabytes)


def _opened(found: Found) -> tuple[bytes | None, bool]:
    """Return a picture that opens, with its end, and whether something can be seen in it."""
    is_endless_jpeg = not found.has_end and found.picture.startswith(b"\xff\xd8")
    try:
        digest = examine(found.picture + (PAD if is_endless_jpeg else b""))
    except BadPicture:
        return None, False
    picture = found.picture.removesuffix(b"\xff") + b"\xff\xd9" if is_endless_jpeg else found.picture
    return picture, not shows_nothing(digest, _LIMITS)
