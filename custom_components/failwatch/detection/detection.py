"""A detector's answer to one frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .statistics import TemporalStatistics


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
