"""The clock of a watch."""

from __future__ import annotations

import asyncio
import os
import time


class Clock:
    """A clock that never jumps, and that can run faster for demonstrations and tests.

    At speed 1 `now` is the time since the epoch. The factor comes from the environment variable
    FAILWATCH_CLOCK_SPEED unless given. When the system's clock is put right, `step` says by how much this
    one is off until `follow` is called; stored times must be moved by the same amount.
    """

    def __init__(self, speed: float | None = None) -> None:
        """Start at the current time."""
        self.speed = speed or float(os.environ.get("FAILWATCH_CLOCK_SPEED", "1"))
        self._epoch = time.time()
        self._started = _elapsed()

    def now(self) -> float:
        """Return seconds since the epoch; goes neither back nor ahead while nothing is followed."""
        return self._epoch + (_elapsed() - self._started) * self.speed

    def step(self) -> float:
        """Return by how many seconds the system's clock is ahead of this one; 0 for one that runs faster."""
        return time.time() - self.now() if self.speed == 1 else 0.0

    def follow(self, step: float) -> None:
        """Move the time by so many seconds."""
        self._epoch += step

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


def _elapsed() -> float:
    """Return seconds since some moment, those in which the machine slept included where it tells."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)
