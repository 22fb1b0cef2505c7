"""The ways in which an edge breaks: what is answered, or not, in place of the real answer."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

DRIP_SECONDS = 1.0
"""Between two bytes of a slow answer."""
BOMB_BYTES = 2**30


@dataclass(frozen=True)
class Exchange:
    """One request that waits for its answer; `fetch` gets the real one."""

    writer: asyncio.StreamWriter
    fetch: Callable[[], Awaitable[bytes]]

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


Act = Callable[[Exchange], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """One way to break. `listens` and `is_trusted` say what becomes of the port itself."""

    name: str
    act: Act
    listens: bool = True
    is_trusted: bool = True
    is_silent: bool = False
    """Whether nothing tells the other side that no answer comes."""
    is_large: bool = False
    """Whether so much comes that taking it apart takes seconds."""
    asks_to_wait: float = 0.0


def answer(status: str, body: bytes = b"", kind: str = "text/plain", *headers: str) -> bytes:
    """Return an answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


def _says(reply: bytes) -> Act:
    async def say(exchange: Exchange) -> None:
        await exchange.send(reply)

    return say


async def _reset(exchange: Exchange) -> None:
    reset(exchange.writer)


async def _hang(_exchange: Exchange) -> None:
    await asyncio.Event().wait()


async def _drip(exchange: Exchange) -> None:
    for byte in await exchange.fetch():
        await exchange.send(bytes([byte]))
        await asyncio.sleep(DRIP_SECONDS)


async def _half(exchange: Exchange) -> None:
    head, separator, body = (await exchange.fetch()).partition(b"\r\n\r\n")
    await exchange.send(head + separator + body[: len(body) // 2])


async def _endless(exchange: Exchange) -> None:
    head = "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nConnection: close\r\n\r\n"
    await exchange.send(head.format("image/jpeg").encode() + b"\xff\xd8\xff\xe0")
    while True:
        await exchange.send(b"\x20" * 500_000)
        await asyncio.sleep(0.02)


async def _bomb(exchange: Exchange) -> None:
    packed = _packed_zeros()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
        f"Content-Length: {len(packed)}\r\nConnection: close\r\n\r\n"
    )
    await exchange.send(head.encode() + packed)


@cache
def _packed_zeros() -> bytes:
    """Return a gigabyte of spaces as one of gzip's files of many members: each unpacks to 16 MiB."""
    member = gzip.compress(b" " * 2**24)
    return member * (BOMB_BYTES // 2**24)


def reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection off so that the other side sees a reset, not an end."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _refusal(status: str) -> Fault:
    return Fault(status.lower(), _says(answer(status)))


WAIT = 60
LOGIN_PAGE = b"<!DOCTYPE html><html><body><form action='/login'>Please log in</form></body></html>"
FAULTS = {
    fault.name: fault
    for fault in (
        Fault("refused", _reset, listens=False),
        Fault("reset", _reset),
        Fault("hang", _hang, is_silent=True),
        Fault("slow drip", _drip, is_silent=True),
        Fault("half a body", _half),
        Fault("wrong type", _says(answer("200 OK", b"[1, 2]", "application/json"))),
        Fault("wrong JSON", _says(answer("200 OK", b'{"result": {"p": "high"}}', "application/json"))),
        Fault("HTML", _says(answer("200 OK", LOGIN_PAGE, "text/html"))),
        Fault("endless body", _endless, is_large=True),
        Fault("compressed bomb", _bomb, is_large=True),
        Fault("TLS failure", _reset, is_trusted=False),
        *map(
            _refusal,
            (
                "401 Unauthorized",
                "403 Forbidden",
                "404 Not Found",
                "413 Payload Too Large",
                "425 Too Early",
                "429 Too Many Requests",
                "500 Internal Server Error",
                "503 Service Unavailable",
            ),
        ),
        Fault(
            f"429, Retry-After {WAIT}",
            _says(answer("429 Too Many Requests", b"", "text/plain", f"Retry-After: {WAIT}")),
            asks_to_wait=WAIT,
        ),
    )
}
