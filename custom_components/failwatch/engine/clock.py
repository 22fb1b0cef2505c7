"""The time that a watch lives by."""

from __future__ import annotations

import asyncio
import os
import time


class Clock:
    """Wall-clock time, run faster by a factor for demonstrations and accelerated tests.

    At speed 1 `now` is the time since the epoch. The factor comes from the environment variable
    FAILWATCH_CLOCK_SPEED unless given.
    """

    def __init__(self, speed: float | None = None) -> None:
        """Start at the present time."""
        self.speed = speed or float(os.environ.get("FAILWATCH_CLOCK_SPEED", "1"))
        self._epoch = time.time()
        self._started = time.monotonic()

    def now(self) -> float:
        """Return seconds since the epoch; never goes back while the clock lives."""
        return self._epoch + (time.monotonic() - self._started) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds of this clock."""
        await asyncio.sleep(max(0.0, seconds) / self.speed)

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Wait for the event, at most that many seconds of this clock."""
        try:
            async with asyncio.timeout(None if seconds is None else max(0.0, seconds) / self.speed):
                await event.wait()
        except TimeoutError:
            return
