"""Draw a whole picture, from the back to the front."""

from __future__ import annotations

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas, View, filament
from .machine import (
    draw_board,
    draw_cables,
    draw_chain,
    draw_harness,
    draw_head,
    draw_lights,
    draw_loose_filament,
    draw_tool,
)
from .mess import draw_mess
from .parts import any_part, draw_part, draw_purge_line, draw_skirt, draw_supports, draw_tower
from .photo import photograph
from .room import bed_spot, draw_bed, draw_frame, draw_room

SIZES = ((448, 336), (448, 252), (400, 400), (336, 448))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture, and which of its pixels show a failure (255) or none (0)."""

    image: NDArray[np.uint8]
    mess: NDArray[np.uint8]


def draw(seed: str, *, failed: bool, backdrop: NDArray[np.uint8] | None = None) -> Drawn:
    """Return the picture of that seed, before a piece of a photograph if one is given.

    The piece must show no failure.
    """
    chance = random.Random(seed)
    width, height = chance.choice(SIZES)
    view = View.by_chance(chance, 2 * width, 2 * height)
    canvas = Canvas(np.zeros((2 * height, 2 * width, 3), np.uint8), view, chance)
    draw_room(canvas, backdrop)
    _machine_behind(canvas)
    bed = draw_bed(canvas)
    # A filament of the bed's own colour is the hardest to see.
    colour = bed if chance.random() < 0.08 else filament(chance)
    parts = [any_part(chance, *bed_spot(chance), colour) for _ in range(chance.choice([0, 1, 1, 1, 2, 5]))]
    if chance.random() < 0.3:
        draw_purge_line(canvas, colour)
    if chance.random() < 0.1:
        draw_tower(canvas, colour, filament(chance))
    parts.sort(key=lambda part: -part.y)
    for part in parts:
        if chance.random() < 0.35:
            draw_skirt(canvas, part)
        draw_part(canvas, part)
        if chance.random() < 0.25:
            draw_supports(canvas, part)
    if chance.random() < 0.1:
        draw_tool(canvas)
    tip = _tip(canvas, parts[0].top if parts else (0.0, 0.0, 0.3))
    in_front = chance.random() < 0.6
    behind = Canvas(canvas.pixels, view, random.Random(seed + "head"))
    if not in_front and tip:
        draw_head(behind, tip)
    if failed:
        for _ in range(chance.choice([1, 1, 1, 2])):
            draw_mess(canvas, chance.choice(parts) if parts else None, colour, tip)
    if in_front and tip:
        behind.mess = canvas.mess
        draw_head(behind, tip)
    if chance.random() < 0.08:
        draw_cables(canvas)
    if chance.random() < 0.06:
        draw_harness(canvas)
    image = photograph(canvas.pixels, chance)
    mess = cv2.resize(canvas.mess, (width, height), interpolation=cv2.INTER_AREA)
    return Drawn(image, mess)


def _machine_behind(canvas: Canvas) -> None:
    chance = canvas.chance
    if chance.random() < 0.75:
        draw_frame(canvas)
    things = (
        (draw_cables, 0.35),
        (draw_harness, 0.35),
        (draw_board, 0.2),
        (draw_chain, 0.12),
        (draw_lights, 0.15),
        (draw_loose_filament, 0.25),
    )
    for draw_thing, often in things:
        if chance.random() < often:
            draw_thing(canvas)


def _tip(canvas: Canvas, top: tuple[float, float, float]) -> tuple[float, float, float] | None:
    """Return where the nozzle is, or None if the head is out of sight."""
    chance = canvas.chance
    if chance.random() < 0.2:
        return None
    return (
        top[0] + chance.gauss(0, 20),
        top[1] + chance.gauss(0, 10),
        top[2] + chance.uniform(0.3, 3) + chance.choice([0, 0, 25]),
    )
