"""Pass calls from OctoPrint's threads to the watch's without making the caller wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeAlias

Call: TypeAlias = Callable[[], object]


class Inbox:
    """Passes calls on in their order, on a thread of its own.

    Waking an event loop means writing to a socket. For that a thread lends the interpreter out, and it
    may be long until it gets it back: no work for OctoPrint's event bus, so this thread does it.
    """

    def __init__(self, name: str, pass_on: Callable[[Call], object]) -> None:
        """Start the thread; it hands each call to `pass_on`."""
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        self._pass_on = pass_on
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, call: Call) -> None:
        """Add a call, from any thread."""
        self._calls.put(call)

    def close(self) -> None:
        """Pass on the remaining calls, then end the thread."""
        self._calls.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            self._pass_on(call)
