"""Draw filament extruded into the air: curls that pile up over the part and hang from the nozzle."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageDraw

from .head import GANTRY_Y, Place
from .part import Part
from .perspective import Perspective
from .room import shade
from .scene import Moment, Point, Scene

STRANDS_PER_LAYER = 2.2
MOST_STRANDS = 90
STEP = 1.8
"""Millimetres between two points of a strand."""
THICKNESS = 1.0


@dataclass(frozen=True, slots=True)
class Strand:
    """One curl, lying on the bed's coordinates (the bed not moved)."""

    points: tuple[Point, ...]
    light: float


@lru_cache(maxsize=4096)
def _strand(seed: int, number: int, x: float, y: float, top: float, spread: float) -> Strand:
    """Return the curl of that number: a walk whose direction turns at a slowly changing rate.

    Filament that leaves the nozzle in the air coils, because it cools unevenly; it sinks until it meets
    the part or the bed, and is swept outwards by the head.
    """
    chance = random.Random(f"strand {seed} {number}")  # noqa: S311 - a picture, no secret
    around = chance.uniform(0, 2 * math.pi)
    out = spread * math.sqrt(chance.random())
    px, py = x + out * math.cos(around), y + out * math.sin(around)
    pz = max(0.5, chance.uniform(0.1, 1.15) * top + 4 * chance.random())
    heading, climb = chance.uniform(0, 2 * math.pi), chance.uniform(-0.3, 0.5)
    turning = chance.choice((-1, 1)) * chance.uniform(0.05, 0.38)
    points = []
    for _ in range(chance.randint(50, 190)):
        points.append((px, py, pz))
        turning += chance.gauss(0, 0.07)
        turning = max(-0.6, min(0.6, turning))
        climb = max(-0.9, min(0.8, climb * 0.94 + chance.gauss(-0.03, 0.14)))
        heading += turning
        # What strays too far is pulled back: strands stay tangled with one another.
        homewards = math.atan2(y - py, x - px)
        stray = math.hypot(px - x, py - y) / (spread + 30)
        heading += 0.16 * min(1.0, stray * stray) * math.sin(homewards - heading)
        flat = math.cos(climb)
        px += STEP * flat * math.cos(heading)
        py += STEP * flat * math.sin(heading)
        pz = max(0.5, pz + STEP * math.sin(climb))
    return Strand(tuple(points), chance.uniform(0.72, 1.18))


class Spaghetti:
    """All strands of a scene; a moment shows the first so many of them."""

    def __init__(self, scene: Scene, part: Part) -> None:
        """Begin where the part stopped growing."""
        self._scene = scene
        self._part = part

    def draw(
        self, draw: ImageDraw.ImageDraw, view: Perspective, moment: Moment, place: Place, *, before_head: bool
    ) -> None:
        """Draw the strands that lie behind the nozzle, or those before it and those that hang from it."""
        strands = self._strands(moment)
        moved = [
            (min(view.depth(point) for point in points[::8]), points, strand.light)
            for strand in strands
            for points in [[(x, y + place.bed_y, z) for x, y, z in strand.points]]
        ]
        for _, points, light in sorted(moved, key=lambda item: -item[0]):
            if (points[len(points) // 2][1] < GANTRY_Y - 12) == before_head:
                self._draw_strand(draw, view, points, light)
        if before_head and moment.failed_layers > 0:
            for points in self._dragged(moment, place):
                self._draw_strand(draw, view, points, 1.05)

    def _strands(self, moment: Moment) -> list[Strand]:
        scene, part = self._scene, self._part
        count = min(MOST_STRANDS, math.ceil(moment.failed_layers * STRANDS_PER_LAYER))
        spread = 16.0 + min(44.0, moment.failed_layers * 1.6)
        # A strand keeps its shape once it lies: its spread is that of the moment it was made in.
        return [
            _strand(
                scene.seed,
                number,
                part.x,
                part.y,
                moment.part_height,
                round(min(spread, 16.0 + 0.7 * number), 1),
            )
            for number in range(count)
        ]

    def _dragged(self, moment: Moment, place: Place) -> list[list[Point]]:
        """Return strands that the nozzle pulls up out of the heap."""
        chance = random.Random(f"drag {self._scene.seed} {moment.number}")  # noqa: S311
        strands = []
        for _ in range(2 + int(min(3.0, moment.failed_layers / 6))):
            x = self._part.x + chance.uniform(-20, 20)
            y = self._part.y + place.bed_y + chance.uniform(-20, 12)
            z = moment.part_height * chance.uniform(0.4, 1.0)
            sway, turns = chance.uniform(3, 9), chance.uniform(1, 3)
            points = []
            for step in range(41):
                share = step / 40
                curl = sway * math.sin(turns * 2 * math.pi * share) * (1 - share)
                points.append(
                    (
                        place.x + (x - place.x) * (1 - share) + curl,
                        GANTRY_Y + (y - GANTRY_Y) * (1 - share) + curl * math.cos(7 * share),
                        z + (place.z - z) * share**1.4 + 2.0 * math.sin(9 * share) * (1 - share),
                    )
                )
            strands.append(points)
        return strands

    def _draw_strand(
        self, draw: ImageDraw.ImageDraw, view: Perspective, points: list[Point], light: float
    ) -> None:
        """Draw a strand as three lines: its dark underside, its body, and the light along it."""
        pixels = [view.project(point) for point in points]
        width = max(2, round(view.size(THICKNESS, points[0])))
        below = [(x + width * 0.3, y + width * 0.45) for x, y in pixels]
        colour = self._scene.filament
        draw.line(below, fill=shade(colour, 0.34 * light), width=width, joint="curve")
        draw.line(pixels, fill=shade(colour, 0.9 * light), width=width, joint="curve")
        above = [(x - width * 0.15, y - width * 0.2) for x, y in pixels]
        draw.line(above, fill=shade(colour, 1.2 * light), width=max(1, width // 3))
