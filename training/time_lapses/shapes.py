"""Outlines of parts, and the rings of filament that a part is made of."""

from __future__ import annotations

import math
import random
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Outline: TypeAlias = tuple[tuple[float, float], ...]
Lines: TypeAlias = list[NDArray[np.float32]]
POINTS = 64


def outline(chance: random.Random, radius: float) -> Outline:
    """Return the outline of a part: a rounded box, a gear, a star or a blob, turned at random."""
    angles = np.linspace(0, math.tau, POINTS, endpoint=False)
    kind = chance.choice(("box", "gear", "star", "blob"))
    if kind == "box":
        power = chance.uniform(3, 9)
        radii = (np.abs(np.cos(angles)) ** power + np.abs(1.4 * np.sin(angles)) ** power) ** (-1 / power)
    elif kind == "gear":
        radii = 1 + 0.1 * np.tanh(4 * np.sin(chance.randint(8, 14) * angles))
    elif kind == "star":
        radii = 1 + chance.uniform(0.1, 0.35) * np.cos(chance.randint(4, 7) * angles)
    else:
        waves = [chance.uniform(-0.2, 0.2) * np.cos(n * angles + chance.uniform(0, 6)) for n in range(1, 5)]
        radii = 1 + sum(waves)
    turn = chance.uniform(0, math.tau)
    scaled = radius * radii / np.max(radii)
    pairs = zip(scaled * np.cos(angles + turn), scaled * np.sin(angles + turn), strict=True)
    return tuple((float(x), float(y)) for x, y in pairs)


def rings(shape: Outline, layers: int, layer: float, taper: float, whole: int) -> Lines:
    """Return the part's layers as closed lines; `whole` is how many it has when it is done."""
    base = np.array(shape, np.float32)
    found = []
    for number in range(layers):
        scale = 1 - taper * number / max(1, whole)
        height = np.full(len(base), layer * (number + 0.5), np.float32)
        found.append(np.c_[base * scale, height])
    return found


def infill(shape: Outline, height: float, gap: float, *, across: bool) -> Lines:
    """Return the lines that fill the part's topmost layer, every other layer crosswise."""
    points = np.array(shape)
    if across:
        points = points[:, ::-1]
    found = []
    for y in np.arange(points[:, 1].min() + gap / 2, points[:, 1].max(), gap):
        crossings = _crossings(points, float(y))
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            line = np.array([(left, y), (right, y)], np.float32)
            line = line[:, ::-1] if across else line
            found.append(np.c_[line, np.full(2, height, np.float32)])
    return found


def inside(shape: Outline, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which points lie within an outline (the even-odd rule)."""
    found = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(shape, (*shape[1:], shape[0]), strict=True):
        if y0 != y1:
            found ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return found


def _crossings(points: NDArray[np.float64], y: float) -> list[float]:
    """Return where a horizontal line crosses an outline, from the left."""
    found = []
    for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        if (y0 > y) != (y1 > y):
            found.append(float(x0 + (x1 - x0) * (y - y0) / (y1 - y0)))
    return sorted(found)
