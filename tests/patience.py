"""Waiting for what other programs do in their own time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE = 240.0
"""Seconds: no wait lasts longer than what it waits for, so that a slow machine needs no more luck."""

Seen = TypeVar("Seen")


async def eventually(look: Callable[[], Awaitable[Seen]], fits: Callable[[Seen], bool] = bool) -> Seen:
    """Return what is seen as soon as it fits: by default, as soon as there is something."""
    ends = time.monotonic() + PATIENCE
    while True:
        seen = await look()
        if fits(seen):
            return seen
        assert time.monotonic() < ends, f"still {seen!r} after {PATIENCE:.0f} s"
        await asyncio.sleep(0.1)
