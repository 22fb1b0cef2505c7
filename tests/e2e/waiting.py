"""Waiting for what other processes do in their own time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")


async def eventually(look: Callable[[], Awaitable[Found]], seconds: float = 30.0) -> Found:
    """Return what `look` finds as soon as that is something; fails when it stays nothing."""
    ends = time.monotonic() + seconds
    while True:
        found = await look()
        if found or time.monotonic() > ends:
            assert found, f"still {found!r} after {seconds:.0f} s"
            return found
        await asyncio.sleep(0.25)
