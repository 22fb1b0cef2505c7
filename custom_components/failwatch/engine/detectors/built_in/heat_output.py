"""Turn a heat map into p and boxes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from ...imaging.regions import COVERED, Polygon, covers
from ...models import Box, Detection, overlap
from .heat_map import HeatMap

BOX_FROM = 0.28
"""p from which a cell is part of a box."""


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
        for island in islands(self._hot(heat)):
            left, right = min(c for _, c in island), max(c for _, c in island) + 1
            top, bottom = min(r for r, _ in island), max(r for r, _ in island) + 1
            score = self.p(
                hottest((logits[row * columns + column] for row, column in island), count, coolest)
            )
            boxes.append(Box(left / columns, top / rows, right / columns, bottom / rows, score))
        return Detection(
            self.p(hottest(logits, count, coolest)), tuple(sorted(merged(boxes), key=lambda box: -box.score))
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
        for island in islands(self._hot(heat)):
            if len(ignored.intersection(island)) >= COVERED * len(island):
                ignored.update(island)
        coolest = min(heat.logits)
        cells = enumerate(heat.logits)
        return HeatMap(
            columns, tuple(coolest if divmod(cell, columns) in ignored else logit for cell, logit in cells)
        )

    def _hot(self, heat: HeatMap) -> set[tuple[int, int]]:
        """Return the cells (row, column) that belong to boxes."""
        hot_from = (_logit(BOX_FROM) - self.offset) / self.slope
        return {divmod(cell, heat.columns) for cell, logit in enumerate(heat.logits) if logit >= hot_from}

    def p(self, logit: float) -> float:
        """Return p for a logit."""
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, self.slope * logit + self.offset))))


def hottest(logits: Iterable[float], count: int, missing: float) -> float:
    """Return the mean of the highest so many logits; what is missing of them counts as given."""
    top = sorted(logits, reverse=True)[:count]
    return (sum(top) + missing * (count - len(top))) / count


def islands(hot: Set[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Return the groups of cells (row, column) that touch one another, corners included."""
    left = set(hot)
    found = []
    while left:
        island = [left.pop()]
        for row, column in island:
            near = {(row + dy, column + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            island.extend(near)
        found.append(island)
    return found


def merged(boxes: list[Box]) -> list[Box]:
    """Return the boxes with those that overlap made one."""
    kept: list[Box] = []
    for box in boxes:
        joined = box
        while overlapping := [other for other in kept if overlap(joined, other) > 0]:
            kept = [other for other in kept if other not in overlapping]
            joined = _hull([joined, *overlapping])
        kept.append(joined)
    return kept


def _hull(boxes: list[Box]) -> Box:
    return Box(
        min(box.x_min for box in boxes),
        min(box.y_min for box in boxes),
        max(box.x_max for box in boxes),
        max(box.y_max for box in boxes),
        max(box.score for box in boxes),
    )


def _logit(p: float) -> float:
    return math.log(p / (1 - p))
