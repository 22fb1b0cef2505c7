"""Calculate how much of a heat map a camera's baseline explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import starmap
from operator import sub

from ...models import Detection
from .camera_baseline import CameraBaseline
from .heat_map import HeatMap
from .heat_output import HeatOutput

HALVINGS = 6


def explained(output: HeatOutput, heat: HeatMap, baseline: CameraBaseline, print_id: str) -> Detection:
    """Return the detection of a heat map compared with its camera's baseline.

    What was there before this print and before earlier good ones does not count at all. What good looks
    showed is told as `explained`, and left out of the boxes.
    """
    fixtures = baseline.fixture_excuses(print_id)
    p = output.p_of(without(heat, fixtures))
    excuses = baseline.excuses()
    share, least = 1.0, p - baseline.explains_at_most
    if output.p_of(without(heat, fixtures, excuses)) < least:
        share = _largest_share(output, heat, fixtures, excuses, least)
    detection = output.detection(without(heat, fixtures, [excuse * share for excuse in excuses]))
    return replace(detection, p=p, explained=max(p - detection.p, 0.0))


def _largest_share(
    output: HeatOutput, heat: HeatMap, fixtures: Sequence[float], excuses: Sequence[float], least: float
) -> float:
    """Return the share of the excuses that leaves at least so much of p, found by halving."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rest = output.p_of(without(heat, fixtures, [excuse * middle for excuse in excuses]))
        low, high = (low, middle) if rest < least else (middle, high)
    return low


def without(heat: HeatMap, *excuses: Sequence[float]) -> HeatMap:
    """Return the heat map with the largest of each cell's excuses taken off."""
    largest = map(max, *excuses) if len(excuses) > 1 else excuses[0]
    return HeatMap(heat.columns, tuple(starmap(sub, zip(heat.logits, largest, strict=True))))
