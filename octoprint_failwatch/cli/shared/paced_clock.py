"""Skip the time between recorded pictures."""

from __future__ import annotations

import asyncio

from ...engine.clock import Clock


class PacedClock(Clock):
    """A clock that skips every wait, so that a print of hours is judged in minutes."""

    def __init__(self) -> None:
        """Start at the current time."""
        super().__init__(speed=1)
        self._time = super().now()

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self._time

    def step(self) -> float:
        """Return 0, since it does not follow the system's clock."""
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
