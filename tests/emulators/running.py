"""Run an emulator on a free port of this machine."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from yarl import URL


@asynccontextmanager
async def running(
    app: web.Application, *, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[URL]:
    """Serve the application, and yield its address."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
        taken = runner.addresses[0][1]
        yield URL.build(scheme="https" if tls else "http", host="127.0.0.1", port=taken)
    finally:
        await runner.cleanup()
