"""A clock for pictures that were taken before: time passes as they are looked at."""

from __future__ import annotations

import asyncio

from ...engine.clock import Clock


class PacedClock(Clock):
    """Jumps over every wait; the hours of a print pass in the minutes that judging it takes."""

    def __init__(self) -> None:
        """Start at the present time."""
        super().__init__(speed=1)
        self._time = super().now()

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self._time

    def step(self) -> float:
        """Return 0: no system's clock has anything to do with it."""
        return 0.0

    async def sleep(self, seconds: float) -> None:
        """Jump."""
        self._time += max(0.0, seconds)

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Wait for the event, or jump to the end of the wait."""
        await asyncio.sleep(0)
        if seconds is None:
            await event.wait()
        elif not event.is_set():
            self._time += max(0.0, seconds)
