"""Filament that is laid where nothing holds it: it curls, and comes to rest on what lies below."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .plan import LAYER, Plan
from .shapes import inside

STEP = 0.15
"""Distance of a strand's points."""
CELL = 0.2
"""Width of a cell of the map of heights."""
STIFFNESS = 9
"""Points that a strand bridges without sagging between them."""
SLOPE = 0.9
"""Largest rise per length: over an edge a strand slants, it does not hug the wall."""


def strand(plan: Plan) -> NDArray[np.float32]:
    """Return all filament that will lie about in the end, as points in the order in which it was laid."""
    chance = random.Random(f"time-lapse {plan.seed} strand")
    count = round(plan.strand / STEP)
    flat = _curled(chance, _course(chance, plan), count, chance.uniform(0.3, 0.9))
    return _laid(chance, flat, _ground(plan))


def _course(chance: random.Random, plan: Plan) -> Callable[[float], tuple[float, float]]:
    """Return where the nozzle goes meanwhile, by the share of the strand that is laid."""
    radius = max(math.hypot(x, y) for x, y in plan.outline)
    turns, start = chance.uniform(3, 9), chance.uniform(0, math.tau)
    reach = radius * {"nest": 0.7, "drag": 0.5, "loose": 1.0}[plan.kind]
    away = chance.uniform(0, math.tau)
    drift = {"nest": 0.6, "drag": min(2.2 * radius, 0.4 * plan.bed), "loose": 1.2}[plan.kind]

    def nozzle(share: float) -> tuple[float, float]:
        angle = start + turns * math.tau * share
        swing = reach * (0.4 + 0.6 * abs(math.sin(0.7 * turns * math.tau * share)))
        offset = drift * math.sin(math.pi * share)
        return (
            swing * math.cos(angle) + offset * math.cos(away),
            swing * math.sin(angle) + offset * math.sin(away),
        )

    return nozzle


def _curled(
    chance: random.Random, nozzle: Callable[[float], tuple[float, float]], count: int, curl: float
) -> NDArray[np.float32]:
    """Return a strand, seen from above, that leaves the nozzle faster than the nozzle moves."""
    x, y = nozzle(0.0)
    bend_to = chance.choice((-1, 1)) / curl
    bend, heading = bend_to, chance.uniform(0, math.tau)
    points = np.empty((count, 2), np.float32)
    for number in range(count):
        wanted_x, wanted_y = nozzle(number / count)
        off_x, off_y = wanted_x - x, wanted_y - y
        pull = 0.5 * min(math.hypot(off_x, off_y), 4.0) * math.sin(math.atan2(off_y, off_x) - heading)
        bend += 0.05 * (bend_to - bend) + chance.gauss(0, 0.18) / math.sqrt(curl)
        if chance.random() < 0.006:
            bend_to = -bend_to
        heading += (bend + pull) * STEP
        x, y = x + STEP * math.cos(heading), y + STEP * math.sin(heading)
        points[number] = x, y
    return points


def _ground(plan: Plan) -> NDArray[np.float32]:
    """Return the heights that a strand finds: the bed, and the part as it stood at the onset."""
    cells = round(2 * plan.bed / CELL)
    y, x = (np.mgrid[0:cells, 0:cells] * CELL - plan.bed).astype(np.float32)
    on_bed = (abs(x) < plan.bed / 2) & (abs(y) < plan.bed / 2)
    ground = np.where(on_bed, 0.0, -6.0).astype(np.float32)
    if plan.kind != "loose":
        ground[inside(plan.outline, x, y)] = plan.height * (plan.onset or 0) / plan.looks + LAYER
    return ground


def _laid(
    chance: random.Random, flat: NDArray[np.float32], ground: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return a strand let down on the ground and on itself."""
    heights = np.empty(len(flat), np.float32)
    half = len(ground) * CELL / 2
    cells = np.clip(((flat + half) / CELL).astype(int), 0, len(ground) - 1)
    thickness, lift = 0.09, chance.uniform(0.1, 0.9)
    for start in range(0, len(flat), 50):
        column, row = cells[start : start + 50].T
        below = ground[row, column]
        heights[start : start + 50] = np.maximum(below, _bridged(below)) + thickness / 2
        ground[row, column] = below + 0.6 * thickness
    waves = np.sin(np.arange(len(flat)) * STEP * 0.8 + chance.uniform(0, 6))
    slow = np.sin(np.arange(len(flat)) * STEP * 0.13 + chance.uniform(0, 6))
    heights += lift * np.maximum(0, waves * slow).astype(np.float32)
    for order in (range(1, len(heights)), range(len(heights) - 2, -1, -1)):
        step = 1 if order.step > 0 else -1
        for number in order:
            heights[number] = max(heights[number], heights[number - step] - SLOPE * STEP)
    return np.c_[flat, heights]


def _bridged(below: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return heights with the gaps closed that a strand bridges."""
    padded = np.pad(below, STIFFNESS // 2, mode="edge")
    highest = np.lib.stride_tricks.sliding_window_view(padded, STIFFNESS).max(axis=1)
    padded = np.pad(highest, STIFFNESS // 2, mode="edge")
    closed: NDArray[np.float32] = np.lib.stride_tricks.sliding_window_view(padded, STIFFNESS).min(axis=1)
    return closed
