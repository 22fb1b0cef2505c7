"""Take one look outside any print, so that users can try their camera and detector."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ..detectors.base import Detector
from ..imaging.visibility import FreezeCounter, VisibilityLimits
from ..models import Detection, Frame
from .look import Camera, ask, snapshot

TRIAL_PRINTER_ID = "failwatch-trial"
"""A printer of its own, so that a service's statistics of the real one stay as they are."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the camera showed, what the detector said of it, and how many seconds each took."""

    picture: bytes = field(repr=False)
    detection: Detection
    snapshot_seconds: float
    answer_seconds: float


async def try_out(camera: Camera, detector: Detector) -> Trial:
    """Take a snapshot and ask about it; raises FailWatchError as a watch would meet it."""
    began = time.monotonic()
    picture, _ = await snapshot(camera, FreezeCounter(), VisibilityLimits())
    taken = time.monotonic()
    frame = Frame(picture, time.time(), TRIAL_PRINTER_ID, "trial", camera.name)
    detection = await ask(detector, camera, frame)
    return Trial(picture, detection, taken - began, time.monotonic() - taken)
