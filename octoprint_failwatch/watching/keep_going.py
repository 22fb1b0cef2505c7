"""Restart a background task when it fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

_LOGGER = logging.getLogger(__name__)
AGAIN_AFTER = 2.0
"""Seconds by the real clock."""


async def keep_going(work: Callable[[], Awaitable[None]]) -> None:
    """Run an endless task until cancelled, and restart it when it fails."""
    while True:
        try:
            await work()
        except Exception:
            _LOGGER.exception("Something went wrong; it is begun again")
        await asyncio.sleep(AGAIN_AFTER)
