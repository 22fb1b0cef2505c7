"""Judge whether the newest picture of a stream still shows what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STALE_AFTER = 30.0
"""Seconds for which a picture counts as of now; longer where the stream has few of them."""
GAPS = 2.0
"""Longest gaps that are waited for beyond STALE_AFTER."""
FADES = 0.9
"""What a picture leaves of the longest gap before it."""
LONGEST = 600.0
"""Seconds of a gap that count at most: a camera that was away for an hour has not become slow."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest picture of a stream, and how long the stream lets people wait for one."""

    frame: Any
    at: float
    """Seconds of the monotonic clock."""
    longest_gap: float = 0.0
    """Seconds between two pictures, at most, of late."""

    def followed_by(self, frame: Any, now: float) -> Newest:
        """Return what a new picture makes of it."""
        return Newest(frame, now, max(FADES * self.longest_gap, min(now - self.at, LONGEST)))

    def is_old(self, now: float) -> bool:
        """Return whether the stream should have shown another picture by now."""
        return now - self.at > STALE_AFTER + GAPS * self.longest_gap
