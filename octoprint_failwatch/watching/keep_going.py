"""Work that has to go on as long as FailWatch runs, whatever happens in it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

_LOGGER = logging.getLogger(__name__)
AGAIN_AFTER = 2.0
"""Seconds by the real clock."""


async def keep_going(work: Callable[[], Awaitable[None]]) -> None:
    """Do a work that never ends by itself, and begin it again where it fails, until cancelled."""
    while True:
        try:
            await work()
        except Exception:
            _LOGGER.exception("Something went wrong; it is begun again")
        await asyncio.sleep(AGAIN_AFTER)
