"""Draw the part: one ring of wall for each layer, lit from one side."""

from __future__ import annotations

import math
import random

from PIL import ImageDraw

from .perspective import Perspective, Pixel
from .room import shade
from .scene import BED_SIZE, LAYER_HEIGHT, Point, Scene

SIDES = 40
LIGHT = (-0.55, -0.75)
"""Where the light comes from, in the bed's plane."""
OUTWARD = tuple(
    (math.cos(angle), math.sin(angle))
    for angle in (2 * math.pi * (side + 0.5) / SIDES for side in range(SIDES))
)
"""Where each side of the wall faces, in the bed's plane."""
LIT = tuple(0.62 + 0.4 * max(0.0, x * LIGHT[0] + y * LIGHT[1]) for x, y in OUTWARD)
"""How much light each side of the wall gets."""


class Part:
    """The shape that a scene prints: a twisted, rounded column that widens and narrows."""

    def __init__(self, scene: Scene) -> None:
        """Choose the shape by the scene's seed."""
        chance = random.Random(f"part {scene.seed}")  # noqa: S311 - a picture, no secret
        self.x = BED_SIZE / 2 + chance.uniform(-25, 25)
        self.y = BED_SIZE / 2 + chance.uniform(-25, 15)
        self._colour = scene.filament
        self._radius = chance.uniform(22, 34)
        self._corners = chance.choice((0, 3, 4, 5, 6))
        self._twist = chance.uniform(-0.02, 0.02)
        self._belly = chance.uniform(-0.25, 0.3)
        self._grain = random.Random(f"grain {scene.seed}").randbytes(1024)  # noqa: S311

    def outline(self, z: float, bed_y: float = 0.0) -> list[Point]:
        """Return the wall's points at a height."""
        radius = self._radius * (1 + self._belly * math.sin(z / 24))
        turn = self._twist * z
        points = []
        for side in range(SIDES):
            angle = 2 * math.pi * side / SIDES
            reach = radius * (1 + (0.14 * math.cos(self._corners * (angle + turn)) if self._corners else 0))
            points.append((self.x + reach * math.cos(angle), self.y + bed_y + reach * math.sin(angle), z))
        return points

    def draw(self, draw: ImageDraw.ImageDraw, view: Perspective, height: float, bed_y: float) -> None:
        """Draw the part up to a height, on a bed moved by `bed_y`."""
        if height < LAYER_HEIGHT:
            self._draw_skirt(draw, view, bed_y)
            return
        self._draw_skirt(draw, view, bed_y)
        rings = max(2, math.ceil(height / (2 * LAYER_HEIGHT)))
        below = self.outline(0.0, bed_y)
        seen_below = [view.project(point) for point in below]
        for ring in range(1, rings + 1):
            above = self.outline(height * ring / rings, bed_y)
            seen_above = [view.project(point) for point in above]
            facing = [side for side in range(SIDES) if _faces(view, below[side], side)]
            self._draw_wall(draw, seen_below, seen_above, facing, ring)
            below, seen_below = above, seen_above
        draw.polygon(seen_below, fill=shade(self._colour, 1.08))
        self._draw_infill(draw, seen_below)

    def _draw_wall(
        self, draw: ImageDraw.ImageDraw, below: list[Pixel], above: list[Pixel], facing: list[int], ring: int
    ) -> None:
        grain = 0.94 + 0.10 * self._grain[ring % 1024] / 255
        for side in facing:
            following = (side + 1) % SIDES
            quad = (below[side], below[following], above[following], above[side])
            draw.polygon(quad, fill=shade(self._colour, LIT[side] * grain))

    def _draw_infill(self, draw: ImageDraw.ImageDraw, rim: list[Pixel]) -> None:
        """Draw lines across the top, as infill shows on a part that is being printed."""
        line = shade(self._colour, 0.86)
        half = SIDES // 2
        for side in range(2, half - 1, 2):
            draw.line([rim[side], rim[SIDES - side]], fill=line, width=2)

    def _draw_skirt(self, draw: ImageDraw.ImageDraw, view: Perspective, bed_y: float) -> None:
        ring = []
        for x, y, z in self.outline(0.0, bed_y):
            grown = 1.25
            ring.append(
                view.project(
                    (self.x + (x - self.x) * grown, self.y + bed_y + (y - self.y - bed_y) * grown, z)
                )
            )
        draw.line([*ring, ring[0]], fill=shade(self._colour, 0.85), width=3)


def _faces(view: Perspective, point: Point, side: int) -> bool:
    """Return whether the camera sees the outside of a side of the wall that begins at a point."""
    x, y = OUTWARD[side]
    return x * (view.eye[0] - point[0]) + y * (view.eye[1] - point[1]) >= 0
