"""Find whole pictures in a camera's bytes, whatever surrounds them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from .structure import Broken, Gif, Jpeg, Png, Structure, Webp

SIGNATURES: Final = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP|GIF8[79]a|....ftyp(?:avi|hei|hev|mif1|msf1|jpe)", re.DOTALL
)
_LONGEST = 12
_LONGEST_PART = 4500
_BOUNDARY = b"\r\n--"
_NEXT_PART = re.compile(rb"\r?\n--[^\r\n]{1,200}\r?\n(?:[^\r\n]{1,200}\r?\n){0,20}?\r?\n(?=\xff\xd8\xff)")


@dataclass(frozen=True, slots=True)
class Found:
    """A picture. Without its end it may be whole or truncated."""

    picture: bytes = field(repr=False)
    has_end: bool = True


class PictureFinder:
    """Reads the bytes of a body and returns each picture in them once."""

    def __init__(self, *, is_stream: bool = False, length: int | None = None) -> None:
        """`length` is the body's, where one was announced; a stream has parts with boundaries between them."""
        self._data = bytearray()
        self._start: int | None = None
        self._structure: Structure | None = None
        self._searched = self._parts_searched = 0
        self.is_stream = is_stream
        self._length = length

    @property
    def size(self) -> int:
        """How many bytes are held."""
        return len(self._data)

    @property
    def has_all(self) -> bool:
        """Whether as much has come as was announced, and nothing in it needs more."""
        return self._length is not None and len(self._data) >= self._length and self._structure is None

    def feed(self, data: bytes) -> None:
        """Take more of the body."""
        self._data += data

    def next(self) -> Found | None:
        """Return the next picture, None if more must come."""
        while self._start is not None or self._begin():
            assert self._start is not None  # noqa: S101 - set by _begin
            start, resume = self._start, None
            try:
                end = self._end()
            except Broken as broken:
                end, resume = None, max(broken.resume, start + 2)
            part = self._next_part()
            if part is not None and (end is None or part.start() < end):
                # It is truncated; do not take the following bytes for its own.
                found = Found(bytes(self._data[start : part.start()]), has_end=False)
                self._drop(part.end())
                return found
            if end is not None:
                found = Found(bytes(self._data[start:end]))
                self._drop(end)
                return found
            if resume is None:
                return None
            self._drop(resume)
        return None

    def last(self) -> Found | None:
        """Return a picture without a recognised end, after the last byte."""
        if self._start is not None:
            return Found(bytes(self._data[self._start :]), has_end=self._structure is None)
        return None if self.is_stream else Found(bytes(self._data))

    def _begin(self) -> bool:
        found = SIGNATURES.search(self._data, self._searched)
        if found is None:
            self._searched = max(0, len(self._data) - _LONGEST)
            if self.is_stream:  # what stands between the pictures of a stream is of no use
                self._drop(self._searched)
            return False
        self._start = found.start()
        self._structure = _structure(found[0], found.start())
        return True

    def _next_part(self) -> re.Match[bytes] | None:
        """Return where the next part of a stream begins, if that has come."""
        if not self.is_stream:
            return None
        found = _NEXT_PART.search(self._data, max(self._start or 0, self._parts_searched))
        self._parts_searched = max(0, len(self._data) - _LONGEST_PART)
        return found

    def _end(self) -> int | None:
        if self._structure is not None:
            return self._structure.end(self._data)
        # AVIF and HEIF do not say where they end; the body or the part does.
        assert self._start is not None  # noqa: S101 - there is a picture
        if self.is_stream:
            end = self._data.find(_BOUNDARY, self._start)
            return None if end < 0 else end
        return self._length if self._length and self._length <= len(self._data) else None

    def _drop(self, before: int) -> None:
        del self._data[:before]
        self._start = self._structure = None
        self._searched = self._parts_searched = 0
        self._length = None


def _structure(signature: bytes, start: int) -> Structure | None:
    if signature[:2] == b"\xff\xd8":
        return Jpeg(start)
    if signature[:4] == b"\x89PNG":
        return Png(start)
    if signature[:4] == b"RIFF":
        return Webp(start)
    return Gif(start) if signature[:3] == b"GIF" else None
