"""Runs an emulator in a thread of its own, for clients that block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from .running import running


@contextmanager
def served(app: web.Application) -> Iterator[str]:
    """Serve the application, and yield its address without a slash at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = running(app)
    url = asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
    try:
        yield str(url)
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
