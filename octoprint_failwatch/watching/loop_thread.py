"""A daemon thread with an event loop of its own: what runs there can never hold OctoPrint up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
TIMEOUT = 30.0
"""Seconds that a web request waits for an answer from the loop."""


class LoopThread:
    """Runs an event loop until stopped. `post` and `ask` may be called from any other thread."""

    def __init__(self, name: str) -> None:
        """Start the thread."""
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def post(self, call: Callable[..., object], *arguments: Any) -> None:
        """Have the loop call something soon; returns at once. Nothing happens after `stop`."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(call, *arguments)

    def ask(self, work: Coroutine[Any, Any, T], patience: float = TIMEOUT) -> T:
        """Have the loop do something, and return its result; raises TimeoutError."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result(patience)
        except TimeoutError:
            future.cancel()
            raise

    def stop(self) -> None:
        """End the loop and the thread."""
        self.post(self.loop.stop)
        self._thread.join(TIMEOUT)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            remaining = asyncio.all_tasks(self.loop)
            for task in remaining:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*remaining, return_exceptions=True))
            self.loop.close()
