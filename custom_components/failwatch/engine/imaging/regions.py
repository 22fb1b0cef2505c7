"""Ignored regions of a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from PIL import ImageDraw

from ..models import Box, Detection
from .jpeg import decode, encode

Point: TypeAlias = tuple[float, float]
Polygon: TypeAlias = Sequence[Point]
"""Corners as shares of width and height, origin top left."""

COVERED = 0.5
"""Share of a box that must lie in ignored regions for it to be dropped."""
_GRID = 9


def covers(regions: Iterable[Polygon], x: float, y: float) -> bool:
    """Return whether a point, as shares of width and height, lies in one of the regions."""
    return any(_contains(polygon, x, y) for polygon in regions)


def without_ignored(detection: Detection, regions: Sequence[Polygon], *, by_sum: bool) -> Detection:
    """Return the detection without the boxes in ignored regions, and with p made from the rest.

    p becomes the sum or the maximum of the remaining scores where boxes were dropped, and stays as
    it is where none was.
    """
    kept = tuple(box for box in detection.boxes if not _is_ignored(box, regions))
    if len(kept) == len(detection.boxes):
        return detection
    scores = [box.score for box in kept]
    p = sum(scores) if by_sum else max(scores, default=0.0)
    return replace(detection, boxes=kept, p=min(p, detection.p), statistics=None)


def blacked_out(picture: bytes, regions: Iterable[Polygon]) -> bytes:
    """Return the picture as JPEG with the regions black. Takes milliseconds: not for an event loop."""
    image = decode(picture)
    draw = ImageDraw.Draw(image)
    for polygon in regions:
        draw.polygon([(x * image.width, y * image.height) for x, y in polygon], fill="black")
    return encode(image)


def _is_ignored(box: Box, regions: Sequence[Polygon]) -> bool:
    inside = 0
    for row in range(_GRID):
        y = box.y_min + (box.y_max - box.y_min) * (row + 0.5) / _GRID
        for column in range(_GRID):
            x = box.x_min + (box.x_max - box.x_min) * (column + 0.5) / _GRID
            inside += covers(regions, x, y)
    return inside >= COVERED * _GRID * _GRID


def _contains(polygon: Polygon, x: float, y: float) -> bool:
    inside = False
    previous_x, previous_y = polygon[-1]
    for corner_x, corner_y in polygon:
        if (corner_y > y) != (previous_y > y):
            crossing = corner_x + (y - corner_y) / (previous_y - corner_y) * (previous_x - corner_x)
            inside ^= x < crossing
        previous_x, previous_y = corner_x, corner_y
    return inside
