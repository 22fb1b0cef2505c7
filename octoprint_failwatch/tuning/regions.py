"""Suggest regions to ignore: where good prints show the same box again and again."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from ..engine.history import History
from ..engine.imaging.regions import Polygon
from ..engine.models import Box, overlap
from ..engine.watch.state import CameraView
from .label_origin import given_label

SAME = 0.45
"""Overlap (intersection over union) at which two boxes are one and the same."""
OF_PRINTS, OF_FRAMES, PRINTS = 0.5, 0.05, 3
"""A box recurs if it is in half of the good prints, at least three, and in a twentieth of their frames."""
FROM_SCORE = 0.15
"""Fainter boxes do no harm."""
BORDER = 0.02
MOST_SPOTS = 400


@dataclass(slots=True)
class _Spot:
    """Boxes that are one and the same, with their mean."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float
    frames: int = 0
    prints: set[str] = field(default_factory=set)

    def take(self, box: Box, print_id: str) -> None:
        self.frames += 1
        self.prints.add(print_id)
        share = 1 / self.frames
        self.x_min += (box.x_min - self.x_min) * share
        self.y_min += (box.y_min - self.y_min) * share
        self.x_max += (box.x_max - self.x_max) * share
        self.y_max += (box.y_max - self.y_max) * share


class Recurring:
    """Gathers the boxes of good prints, camera by camera."""

    def __init__(self) -> None:
        """Begin empty."""
        self._spots: dict[str, list[_Spot]] = {}
        self._frames: dict[str, int] = {}
        self._prints: dict[str, set[str]] = {}

    def add(self, print_id: str, views: Iterable[CameraView]) -> None:
        """Take a frame of a good print."""
        for view in views:
            spots = self._spots.setdefault(view.camera, [])
            self._frames[view.camera] = self._frames.get(view.camera, 0) + 1
            self._prints.setdefault(view.camera, set()).add(print_id)
            for box in view.boxes:
                if box.score < FROM_SCORE:
                    continue
                spot = max(spots, key=lambda spot: overlap(spot, box), default=None)
                if spot is None or overlap(spot, box) < SAME:
                    spot = _Spot(box.x_min, box.y_min, box.x_max, box.y_max)
                    if len(spots) < MOST_SPOTS:
                        spots.append(spot)
                spot.take(box, print_id)

    def regions(self) -> dict[str, tuple[Polygon, ...]]:
        """Return the regions to ignore of each camera that has any."""
        found: dict[str, tuple[Polygon, ...]] = {}
        for camera, spots in self._spots.items():
            prints = len(self._prints[camera])
            recurring = [
                spot
                for spot in spots
                if len(spot.prints) >= max(PRINTS, OF_PRINTS * prints)
                and spot.frames >= OF_FRAMES * self._frames[camera]
            ]
            if recurring:
                found[camera] = tuple(_around(spot) for spot in recurring)
        return found


def suggest_regions(
    history: History, printer_id: str, *, without: Set[str] = frozenset()
) -> dict[str, tuple[Polygon, ...]]:
    """Suggest regions to ignore, by camera, from a printer's prints that are labelled good.

    Prints `without` which it is to be found are not looked at.
    """
    recurring = Recurring()
    for record in history.prints(printer_id=printer_id):
        label = None if record.print_id in without else given_label(history, record)
        if label is not None and not label.failed:
            for frame in history.frames(record.print_id):
                recurring.add(record.print_id, frame.look.views)
    return recurring.regions()


def _around(spot: _Spot) -> Polygon:
    left, top = max(0.0, spot.x_min - BORDER), max(0.0, spot.y_min - BORDER)
    right, bottom = min(1.0, spot.x_max + BORDER), min(1.0, spot.y_max + BORDER)
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return tuple((round(x, 4), round(y, 4)) for x, y in corners)
