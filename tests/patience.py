"""Waiting for what other programs and threads do in their own time: the one way of all tests."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

PATIENCE = 240.0
"""Seconds: no wait lasts longer than what it waits for, so that a slow machine needs no more luck."""
BETWEEN_REQUESTS = 0.1
BETWEEN_LOOKS = 0.005

Seen = TypeVar("Seen")


async def eventually(
    look: Callable[[], Awaitable[Seen] | Seen], fits: Callable[[Seen], object] = bool
) -> Seen:
    """Return what is seen as soon as it fits: by default, as soon as there is something.

    `look` returns it, or asks another program for it.
    """
    seen: Any = None
    try:
        async with asyncio.timeout(PATIENCE) as limit:
            while True:
                answer = look()
                asks = inspect.isawaitable(answer)
                seen = await answer if asks else answer
                if fits(seen):
                    return seen
                await asyncio.sleep(BETWEEN_REQUESTS if asks else BETWEEN_LOOKS)
    except TimeoutError:
        if not limit.expired():
            raise
        raise AssertionError(f"still {seen!r} after {PATIENCE:.0f} s") from None


def eventually_blocking(look: Callable[[], Seen], fits: Callable[[Seen], object] = bool) -> Seen:
    """Do the same in a test without an event loop."""
    ends = time.monotonic() + PATIENCE
    while not fits(seen := look()):
        assert time.monotonic() < ends, f"still {seen!r} after {PATIENCE:.0f} s"
        time.sleep(BETWEEN_LOOKS)
    return seen
