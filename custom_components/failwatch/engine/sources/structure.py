"""Find the end of a picture by its own structure."""

from __future__ import annotations

import re
from typing import Protocol

_MARKER = re.compile(rb"\xff+([^\x00\xff])", re.DOTALL)
_IN_SCAN = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))
"""Markers without a length: TEM and RST0 to RST7."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers that begin a frame: SOF0 to SOF15 without DHT, JPG and DAC."""


class Broken(Exception):
    """The bytes turned out not to be a picture; `resume` is where the next one may start."""

    def __init__(self, resume: int) -> None:
        """Keep the place."""
        super().__init__()
        self.resume = resume


class Structure(Protocol):
    """Follows one picture through growing data."""

    def end(self, data: bytes | bytearray) -> int | None:
        """Return where the picture ends, None if more must come. Raises Broken."""


class Jpeg:
    """A JPEG (ITU T.81, annex B): segments with lengths, scans, and EOI."""

    def __init__(self, start: int) -> None:
        """Begin behind SOI."""
        self._at = start + 2
        self._in_scan = False
        self._has_frame = self._has_scan = False

    def end(self, data: bytes | bytearray) -> int | None:
        """Return where the picture ends, None if more must come. Raises Broken."""
        while True:
            found = (_IN_SCAN if self._in_scan else _MARKER).search(data, self._at)
            if found is None:
                # A marker may have come in half.
                self._at = max(self._at, len(data) - 1)
                return None
            marker = found[1][0]
            if marker == EOI:
                if not (self._has_frame and self._has_scan):
                    raise Broken(found.end())
                return found.end()
            if marker == SOI:  # the picture broke off, and another begins
                raise Broken(found.end() - 2)
            if marker in _ALONE:
                self._at = found.end()
                continue
            length = int.from_bytes(data[found.end() : found.end() + 2], "big")
            if len(data) < found.end() + 2:
                self._at = found.start()
                return None
            if length < 2:
                raise Broken(found.end())
            self._has_frame |= marker in _FRAMES
            self._in_scan = marker == SOS
            self._has_scan |= self._in_scan
            self._at = found.end() + length


class Png:
    """A PNG: chunks with lengths, the last of which is IEND."""

    def __init__(self, start: int) -> None:
        """Begin behind the signature."""
        self._at = start + 8

    def end(self, data: bytes | bytearray) -> int | None:
        """Return where the picture ends, None if more must come. Raises Broken."""
        while len(data) >= self._at + 12:
            name = bytes(data[self._at + 4 : self._at + 8])
            if not name.isalpha():
                raise Broken(self._at)
            after = self._at + 12 + int.from_bytes(data[self._at : self._at + 4], "big")
            if name == b"IEND":
                return after
            self._at = after
        return None


class Webp:
    """A WebP: a RIFF file, which says its length."""

    def __init__(self, start: int) -> None:
        """Keep where it begins."""
        self._start = start

    def end(self, data: bytes | bytearray) -> int | None:
        """Return where the picture ends, None if more must come."""
        length = int.from_bytes(data[self._start + 4 : self._start + 8], "little")
        after = self._start + 8 + length
        return after if len(data) >= max(after, self._start + 12) else None


class Gif:
    """A GIF: a screen, blocks of sub-blocks, and a trailer."""

    def __init__(self, start: int) -> None:
        """Begin at the screen's description."""
        self._start = start

    def end(self, data: bytes | bytearray) -> int | None:
        """Return where the picture ends, None if more must come. Raises Broken."""
        try:
            at = self._start + 13 + _colours(data[self._start + 10])
            while data[at] != 0x3B:
                if data[at] == 0x21:
                    at += 2
                elif data[at] == 0x2C:
                    at += 11 + _colours(data[at + 9])
                else:
                    raise Broken(at)
                while data[at]:
                    at += data[at] + 1
                at += 1
        except IndexError:
            return None
        return at + 1


def _colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
