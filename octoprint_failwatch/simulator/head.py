"""Draw what moves: the gantry's beam and the print head with its fan and nozzle."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from PIL import ImageDraw

from .part import SIDES, Part
from .perspective import Perspective
from .room import FRAME, draw_box, shade
from .scene import BED_SIZE, Moment, Point, Scene

GANTRY_Y = 110.0
HEAD = (30, 30, 33)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the head is in a picture; a bed that slides puts the part under a head fixed in y."""

    x: float
    bed_y: float
    z: float

    @property
    def tip(self) -> Point:
        """The nozzle's tip."""
        return (self.x, GANTRY_Y, self.z)


def place_of(scene: Scene, part: Part, moment: Moment) -> Place:
    """Return the head's place: somewhere on the part's wall at the nozzle's height."""
    chance = random.Random(f"head {scene.seed} {moment.number}")  # noqa: S311 - a picture, no secret
    x, y, _ = part.outline(moment.nozzle_height)[chance.randrange(SIDES)]
    inwards = math.sqrt(chance.random())
    x, y = part.x + (x - part.x) * inwards, part.y + (y - part.y) * inwards
    return Place(x, GANTRY_Y - y, moment.nozzle_height)


def draw_head(draw: ImageDraw.ImageDraw, view: Perspective, place: Place) -> None:
    """Draw the beam across the printer and the head in front of it."""
    x, z = place.x, place.z
    draw_box(draw, view, (-45.0, 128.0, z + 52.0), (BED_SIZE + 45.0, 142.0, z + 72.0), FRAME)
    edge = shade(FRAME, 2.2)
    for rise in (57.0, 67.0):
        ends = [view.project((-45.0, 128.0, z + rise)), view.project((BED_SIZE + 45.0, 128.0, z + rise))]
        draw.line(ends, fill=edge, width=2)
    draw_box(
        draw, view, (x - 4.0, GANTRY_Y - 4.0, z + 4.0), (x + 4.0, GANTRY_Y + 4.0, z + 16.0), (150, 120, 70)
    )
    tip = [
        view.project(point)
        for point in ((x - 3.5, GANTRY_Y, z + 4.5), (x + 3.5, GANTRY_Y, z + 4.5), place.tip)
    ]
    draw.polygon(tip, fill=(176, 142, 84))
    draw_box(draw, view, (x - 21.0, GANTRY_Y - 22.0, z + 15.0), (x + 21.0, GANTRY_Y + 18.0, z + 66.0), HEAD)
    _draw_fan(draw, view, (x, GANTRY_Y - 22.0, z + 40.0))
    cable = [view.project((x + 6 * math.sin(step), 125.0, z + 66.0 + 34.0 * step)) for step in range(6)]
    draw.line(cable, fill=(24, 24, 26), width=round(view.size(7.0, place.tip)), joint="curve")


def _draw_fan(draw: ImageDraw.ImageDraw, view: Perspective, centre: Point) -> None:
    across, down = view.project(centre)
    for millimetres, colour in ((18.0, (52, 52, 56)), (16.0, (20, 20, 22)), (6.0, (64, 64, 68))):
        radius = view.size(millimetres, centre)
        draw.ellipse((across - radius, down - radius, across + radius, down + radius), fill=colour)
