"""What every source can do."""

from __future__ import annotations

from typing import Protocol

from ...engine.errors import SnapshotError


class SourceEnded(SnapshotError):
    """There are no more pictures."""

    kind = "ended"


class Source(Protocol):
    """Gives pictures; one that is not live gives those that it has as fast as they are asked for."""

    @property
    def live(self) -> bool:
        """Whether the pictures are of now."""

    async def snapshot(self) -> bytes:
        """Return the present or next picture. Raises SnapshotError, SourceEnded after the last."""

    async def close(self) -> None:
        """Let go of everything held."""
