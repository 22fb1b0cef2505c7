"""A proxy on this machine that passes everything on, or breaks in the way that is switched on."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from yarl import URL

from stack.processes import free_port

from .faults import Exchange, Fault, reset

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CONNECTION = re.compile(rb"\r\nconnection:[^\r]*", re.IGNORECASE)


@dataclass(frozen=True)
class Certificates:
    """What a proxy proves itself with: one that is trusted, and one that is not."""

    trusted: ssl.SSLContext
    untrusted: ssl.SSLContext


class FaultProxy:
    """Stands before one upstream. Every request has a connection of its own, sockets are passed on raw."""

    def __init__(self, upstream: URL, port: int, certificates: Certificates | None = None) -> None:
        self.upstream = upstream
        self.fault: Fault | None = None
        self.waited = 0.0
        """Seconds for which requests have waited for an answer, since the last switch; open ones included."""
        self.broken = 0
        """Requests that met a fault."""
        self._port = port
        self._certificates = certificates
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> URL:
        """Where to reach it; by a name, so that names are looked up."""
        scheme = "https" if self._certificates else "http"
        return URL.build(scheme=scheme, host="localhost", port=self._port)

    async def open(self) -> None:
        """Listen."""
        certificates, tls = self._certificates, None
        if certificates is not None:
            is_trusted = self.fault is None or self.fault.is_trusted
            tls = certificates.trusted if is_trusted else certificates.untrusted
        serve = partial(asyncio.start_server, self._serve, "127.0.0.1", self._port, ssl=tls)
        self._server = await serve()

    async def close(self) -> None:
        """Listen no more, and break off what goes on."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def switch(self, fault: Fault | None) -> None:
        """Break from now on in that way, or not at all any more; open sockets share the fate of requests."""
        before, self.fault, self.waited = self.fault, fault, 0.0
        if fault is not None and fault.is_silent and before is None:
            for task in list(self._tasks):
                task.cancel("hang")  # what is under way stays open, and silent
            await asyncio.sleep(0)
            return
        await self.close()
        for writer in list(self._writers):
            reset(writer)
        if fault is None or fault.listens:
            await self.open()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        keep = False
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._exchange(reader, writer)
        except asyncio.CancelledError as cancelled:
            keep = cancelled.args == ("hang",)  # nobody waits for this task: it may end
        finally:
            self._tasks.discard(task)
            if not keep:
                self._writers.discard(writer)
                writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        is_socket = b"\r\nupgrade: websocket" in head.lower()
        length = _LENGTH.search(head)
        body = await reader.readexactly(int(length[1])) if length else b""
        fetch = partial(self._fetch, head, body)
        if self.fault is not None:
            self.broken += 1
            await self._break(self.fault, reader, Exchange(writer, fetch))
        elif is_socket:
            await self._pipe(head, reader, writer)
        else:
            writer.write(await fetch())
        await writer.drain()

    async def _break(self, fault: Fault, reader: asyncio.StreamReader, exchange: Exchange) -> None:
        """Act as the fault does, until it is done or the other side gives up."""
        began = time.monotonic()
        acting = asyncio.create_task(fault.act(exchange))
        leaving = asyncio.create_task(reader.read())
        try:
            await asyncio.wait([acting, leaving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.waited += time.monotonic() - began
            for task in (acting, leaving):
                task.cancel()
            await asyncio.gather(acting, leaving, return_exceptions=True)

    async def _fetch(self, head: bytes, body: bytes) -> bytes:
        """Return the upstream's whole answer."""
        async with self._upstream() as (reader, writer):
            writer.write(_CONNECTION.sub(b"", head)[:-2] + b"Connection: close\r\n\r\n" + body)
            await writer.drain()
            return await reader.read()

    async def _pipe(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._upstream() as (from_upstream, to_upstream):
            to_upstream.write(head)
            directions = (_pump(reader, to_upstream), _pump(from_upstream, writer))
            both = [asyncio.create_task(direction) for direction in directions]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in both:
                    task.cancel()

    @asynccontextmanager
    async def _upstream(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection(self.upstream.host, self.upstream.port)
        try:
            yield reader, writer
        finally:
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def fault_proxy(upstream: URL, certificates: Certificates | None = None) -> AsyncIterator[FaultProxy]:
    """Run a proxy before an upstream."""
    proxy = FaultProxy(upstream, free_port(), certificates)
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.close()
        for writer in list(proxy._writers):
            writer.close()
