"""A frame, and a detector's answer to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .statistics import TemporalStatistics

MAX_ID_LENGTH = 256
"""Characters that `printer_id` and `print_id` may have (Super Detection API)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A snapshot as the camera gave it.

    `taken_at` is in seconds since the epoch. `known_good` says that the print was judged good up to
    here, so that a detector may learn from the frame how this camera normally looks.
    """

    jpeg: bytes = field(repr=False)
    taken_at: float
    printer_id: str
    print_id: str
    camera: str = ""
    known_good: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """Where in the picture a failure is seen: edges as shares of width and height, origin top left."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float
    score: float
    label: str = "failure"


@dataclass(frozen=True, slots=True)
class Detection:
    """What a detector says of a frame.

    `p` is 0 for no sign of failure and 1 for certain; services that sum their boxes go above 1.
    `statistics` is given only by services that keep them. `raw` is the service's own answer,
    for people who test their settings; it contains no credentials.
    """

    p: float
    boxes: tuple[Box, ...] = ()
    statistics: TemporalStatistics | None = None
    tagged_image_url: str | None = None
    raw: Any = field(default=None, repr=False, compare=False)
