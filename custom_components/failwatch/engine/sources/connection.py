"""One connection to a camera, with bounded memory, that keeps the bytes before a reset."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .address import Address
from .tls import MENDED_BY_PIN, Trust, for_pins

HIGH_WATER = 1_000_000
ATTEMPT_DELAY = 0.25  # seconds until the host's next address is tried as well (RFC 8305)


class Connection(asyncio.Protocol):
    """Keeps received bytes, including those just before the camera reset the connection.

    asyncio's stream reader drops them, and many cameras reset a connection instead of closing it.
    """

    def __init__(self, silence: float) -> None:
        """`silence` is how many seconds may pass without a byte."""
        self.silence = silence
        self._buffer = bytearray()
        self._arrived = asyncio.Event()
        self._ended = False
        self._problem: Exception | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - connections of streams have no other
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Store the data; pause reading while it is not taken."""
        self._buffer += data
        if len(self._buffer) > HIGH_WATER:
            self._transport.pause_reading()
        self._arrived.set()

    def eof_received(self) -> None:
        """Note the end of the data."""
        self._ended = True
        self._arrived.set()

    def connection_lost(self, problem: Exception | None) -> None:
        """Note the end of the data, and its cause."""
        self._ended, self._problem = True, problem
        self._arrived.set()

    def send(self, data: bytes) -> None:
        """Send a request. A camera may answer without reading it."""
        self._transport.write(data)

    async def receive(self) -> bytes:
        """Return what has arrived, b"" after the end. Raises OSError, TimeoutError after silence."""
        if not self._buffer and not self._ended:
            async with asyncio.timeout(self.silence):
                await self._arrived.wait()
        data = bytes(self._buffer)
        self._buffer.clear()
        if not self._ended:
            self._arrived.clear()
            self._transport.resume_reading()
        if not data and self._problem is not None:
            raise self._problem
        return data

    def certificate(self) -> bytes | None:
        """Return the camera's certificate."""
        tls: ssl.SSLObject | None = self._transport.get_extra_info("ssl_object")
        return tls.getpeercert(binary_form=True) if tls else None

    def abort(self) -> None:
        """Close at once, even if the camera goes on sending."""
        self._transport.abort()


@asynccontextmanager
async def connect(address: Address, trust: Trust, silence: float) -> AsyncIterator[Connection]:
    """Connect for one request. Raises OSError, ssl.SSLError, TimeoutError and BadSetting."""
    connection = await _connect(address, trust, silence)
    try:
        yield connection
    finally:
        connection.abort()


async def _connect(address: Address, trust: Trust, silence: float) -> Connection:
    if address.scheme == "http":
        return await _open(address, None, silence)
    context = await asyncio.to_thread(_quietly, trust)
    try:
        return await _open(address, context, silence)
    except ssl.SSLCertVerificationError as error:
        pins = await asyncio.to_thread(trust.pins)
        if not pins or error.verify_code not in MENDED_BY_PIN:
            raise
        connection = await _open(address, for_pins(context, trust), silence)
        if connection.certificate() not in pins:
            connection.abort()
            raise
        return connection


async def _open(address: Address, context: ssl.SSLContext | None, silence: float) -> Connection:
    name = address.host.partition("%")[0] if context else None
    async with asyncio.timeout(silence):
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(silence),
            address.host,
            address.port,
            ssl=context,
            server_hostname=name,
            happy_eyeballs_delay=ATTEMPT_DELAY,
        )
    return connection


def _quietly(trust: Trust) -> ssl.SSLContext:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old TLS, which an explicit choice allows
        return trust.context()
