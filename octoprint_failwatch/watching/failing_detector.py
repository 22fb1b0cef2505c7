"""Stand in for a detector that could not be created: every frame gets its error, so the watch reports being blind."""

from __future__ import annotations

from ..engine.errors import DetectionError, FailWatchError, ModelUnavailable, without_origin
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
        raise without_origin(self._error)

    async def check(self) -> str:
        """Raise the error."""
        raise without_origin(self._error)

    async def close(self) -> None:
        """Hold nothing."""
