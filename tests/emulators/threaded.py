"""Run an emulator in a thread of its own, for clients that block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager

from aiohttp import web
from yarl import URL

from .running import running


@contextmanager
def threaded(server: AbstractAsyncContextManager[URL]) -> Iterator[URL]:
    """Run a server, and yield its address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def served(app: web.Application) -> Iterator[str]:
    """Serve an application, and yield its address without a slash at the end."""
    with threaded(running(app)) as url:
        yield str(url)
