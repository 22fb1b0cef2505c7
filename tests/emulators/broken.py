"""Services that are broken on the wire, each in one way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web
from yarl import URL

HANG: Final = b""
"""The connection is accepted, and nothing ever comes."""

HANG_UP: Final = b"-"
"""The connection is closed without an answer."""


def answer(status: str, body: bytes = b"{}", *, kind: str = "application/json", **headers: str) -> bytes:
    """Return an answer as it goes over the wire; `length` overrides that of the body."""
    length = headers.pop("length", str(len(body)))
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


@asynccontextmanager
async def broken(reply: bytes) -> AsyncIterator[URL]:
    """Give that reply to every request, whatever it asks, and close the connection."""
    waiting: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            waiting.add(task)
        try:
            await _read_request(reader)
            if reply == HANG:
                await asyncio.Event().wait()
            writer.write(b"" if reply == HANG_UP else reply)
            await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield URL.build(scheme="http", host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in waiting:
            task.cancel()


def hanging_up(times: int, method: str, path: str) -> Any:
    """Return a middleware that hangs up so many times on requests whose path begins so."""
    left = [times]

    @web.middleware
    async def hang_up(request: web.Request, handler: Any) -> web.StreamResponse:
        if left[0] and request.method == method and request.path.startswith(path):
            left[0] -= 1
            assert request.transport is not None
            request.transport.close()
        answer: web.StreamResponse = await handler(request)
        return answer

    return hang_up


async def _read_request(reader: asyncio.StreamReader) -> None:
    """Read headers and body, so that the client can send all of it."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    if fields.get(b"transfer-encoding") == b"chunked":
        await reader.readuntil(b"0\r\n\r\n")
    else:
        await reader.readexactly(int(fields.get(b"content-length", b"0")))
