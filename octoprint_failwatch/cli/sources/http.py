"""Snapshots and MJPEG streams over HTTP."""

from __future__ import annotations

import re

import aiohttp

from ...engine.errors import SnapshotError
from .connection_errors import why_unreachable

TIMEOUT = aiohttp.ClientTimeout(total=20)
LARGEST = 30_000_000
START, END = b"\xff\xd8", b"\xff\xd9"
_BOUNDARY = re.compile(rb"\xff\xd9(\r?\n)*--")
_LENGTH = re.compile(rb"(?i)content-length:\s*(\d{1,8})\b")


class HttpSource:
    """Asks for one picture at a time; of a stream, the first that comes is taken.

    A name and password in the address are used and never shown.
    """

    live = True

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        """Ask nothing yet."""
        self._url = url
        self._session = session

    async def snapshot(self) -> bytes:
        """Return the camera's present picture."""
        try:
            async with self._session.get(self._url, timeout=TIMEOUT) as response:
                if response.status != 200:
                    raise SnapshotError(f"The camera answers {response.status} {response.reason or ''}.")
                if response.content_type.startswith("multipart/"):
                    return await _first_jpeg(response.content)
                picture = await response.content.read(LARGEST + 1)
                while len(picture) <= LARGEST and (more := await response.content.read(LARGEST)):
                    picture += more
        except (aiohttp.ClientError, OSError) as error:
            raise SnapshotError(f"The camera cannot be reached: {why_unreachable(error)}.") from error
        if len(picture) > LARGEST:
            raise SnapshotError("The camera sends something far too large for a picture.")
        return picture

    async def close(self) -> None:
        """Leave the session to its owner."""


async def _first_jpeg(stream: aiohttp.StreamReader) -> bytes:
    """Return the first whole JPEG of a multipart stream.

    Cameras disagree on how a boundary is written, so only lengths and the dashes after it are used.
    """
    data = b""
    async for chunk in stream.iter_any():
        data += chunk
        start = data.find(START)
        if start >= 0:
            length = _LENGTH.search(data[:start])
            if length is not None:
                end = start + int(length[1])
            else:
                boundary = _BOUNDARY.search(data, start)
                end = boundary.start() + len(END) if boundary else len(data) + 1
            if len(data) >= end:
                return data[start:end]
        if len(data) > LARGEST:
            break
    raise SnapshotError("The stream ends without a picture.")
