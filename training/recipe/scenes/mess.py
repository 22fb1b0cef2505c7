"""Draw failed prints: strands in heaps, loops and webs, blobs, parts torn off."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas, Colour, Point, fixed, shaded, walk
from .parts import Part

REACH = 1.3
"""Millimetres around a strand that count as mess; gaps within a heap belong to it."""


@dataclass(frozen=True, slots=True)
class Style:
    """How strands lie. Lengths in millimetres; `turning` and `wander` in radians a step."""

    step: float
    steps: tuple[int, int]
    turning: float
    wander: float
    sag: float
    flat: float


LOOPS = Style(1.6, (30, 120), 0.42, 0.05, 0.15, 0.6)
CURLS = Style(1.1, (20, 90), 0.95, 0.25, 0.1, 0.7)
LONG = Style(2.4, (25, 100), 0.12, 0.05, 0.5, 0.5)
FUZZ = Style(1.0, (8, 35), 0.7, 0.5, 0.05, 0.8)
STYLES = (LOOPS, CURLS, LONG, FUZZ)


def draw_mess(canvas: Canvas, part: Part | None, colour: Colour, tip: Point | None) -> None:
    """Draw a failure on a part, on the bed, or hanging from the nozzle."""
    chance = canvas.chance
    kind = chance.random()
    if part is not None and kind < 0.5:
        top = part.top
        where = (
            top[0] + chance.gauss(0, part.radius * 0.4),
            top[1] + chance.gauss(0, part.radius * 0.4),
            top[2],
        )
        _heap(canvas, where, colour, min(60.0, part.radius * chance.uniform(0.3, 1.3)), lift=0.7)
    elif kind < 0.8 or tip is None:
        where = (chance.gauss(0, 45), chance.gauss(0, 45), 0.5)
        _heap(canvas, where, colour, chance.choice([6, 12, 20, 35, 60]) * chance.uniform(0.7, 1.3), lift=0.35)
    elif kind < 0.92:
        _hanging(canvas, tip, colour)
    else:
        _blob(canvas, tip, colour)
    if part is not None and chance.random() < 0.15:
        _web(canvas, part, colour)


def _heap(canvas: Canvas, where: Point, colour: Colour, size: float, lift: float) -> None:
    """Draw a heap of strands of about that radius."""
    chance = canvas.chance
    style = chance.choice(STYLES)
    mixed = chance.random() < 0.4
    dense = chance.choice([0.4, 1.0, 1.0, 1.8])
    count = max(3, int(dense * (2 + size * 0.9)))
    width = chance.choice([0.4, 0.6, 0.9])
    strands = []
    for _ in range(count):
        one = chance.choice(STYLES) if mixed else style
        x, y = where[0] + chance.gauss(0, size * 0.45), where[1] + chance.gauss(0, size * 0.45)
        z = where[2] + abs(chance.gauss(0, size * lift * 0.6)) + 0.3
        path = walk(chance, (x, y, z), chance.randint(*one.steps), one.step, one.turning, one.wander)
        strands.append(_gathered(path, np.array(where), size, one))
    strands.sort(key=lambda path: -float(np.linalg.norm(path.mean(0) - canvas.view.eye)))
    for path in strands:
        _strand(canvas, path, colour, width)
    _close(canvas, strands)


def _gathered(
    path: NDArray[np.float64], where: NDArray[np.float64], size: float, style: Style
) -> NDArray[np.float64]:
    """Return a path pulled back towards its heap, sagging, and nowhere below the bed."""
    away = path - where
    out = np.linalg.norm(away[:, :2], axis=1, keepdims=True) + 1e-6
    limit = size * 1.5
    pulled = np.where(out > limit, limit + (out - limit) * 0.35, out)
    gathered = path.copy()
    gathered[:, :2] = where[:2] + away[:, :2] / out * pulled
    gathered[:, 2] = np.maximum(
        0.4, where[2] + away[:, 2] * style.flat - style.sag * np.maximum(0, out[:, 0] - size) * 0.5
    )
    return gathered


def _strand(canvas: Canvas, path: NDArray[np.float64], colour: Colour, width: float) -> None:
    """Draw a strand: its dark underside, its body, the light along it; mark where it lies."""
    chance = canvas.chance
    projected = canvas.view.project(path)
    flat = projected[:, :2]
    scale = canvas.view.focal / float(np.median(projected[:, 2]))
    pixels = max(1.0, width * scale)
    light = chance.uniform(0.7, 1.12)
    for shift, shade, share in ((0.45, 0.42, 1.1), (0.0, 0.95, 1.0), (-0.2, 1.3, 0.4)):
        if shade > 1 and pixels < 2:
            continue
        cv2.polylines(
            canvas.pixels,
            [fixed(flat + np.array([shift * pixels * 0.5, shift * pixels]))],
            False,
            shaded(colour, shade * light),
            max(1, round(pixels * share)),
            cv2.LINE_AA,
            4,
        )
    reach = max(2, round((width + 2 * REACH) * scale))
    cv2.polylines(canvas.mess, [fixed(flat)], False, 255, reach, cv2.LINE_8, 4)


def _close(canvas: Canvas, strands: list[NDArray[np.float64]]) -> None:
    """Count the small gaps within a heap as mess too."""
    everything = np.vstack(strands)
    scale = canvas.view.focal / float(np.median(canvas.view.project(everything)[:, 2]))
    side = int(np.clip(4 * scale, 3, 41)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    canvas.mess[:] = cv2.morphologyEx(canvas.mess, cv2.MORPH_CLOSE, kernel)


def _hanging(canvas: Canvas, tip: Point, colour: Colour) -> None:
    """Draw strands that hang in curls from the nozzle down to the bed."""
    chance = canvas.chance
    strands = []
    for _ in range(chance.randint(2, 9)):
        share = np.linspace(0, 1, 60)
        end = np.array(
            [
                tip[0] + chance.gauss(0, 22),
                tip[1] + chance.gauss(0, 22),
                max(0.4, tip[2] * chance.uniform(0, 0.7)),
            ]
        )
        line = np.asarray(tip) * (1 - share[:, None]) + end * share[:, None]
        sway, turns = chance.uniform(1, 9), chance.uniform(1, 6)
        line[:, 0] += sway * np.sin(turns * 2 * math.pi * share) * np.sqrt(share)
        line[:, 1] += sway * np.cos(turns * 2 * math.pi * share) * share
        line[:, 2] = np.maximum(0.4, line[:, 2] + 0.4 * sway * np.sin(7 * share))
        strands.append(line)
        _strand(canvas, line, colour, chance.choice([0.4, 0.7]))
    _close(canvas, strands)


def _blob(canvas: Canvas, tip: Point, colour: Colour) -> None:
    """Draw filament that has gathered around the nozzle in a lump, with curls on it."""
    chance = canvas.chance
    size = chance.uniform(6, 18)
    for _ in range(chance.randint(14, 40)):
        at = (
            tip[0] + chance.gauss(0, size * 0.5),
            tip[1] - chance.uniform(0, size * 0.5),
            tip[2] + chance.gauss(size * 0.3, size * 0.45),
        )
        spot = canvas.view.project([at])[0]
        radius = max(1, int(canvas.view.scale(at) * size * chance.uniform(0.15, 0.4)))
        centre = (int(spot[0]), int(spot[1]))
        cv2.circle(canvas.pixels, centre, radius, shaded(colour, chance.uniform(0.55, 1.15)), -1, cv2.LINE_AA)
        cv2.circle(canvas.mess, centre, radius, 255, -1)
    _heap(canvas, tip, colour, size * 0.9, lift=0.5)


def _web(canvas: Canvas, part: Part, colour: Colour) -> None:
    """Draw fine hairs between two columns of a part."""
    chance = canvas.chance
    for _ in range(chance.randint(6, 30)):
        z = part.height * chance.uniform(0.1, 1.0)
        ends = [part.x + side * part.radius * chance.uniform(0.2, 1.1) for side in (-1, 1)]
        share = np.linspace(0, 1, 12)
        x = ends[0] * (1 - share) + ends[1] * share
        sag = chance.uniform(0, 5) * np.sin(math.pi * share)
        y = np.full(12, part.y - part.radius * chance.uniform(0, 1.0))
        path = np.stack([x, y, np.maximum(0.4, z - sag)], 1)
        _strand(canvas, path, colour, 0.35)
