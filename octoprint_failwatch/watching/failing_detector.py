"""A detector that could not be made: it answers every frame with why, so that the watch is blind, not silent."""

from __future__ import annotations

from ..engine.errors import DetectionError, FailWatchError, ModelUnavailable
from ..engine.models import Detection, Frame


class UnusableDetector:
    """Stands in for a detector whose settings cannot work."""

    returns_boxes = True
    combines_by_sum = False
    metered = False

    def __init__(self, error: FailWatchError) -> None:
        """Answer with that error."""
        self._error = error if isinstance(error, DetectionError) else ModelUnavailable(str(error))

    async def detect(self, frame: Frame) -> Detection:  # noqa: ARG002 - the protocol's
        """Raise the error."""
        raise self._error

    async def check(self) -> str:
        """Raise the error."""
        raise self._error

    async def close(self) -> None:
        """Hold nothing."""
