"""What every source of pictures can do, and what it may be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from ..errors import SnapshotError
from .address import Login
from .tls import SYSTEM, Trust

TIMEOUT = 20.0
LONGEST = 25.0
"""Seconds that one picture may take altogether: below the watch's `look_timeout`."""
MAX_BYTES = 50_000_000
"""Bytes that one picture may have: those of 150 megapixels."""


class SourceEnded(SnapshotError):
    """There are no more pictures."""

    kind = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How a camera in the network is read.

    `timeout` is how many seconds it may be silent. A log-in given here comes before one in the address.
    """

    timeout: float = TIMEOUT
    trust: Trust = SYSTEM
    login: Login | None = None
    bearer: str = field(default="", repr=False)
    redirects: int = 5
    max_bytes: int = MAX_BYTES

    @property
    def silence(self) -> float:
        """Seconds without a byte after which a camera is given up."""
        return min(self.timeout, LONGEST) if self.timeout > 0 else TIMEOUT

    @property
    def total(self) -> float:
        """Seconds after which a picture has to be whole."""
        return max(self.silence + 1, TIMEOUT)


class Source(Protocol):
    """Gives pictures; one that is not live gives those that it has as fast as they are asked for."""

    @property
    def live(self) -> bool:
        """Whether the pictures are of now."""

    async def snapshot(self) -> bytes:
        """Return the present or next picture. Raises SnapshotError, SourceEnded after the last."""

    async def close(self) -> None:
        """Let go of everything held."""
