"""One frame at a time: a detection keeps a whole core busy."""

from __future__ import annotations

import asyncio

from ..engine.detectors import Detector
from ..engine.errors import Busy
from ..engine.models import Detection, Frame

MAX_WAITING = 32


class OneByOne:
    """Asks a detector about one frame after the other, and refuses frames when too many wait.

    `waiting` counts the frames that have no answer yet.
    """

    def __init__(self, detector: Detector) -> None:
        """Ask that detector."""
        self._detector = detector
        self._free = asyncio.Lock()
        self.waiting = 0

    async def detect(self, frame: Frame) -> Detection:
        """Return the answer to a frame, in the order in which they came. Raises DetectionError.

        A frame whose client goes away gives up its place.
        """
        if self.waiting >= MAX_WAITING:
            raise Busy("The server has more pictures to look at than it can.", retry_after=5.0)
        self.waiting += 1
        try:
            async with self._free:
                return await self._detector.detect(frame)
        finally:
            self.waiting -= 1
