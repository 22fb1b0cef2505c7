"""Rate a camera by what its pictures have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ...engine.detectors.built_in.camera_baseline import CameraBaseline
from ...engine.detectors.built_in.explanation import explained, without
from ...engine.detectors.built_in.heat_map import HeatMap
from ...engine.detectors.built_in.heat_output import HeatOutput

LOOKS = 6
"""Looks that a picture stands for when the camera is learned: a minute."""
ENOUGH = 4
"""Pictures from which on it is known what a camera always shows."""
HARD = 0.25
"""Share of suspicious pictures from which on a camera is hard to watch, if its prints were good."""


@dataclass(frozen=True, slots=True)
class Cells:
    """How strongly each cell of a picture looks like a mess, from 0 to 1, row by row from the top left.

    `normal` is how much of it most other pictures of the camera show in the same place.
    """

    columns: int
    heat: tuple[float, ...]
    normal: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """How much of a picture's p is normal for its camera, and where; without cells nothing is known."""

    cells: Cells | None = None
    normal: float = 0.0


class Finding(Enum):
    """What the pictures say of their camera."""

    QUIET = "quiet"
    NORMAL = "normal"
    SINGLE = "single"
    HARD = "hard"
    UNKNOWN = "unknown"


def explain(output: HeatOutput, heats: Sequence[HeatMap]) -> list[Explained]:
    """Return what is normal in each of a camera's pictures, learned from half of the others.

    The pictures are learned in two halves, each held against the other, so that no picture explains itself.
    """
    if len(heats) < ENOUGH:
        nothing = (0.0,) * len(heats[0].logits) if heats else ()
        return [Explained(Cells(heat.columns, _strengths(output, heat), nothing)) for heat in heats]
    halves = [_learned(output, heats[1::2]), _learned(output, heats[0::2])]
    return [_explained(output, heat, halves[number % 2]) for number, heat in enumerate(heats)]


def finding(p: Sequence[float], explained: Sequence[float], maybe: float) -> Finding:
    """Return what the answers to one camera's pictures say of the camera; `maybe` is where a doubt begins."""
    suspicious = sum(one >= maybe for one in p)
    left = sum(one - known >= maybe for one, known in zip(p, explained, strict=True))
    if not suspicious:
        return Finding.QUIET
    if len(p) < ENOUGH:
        return Finding.UNKNOWN
    if suspicious >= HARD * len(p):
        return Finding.HARD
    return Finding.SINGLE if left else Finding.NORMAL


def _learned(output: HeatOutput, heats: Sequence[HeatMap]) -> CameraBaseline:
    baseline = CameraBaseline.unknown(heats[0])
    for heat in heats:
        for _ in range(LOOKS):
            baseline = baseline.learned(heat, "", output.p_of(heat))
    return baseline


def _explained(output: HeatOutput, heat: HeatMap, baseline: CameraBaseline) -> Explained:
    before = _strengths(output, heat)
    after = _strengths(output, without(heat, baseline.excuses()))
    normal = tuple(hot - left for hot, left in zip(before, after, strict=True))
    return Explained(Cells(heat.columns, before, normal), explained(output, heat, baseline, "").explained)


def _strengths(output: HeatOutput, heat: HeatMap) -> tuple[float, ...]:
    return tuple(output.p(logit) for logit in heat.logits)
