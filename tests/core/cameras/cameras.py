"""Cameras as bytes on a socket: each test writes out what its camera answers."""

from __future__ import annotations

import asyncio
import io
import itertools
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from tests.patience import PATIENCE


def picture(
    shade: int = 120,
    kind: str = "JPEG",
    size: tuple[int, int] = (64, 48),
    mode: str = "RGB",
    **options: object,
) -> bytes:
    """Return a picture with something to see in it; a shade below 10 is too dark for that."""
    image = Image.new("RGB", size, (shade,) * 3)
    if shade >= 10:
        ImageDraw.Draw(image).rectangle((5, 5, size[0] // 2, size[1] // 2), fill=(250, 250, 0))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


JPEG = picture()
OTHER = picture(90)
DARK = picture(2)


@dataclass
class Request:
    """What the camera was asked."""

    line: str
    headers: dict[str, str]
    connection: int = 0
    """Which connection it came over, counted from 1."""

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]


@dataclass
class Camera:
    """A camera that runs."""

    url: str
    asked: list[Request] = field(default_factory=list)

    def at(self, login: str = "", path: str = "/snapshot.jpg") -> str:
        """Return its address with a log-in."""
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{login}{'@' if login else ''}{rest}{path}"


Talk = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]
"""Writes an answer step by step."""


async def read_request(reader: asyncio.StreamReader) -> Request:
    """Read one request's head."""
    text = (await reader.readuntil(b"\r\n\r\n")).decode()
    line, *lines = text.split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return Request(line, {name.lower(): value.strip() for name, _, value in pairs})


@asynccontextmanager
async def camera(
    answer: bytes | Callable[[Request], bytes],
    *,
    stays_open: bool = False,
    keeps_alive: bool = False,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Camera]:
    """Run a camera that answers so. One that stays open sends nothing more and does not hang up.

    One that keeps connections alive takes the next request over the same one.
    """

    async def talk(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer if isinstance(answer, bytes) else answer(request))
        await writer.drain()
        if stays_open:
            await asyncio.sleep(2 * PATIENCE)

    async with talking_camera(talk, keeps_alive=keeps_alive, tls=tls) as running:
        yield running


@asynccontextmanager
async def talking_camera(
    talk: Talk, *, keeps_alive: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Camera]:
    """Run a camera whose answer is written step by step."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task, number = asyncio.current_task(), next(connections)
        assert task is not None
        tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
                is_open = True
                while is_open:
                    request = await read_request(reader)
                    request.connection = number
                    running.asked.append(request)
                    await talk(request, writer)
                    is_open = keeps_alive
        finally:
            tasks.discard(task)
            writer.close()

    tasks: set[asyncio.Task[None]] = set()
    connections = itertools.count(1)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    running = Camera(f"{'https' if tls else 'http'}://127.0.0.1:{port}")
    try:
        yield running
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def ok(body: bytes = JPEG, *headers: str, status: str = "200 OK", version: str = "HTTP/1.1") -> bytes:
    """Return an answer with these headers, and no others."""
    return "\r\n".join([f"{version} {status}", *headers, "", ""]).encode() + body


def chunked(body: bytes, size: int = 700, *, extension: str = "", end: bytes = b"0\r\n\r\n") -> bytes:
    """Return a body in chunks (RFC 9112, 7.1)."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(f"{len(piece):X}{extension}\r\n".encode() + piece + b"\r\n" for piece in pieces) + end


def part(body: bytes, *headers: str, boundary: str = "--frame", newline: str = "\r\n") -> bytes:
    """Return a part of a stream (RFC 2046, 5.1)."""
    head = newline.join([boundary, *headers, "", ""])
    return head.encode() + body + newline.encode()
