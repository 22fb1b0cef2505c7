"""Limit the requests per minute."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

MINUTE = 60.0


class Throttle:
    """Counts each owner's requests of the last minute."""

    def __init__(self, per_minute: int | None, now: Callable[[], float] = time.monotonic) -> None:
        """Allow that many requests, or any number."""
        self._per_minute = per_minute
        self._now = now
        self._passed: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait(self, owner: str) -> float:
        """Return 0 and count the request if it may pass, else the seconds until one may."""
        if self._per_minute is None:
            return 0.0
        now, passed = self._now(), self._passed[owner]
        while passed and passed[0] + MINUTE <= now:  # as the wait is computed, which then is never 0
            passed.popleft()
        if len(passed) >= self._per_minute:
            return passed[0] + MINUTE - now
        passed.append(now)
        return 0.0
