"""Read HTTP/1.x answers as tolerantly as browsers and curl do.

aiohttp and the standard library refuse or misread the answers of many cameras.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from ..errors import SnapshotError
from . import reasons

MAX_HEAD = 65536
MAX_LINE = 4096
MAX_CODINGS = 3
ENOUGH_TO_TELL = 16
"""Bytes that tell whether a body is packed; a member of gzip has more."""
_STATUS = re.compile(rb"(?:HTTP|ICY)\S*[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_END_OF_HEAD = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r|\r?\n(?=\xff\xd8\xff)")
"""An empty line, which some cameras forget."""
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
_PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF", b"GIF8")

Receive = Callable[[], Awaitable[bytes]]
"""Gives the next bytes, b"" after the end."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers; names in lower case, repeated ones in order."""

    status: int
    headers: dict[str, list[str]] = field(default_factory=dict, repr=False)

    def all(self, name: str) -> list[str]:
        """Return every value of a header."""
        return self.headers.get(name, [])

    def first(self, name: str) -> str:
        """Return a header's first value, "" without one."""
        return next(iter(self.all(name)), "")

    @property
    def content_type(self) -> str:
        """The type without parameters, in lower case."""
        return self.first("content-type").partition(";")[0].strip().lower()

    @property
    def is_chunked(self) -> bool:
        """Whether chunks are announced, which comes before any length (RFC 9112, 6.3)."""
        return any("chunked" in value.lower() for value in self.all("transfer-encoding"))

    @property
    def length(self) -> int | None:
        """The announced length, None if there is none or several differ."""
        values = {part.strip() for line in self.all("content-length") for part in line.split(",")}
        values.discard("")
        only = values.pop() if len(values) == 1 else ""
        return int(only) if only.isascii() and only.isdecimal() and len(only) < 16 else None


async def read_head(receive: Receive) -> tuple[Head, bytes]:
    """Return the final answer's head, and the bytes after it. Raises SnapshotError."""
    data = b""
    while True:
        data = data.lstrip(b"\r\n\t ")
        if data.startswith(_PICTURE_STARTS):  # HTTP/0.9: nothing but the picture
            return Head(200), data
        end = _END_OF_HEAD.search(data)
        if end is not None:
            head = _parse(data[: end.start()])
            data = data[end.end() :]
            if head.status >= 200 or head.status == 101:
                return head, data
            continue
        if len(data) > MAX_HEAD or (len(data) >= 16 and not _STATUS.match(data)):
            raise reasons.no_http()
        more = await receive()
        if not more:
            if data and _STATUS.match(data):
                return _parse(data), b""
            raise (
                reasons.no_http()
                if data
                else SnapshotError("The camera closed the connection without an answer.")
            )
        data += more


def _parse(data: bytes) -> Head:
    status = _STATUS.match(data)
    if status is None:
        raise reasons.no_http()
    headers: dict[str, list[str]] = {}
    last: list[str] | None = None
    for line in re.split(rb"\r?\n|\r", data)[1:]:
        text = line.decode("utf-8", "surrogateescape")
        if text[:1] in (" ", "\t") and last and ":" not in text.split('"')[0]:
            last[-1] += f" {text.strip()}"  # a value that goes on (RFC 9112, 5.2)
            continue
        name, colon, value = text.partition(":")
        if colon and name.strip():
            last = headers.setdefault(name.strip().lower(), [])
            last.append(value.strip())
    return Head(int(status[1]), headers)


async def read_body(head: Head, data: bytes, receive: Receive) -> AsyncGenerator[bytes, None]:
    """Yield the body's bytes as they come, unpacked, to the end of the connection.

    The Content-Length is ignored here: the reader stops when the picture is whole.
    """
    pieces = _chunks(data, receive) if head.is_chunked else _plain(data, receive)
    codings = ",".join((*head.all("content-encoding"), *head.all("transfer-encoding"))).lower()
    for _ in re.findall("gzip|deflate", codings)[:MAX_CODINGS]:
        pieces = _unpacked(pieces)
    async for piece in pieces:
        yield piece


async def _unpacked(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    unpacker = _Unpacker()
    async for piece in pieces:
        try:
            for unpacked in unpacker.take(piece):
                yield unpacked
        except zlib.error:
            return
    yield unpacker.rest


class _Unpacker:
    """Unpacks a body, or passes it on if it is packed by name only."""

    def __init__(self) -> None:
        self._data = b""
        self._member: zlib._Decompress | None = None
        self._has_begun = self._is_plain = False

    @property
    def rest(self) -> bytes:
        """The body if it was too short to tell."""
        return b"" if self._has_begun else self._data

    def take(self, piece: bytes) -> Iterator[bytes]:
        """Yield what can be unpacked; raises zlib.error. Gzip may come in several members (RFC 1952, 2.2)."""
        if self._is_plain:
            yield piece
            return
        self._data += piece
        while len(self._data) >= (1 if self._member else ENOUGH_TO_TELL):
            self._member = self._member or _decompressor(self._data)
            data, self._data = self._data, b""
            if self._member is None:  # what follows the last member counts for nothing
                self._is_plain = not self._has_begun
                if self._is_plain:
                    yield data
                return
            self._has_begun = True
            # Unpack in small pieces, so that the reader can stop a decompression bomb.
            unpacked = self._member.decompress(data, MAX_HEAD)
            while unpacked or self._member.unconsumed_tail:
                yield unpacked
                unpacked = self._member.decompress(self._member.unconsumed_tail, MAX_HEAD)
            if self._member.eof:
                self._data, self._member = self._member.unused_data, None


def _decompressor(start: bytes) -> zlib._Decompress | None:
    """Return the decompressor for a body, None if it is not really compressed."""
    for wbits in (47, -15):  # with zlib's or gzip's frame, or without one
        try:
            zlib.decompressobj(wbits=wbits).decompress(start, 1)
        except zlib.error:
            continue
        return zlib.decompressobj(wbits=wbits)
    return None


async def _plain(data: bytes, receive: Receive) -> AsyncGenerator[bytes, None]:
    while True:
        if data:
            yield data
        data = await receive()
        if not data:
            return


async def _chunks(data: bytes, receive: Receive) -> AsyncGenerator[bytes, None]:
    """Yield the chunks' content, or the whole body if it is not really chunked."""
    is_first = True
    while True:
        while b"\n" not in data and len(data) <= MAX_LINE:
            more = await receive()
            if not more:
                break
            data = (data + more) if is_first else (data + more).lstrip(b"\r\n")
        size = _CHUNK.match(data)
        if size is None and is_first:
            async for piece in _plain(data, receive):
                yield piece
        left = int(size[1], 16) if size else 0
        if size is None or left == 0:
            return
        data, is_first = data[size.end() :], False
        while left:
            piece, data = data[:left], data[left:]
            left -= len(piece)
            if piece:
                yield piece
            if left and not (data := await receive()):
                return
        data = data.lstrip(b"\r\n")
