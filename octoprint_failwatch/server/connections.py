"""Bound the connections: so many in all and for each address, and none that is idle or slow for long."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import cast

from aiohttp import web

from .responses import Handler

IDLE_SECONDS = 75.0
"""How long a connection may wait for its next request, or take to fetch an answer."""

HEAD_SECONDS = 10.0
"""How long a request's line and headers may take from their first byte."""

SWEEP_SECONDS = 1.0
READ_BYTES = 4 * 2**10
BODY_READ_BYTES = 256 * 2**10
"""Bytes taken from a connection at a time: so many can be parsed within a millisecond. Of a body whose length
is known more can be taken, as nothing in it is parsed; one in chunks may have a chunk for each byte."""

_LOGGER = logging.getLogger(__name__)


class Connections:
    """Knows every connection of one listener."""

    def __init__(self, most: int, most_per_address: int | None) -> None:
        """Let that many be open at once; a proxy's address needs no limit of its own."""
        self._most = most
        self._most_per_address = most_per_address
        self._open: dict[asyncio.BaseTransport, _Connection] = {}
        self._addresses: Counter[str] = Counter()
        self.turned_away = 0

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._open)

    def protocol(self, handler: Callable[[], asyncio.Protocol]) -> asyncio.Protocol:
        """Return what looks after one new connection and hands its bytes to a handler."""
        return _Connection(self, handler)

    @web.middleware
    async def watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note that a connection's request is being answered. Such a connection is never closed here."""
        connection = self._open.get(request.transport) if request.transport else None
        if connection is None:
            return await handler(request)
        connection.answering = True
        if request.content_length is not None:
            connection.read_at_once(BODY_READ_BYTES)
        try:
            return await handler(request)
        finally:
            connection.rest()

    async def sweep(self) -> None:
        """Close what is idle or slow, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = loop.time()
            for connection in [each for each in self._open.values() if each.is_overdue(now)]:
                connection.abort()

    def admit(self, connection: _Connection) -> bool:
        """Return whether there is room for a new connection; one that is idle longest makes room."""
        address = connection.address
        if self._most_per_address is not None and self._addresses[address] >= self._most_per_address:
            return self._refuse("A connection was refused: its address has too many.")
        if len(self._open) >= self._most:
            idle = [each for each in self._open.values() if not each.answering]
            if not idle:
                return self._refuse("A connection was refused: too many are open.")
            min(idle, key=lambda each: each.since).abort()
        self._open[connection.transport] = connection
        self._addresses[address] += 1
        return True

    def _refuse(self, why: str) -> bool:
        self.turned_away += 1
        _LOGGER.warning(why)
        return False

    def forget(self, connection: _Connection) -> None:
        """Take a closed connection off the list."""
        if self._open.pop(connection.transport, None) is None:
            return
        self._addresses[connection.address] -= 1
        if not self._addresses[connection.address]:
            del self._addresses[connection.address]


class _Connection(asyncio.Protocol):
    """One connection. `since` is when it began to rest, or to send the head of a request."""

    transport: asyncio.Transport
    address: str

    def __init__(self, connections: Connections, handler: Callable[[], asyncio.Protocol]) -> None:
        self._connections = connections
        self._new_handler = handler
        self._handler: asyncio.Protocol | None = None
        self._loop = asyncio.get_running_loop()
        self.answering = self._sending_head = False
        self.since = self._loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        if not self._connections.admit(self):
            self.transport.abort()
            return
        self.read_at_once(READ_BYTES)
        self._handler = self._new_handler()
        self._handler.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._handler is None:
            return
        if not self.answering and not self._sending_head:
            self._sending_head, self.since = True, self._loop.time()
        self._handler.data_received(data)

    def eof_received(self) -> bool | None:
        return self._handler.eof_received() if self._handler else None

    def pause_writing(self) -> None:
        if self._handler:
            self._handler.pause_writing()

    def resume_writing(self) -> None:
        if self._handler:
            self._handler.resume_writing()

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.forget(self)
        if self._handler:
            self._handler.connection_lost(error)

    def read_at_once(self, count: int) -> None:
        """Take so many bytes at a time. asyncio has no setting for it; other loops have their own sizes."""
        if hasattr(self.transport, "max_size"):
            self.transport.max_size = count

    def rest(self) -> None:
        """Wait for the next request from now on."""
        self.read_at_once(READ_BYTES)
        self.answering = self._sending_head = False
        self.since = self._loop.time()

    def is_overdue(self, now: float) -> bool:
        """Return whether the other side has kept the connection waiting for too long."""
        limit = HEAD_SECONDS if self._sending_head else IDLE_SECONDS
        return not self.answering and now - self.since > limit

    def abort(self) -> None:
        """Close the connection at once."""
        self._connections.forget(self)
        self.transport.abort()
