"""The interface and options of every source of pictures."""

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
    """The source has no more pictures."""

    kind = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Options for reading a network camera.

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
        """Seconds without a byte before giving up."""
        return min(self.timeout, LONGEST) if self.timeout > 0 else TIMEOUT

    @property
    def total(self) -> float:
        """Seconds within which a picture must be whole."""
        return max(self.silence + 1, TIMEOUT)


class Source(Protocol):
    """A source of pictures. If it is not live, it returns them as fast as they are requested."""

    @property
    def live(self) -> bool:
        """Whether the pictures are live."""

    async def snapshot(self) -> bytes:
        """Return the current or next picture. Raises SnapshotError, SourceEnded after the last."""

    async def close(self) -> None:
        """Let go of everything held."""
