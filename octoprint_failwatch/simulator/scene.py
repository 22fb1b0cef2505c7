"""Describe the simulated print: its colours, and what it looks like at a moment."""

from __future__ import annotations

import random
from dataclasses import dataclass

Colour = tuple[int, int, int]
Point = tuple[float, float, float]
"""Millimetres; x to the right, y away from the camera, z up; the bed's front left corner is 0, 0, 0."""

FILAMENTS: tuple[Colour, ...] = (
    (232, 120, 42),
    (226, 192, 40),
    (206, 210, 206),
    (196, 48, 44),
    (88, 160, 196),
    (120, 176, 84),
)
WALLS: tuple[Colour, ...] = ((176, 170, 156), (150, 156, 162), (190, 180, 150), (120, 116, 112))
BED_SIZE = 220.0
LAYER_HEIGHT = 0.6


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One print before one camera; the same seed gives the same pictures.

    From `fails_at` on, a layer counted from 0, the part stops growing and spaghetti comes instead; None
    is a print that succeeds.
    """

    seed: int = 1
    layers: int = 100
    fails_at: int | None = 40
    width: int = 640
    height: int = 480

    @property
    def filament(self) -> Colour:
        """Colour of the part and of its strands."""
        return random.Random(f"filament {self.seed}").choice(FILAMENTS)  # noqa: S311 - a picture, no secret

    @property
    def wall(self) -> Colour:
        """Colour of the room behind the printer."""
        return random.Random(f"wall {self.seed}").choice(WALLS)  # noqa: S311

    def moment(self, progress: float, number: int) -> Moment:
        """Return the state of the print at a progress of 0 to 1, in its picture of that number."""
        layer = min(max(progress, 0.0), 1.0) * self.layers
        good = layer if self.fails_at is None else min(layer, float(self.fails_at))
        return Moment(number=number, layer=layer, part_layers=good, failed_layers=layer - good)


@dataclass(frozen=True, slots=True)
class Moment:
    """A picture's place in the print; layers are counted in fractions, so that a part grows smoothly."""

    number: int
    layer: float
    part_layers: float
    failed_layers: float

    @property
    def part_height(self) -> float:
        """Height of the part that stands on the bed, in millimetres."""
        return self.part_layers * LAYER_HEIGHT

    @property
    def nozzle_height(self) -> float:
        """Height of the nozzle's tip: a printer does not know that it fails."""
        return max(0.3, self.layer * LAYER_HEIGHT)
