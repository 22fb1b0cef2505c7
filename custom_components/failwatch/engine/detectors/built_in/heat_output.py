"""Turn a heat map into p and boxes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from ...imaging.regions import COVERED, Polygon, covers
from ...models import Box, Detection, holds
from .heat_map import HeatMap

BOX_FROM = 0.28
"""p from which a cell is part of a box."""
APART = 1.0
"""By how much the heat (logits) must sink between two peaks for each to have a box of its own."""

Cell: TypeAlias = tuple[int, int]
"""Row and column."""


@dataclass(frozen=True, slots=True)
class HeatOutput:
    """How p is made: the mean of the hottest cells' logits, straightened out.

    `share` is that of the cells looked at, `slope` and `offset` were fitted so that p is the share of
    failures among pictures that get it (Platt 1999).
    """

    share: float
    slope: float
    offset: float

    @classmethod
    def read(cls, description: Mapping[str, Any]) -> HeatOutput:
        """Return what a model's description says."""
        return cls(float(description["share"]), float(description["slope"]), float(description["offset"]))

    def detection(self, heat: HeatMap) -> Detection:
        """Return p and the boxes."""
        rows, columns, logits = heat.rows, heat.columns, heat.logits
        count = max(1, round(self.share * len(logits)))
        coolest = min(logits)
        boxes = []
        for patch in patches(self._hot(heat)):
            left, right = min(c for _, c in patch), max(c for _, c in patch) + 1
            top, bottom = min(r for r, _ in patch), max(r for r, _ in patch) + 1
            score = self.p(hottest(patch.values(), count, coolest))
            boxes.append(Box(left / columns, top / rows, right / columns, bottom / rows, score))
        return Detection(
            self.p(hottest(logits, count, coolest)),
            tuple(sorted(outermost(boxes), key=lambda box: -box.score)),
        )

    def p_of(self, heat: HeatMap) -> float:
        """Return p alone."""
        count = max(1, round(self.share * len(heat.logits)))
        return self.p(hottest(heat.logits, count, min(heat.logits)))

    def outside(self, heat: HeatMap, regions: Sequence[Polygon]) -> HeatMap:
        """Return the heat map as cool as can be in the regions, and where most of one hot place lies in them."""
        rows, columns = heat.rows, heat.columns
        ignored = {
            (row, column)
            for row in range(rows)
            for column in range(columns)
            if covers(regions, (column + 0.5) / columns, (row + 0.5) / rows)
        }
        for island in islands(self._hot(heat).keys()):
            if len(ignored.intersection(island)) >= COVERED * len(island):
                ignored.update(island)
        coolest = min(heat.logits)
        cells = enumerate(heat.logits)
        return HeatMap(
            columns, tuple(coolest if divmod(cell, columns) in ignored else logit for cell, logit in cells)
        )

    def _hot(self, heat: HeatMap) -> dict[Cell, float]:
        """Return the cells that belong to boxes, and their logits."""
        hot_from = (_logit(BOX_FROM) - self.offset) / self.slope
        cells = enumerate(heat.logits)
        return {divmod(cell, heat.columns): logit for cell, logit in cells if logit >= hot_from}

    def p(self, logit: float) -> float:
        """Return p for a logit."""
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, self.slope * logit + self.offset))))


def hottest(logits: Iterable[float], count: int, missing: float) -> float:
    """Return the mean of the highest so many logits; what is missing of them counts as given."""
    top = sorted(logits, reverse=True)[:count]
    return (sum(top) + missing * (count - len(top))) / count


def islands(hot: Set[Cell]) -> list[list[Cell]]:
    """Return the groups of cells that touch one another, corners included."""
    left = set(hot)
    found = []
    while left:
        island = [left.pop()]
        for cell in island:
            near = _around(cell) & left
            left -= near
            island.extend(near)
        found.append(island)
    return found


def patches(hot: Mapping[Cell, float]) -> list[dict[Cell, float]]:
    """Return the groups of cells that touch one another, parted where the heat sinks between two peaks."""
    of: dict[Cell, dict[Cell, float]] = {}
    for cell, heat in sorted(hot.items(), key=lambda one: (-one[1], one[0])):
        # The first cell of each patch is its peak.
        near = sorted({id(of[one]): of[one] for one in _around(cell) if one in of}.values(), key=_peak)
        patch = near.pop() if near else {}
        for other in near:
            if _peak(other) - heat < APART:
                patch.update(other)
                of.update(dict.fromkeys(other, patch))
        patch[cell] = heat
        of[cell] = patch
    return list({id(patch): patch for patch in of.values()}.values())


def _peak(patch: Mapping[Cell, float]) -> float:
    return next(iter(patch.values()))


def _around(cell: Cell) -> set[Cell]:
    row, column = cell
    return {(row + dy, column + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)}


def outermost(boxes: Iterable[Box]) -> list[Box]:
    """Return the boxes that lie within no other one, as sure as those within them."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box.x_min - box.x_max) * (box.y_max - box.y_min)):
        around = [number for number, other in enumerate(kept) if holds(other, box)]
        for number in around:
            kept[number] = replace(kept[number], score=max(kept[number].score, box.score))
        if not around:
            kept.append(box)
    return kept


def _logit(p: float) -> float:
    return math.log(p / (1 - p))
