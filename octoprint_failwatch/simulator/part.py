"""Draw the part: one ring of wall for each layer, lit from one side."""

from __future__ import annotations

import math
import random

from PIL import ImageDraw

from .perspective import Perspective
from .room import shade
from .scene import BED_SIZE, LAYER_HEIGHT, Point, Scene

SIDES = 40
LIGHT = (-0.55, -0.75)
"""Where the light comes from, in the bed's plane."""


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
        for ring in range(1, rings + 1):
            above = self.outline(height * ring / rings, bed_y)
            self._draw_wall(draw, view, below, above, ring)
            below = above
        draw.polygon([view.project(point) for point in below], fill=shade(self._colour, 1.08))
        self._draw_infill(draw, view, below)

    def _draw_wall(
        self, draw: ImageDraw.ImageDraw, view: Perspective, below: list[Point], above: list[Point], ring: int
    ) -> None:
        grain = 0.94 + 0.10 * self._grain[ring % 1024] / 255
        for side in range(SIDES):
            following = (side + 1) % SIDES
            angle = 2 * math.pi * (side + 0.5) / SIDES
            towards = (math.cos(angle), math.sin(angle))
            offset = (view.eye[0] - below[side][0], view.eye[1] - below[side][1])
            if towards[0] * offset[0] + towards[1] * offset[1] < 0:
                continue
            lit = 0.62 + 0.4 * max(0.0, towards[0] * LIGHT[0] + towards[1] * LIGHT[1])
            quad = (below[side], below[following], above[following], above[side])
            draw.polygon([view.project(point) for point in quad], fill=shade(self._colour, lit * grain))

    def _draw_infill(self, draw: ImageDraw.ImageDraw, view: Perspective, rim: list[Point]) -> None:
        """Draw lines across the top, as infill shows on a part that is being printed."""
        line = shade(self._colour, 0.86)
        half = SIDES // 2
        for side in range(2, half - 1, 2):
            draw.line([view.project(rim[side]), view.project(rim[SIDES - side])], fill=line, width=2)

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
