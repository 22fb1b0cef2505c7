"""A frame, and a detector's answer to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from .errors import BadAnswer
from .statistics import TemporalStatistics

MAX_ID_LENGTH = 256
"""Characters that `printer_id` and `print_id` may have (Super Detection API)."""

MAX_P = 100.0  # a hundred sure boxes, which is as many as any service returns


@dataclass(frozen=True, slots=True)
class Frame:
    """A snapshot as the camera gave it.

    `taken_at` is in seconds since the epoch.
    """

    jpeg: bytes = field(repr=False)
    taken_at: float
    printer_id: str
    print_id: str
    camera: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """Where in the picture a failure was detected: edges as shares of width and height, origin top left."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float
    score: float
    label: str = "failure"


class Edges(Protocol):
    """Anything with edges."""

    @property
    def x_min(self) -> float:
        """The left edge."""

    @property
    def y_min(self) -> float:
        """The upper edge."""

    @property
    def x_max(self) -> float:
        """The right edge."""

    @property
    def y_max(self) -> float:
        """The lower edge."""


def overlap(a: Edges, b: Edges) -> float:
    """Return the intersection of two boxes as a share of their union."""
    width = min(a.x_max, b.x_max) - max(a.x_min, b.x_min)
    height = min(a.y_max, b.y_max) - max(a.y_min, b.y_min)
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum((box.x_max - box.x_min) * (box.y_max - box.y_min) for box in (a, b))
    return width * height / (areas - width * height)


def holds(outer: Edges, inner: Edges) -> bool:
    """Return whether a box lies wholly within another."""
    return (
        outer.x_min <= inner.x_min
        and outer.y_min <= inner.y_min
        and outer.x_max >= inner.x_max
        and outer.y_max >= inner.y_max
    )


@dataclass(frozen=True, slots=True)
class Detection:
    """A detector's answer to a frame.

    `p` is 0 for no sign of failure and 1 for certain; services that sum their boxes go above 1.
    `explained` is how much of it a detector has learned during prints to be normal for the camera, and
    `evidence` what it wants back by `LearningDetector.learn` if the look turns out to be a good one.
    `moved` says that it sees the camera to have been moved, and has dropped what it knew of it.
    `statistics` is given only by services that keep them. `raw` is the service's own answer,
    for people who test their settings; it contains no credentials.

    There is no detection with numbers that would break the means for as long as the printer lives:
    making one raises BadAnswer.
    """

    p: float
    boxes: tuple[Box, ...] = ()
    statistics: TemporalStatistics | None = None
    tagged_image_url: str | None = None
    raw: Any = field(default=None, repr=False, compare=False)
    explained: float = 0.0
    evidence: Any = field(default=None, repr=False, compare=False)
    moved: bool = False

    def __post_init__(self) -> None:
        """Check every number, whatever made it."""
        if not _is_score(self.p):
            raise BadAnswer(f"The detector answers p = {self.p}, which cannot be.")
        if not _is_score(self.explained):
            raise BadAnswer("The detector explains more than there can be.")
        for box in self.boxes:
            edges = (box.x_min, box.y_min, box.x_max, box.y_max)
            if not _is_score(box.score) or not all(0 <= edge <= 1 for edge in edges):
                raise BadAnswer("The detector answers a box that cannot be.")
        if self.statistics is not None:
            stats = self.statistics
            means = (stats.ewm_mean, stats.rolling_mean_short, stats.rolling_mean_long)
            if not all(_is_score(mean) for mean in means) or stats.prediction_num < 0:
                raise BadAnswer("The detector answers statistics that cannot be.")


def _is_score(number: float) -> bool:
    return 0 <= number <= MAX_P
