"""From a heat map to p and boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...detection import Box
from .model_folder import HeatMap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def probabilities(logits: NDArray[np.float32], reading: HeatMap) -> NDArray[np.float32]:
    """Return every cell's calibrated probability of showing a mess."""
    import numpy as np

    cells: NDArray[np.float32] = 1 / (1 + np.exp(-(reading.scale * logits + reading.offset)))
    return cells


def top_mean(cells: NDArray[np.float32], count: int) -> float:
    """Return the mean of the highest `count` cells."""
    import numpy as np

    flat = cells.ravel()
    count = min(max(1, count), flat.size)
    return float(np.partition(flat, flat.size - count)[-count:].mean())


def boxes(cells: NDArray[np.float32], reading: HeatMap) -> tuple[Box, ...]:
    """Return a box around each patch of cells that touch, the surest first.

    A patch's score is made as p is, from the patch alone; patches whose boxes overlap are one.
    """
    height, width = cells.shape
    top = max(1, round(cells.size * reading.top_share))
    found = []
    for left, upper, right, lower in _merged(_patches(cells >= reading.box_threshold)):
        patch = cells[upper : lower + 1, left : right + 1]
        edges = (left / width, upper / height, (right + 1) / width, (lower + 1) / height)
        found.append(Box(*edges, score=top_mean(patch, top)))
    return tuple(sorted(found, key=lambda box: -box.score))


def _patches(hot: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Return the edges (left, upper, right, lower) of each patch of hot cells that touch."""
    left = {(int(row), int(column)) for row, column in zip(*hot.nonzero(), strict=True)}
    patches = []
    while left:
        edge = [left.pop()]
        rows, columns = [], []
        while edge:
            row, column = edge.pop()
            rows.append(row)
            columns.append(column)
            near = {(row + y, column + x) for y in (-1, 0, 1) for x in (-1, 0, 1)} & left
            left -= near
            edge.extend(near)
        patches.append((min(columns), min(rows), max(columns), max(rows)))
    return patches


def _merged(patches: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Return the patches with those united whose edges overlap."""
    united: list[tuple[int, int, int, int]] = []
    for patch in patches:
        touching = [other for other in united if _overlap(patch, other)]
        apart = [other for other in united if other not in touching]
        if touching:
            lefts, uppers, rights, lowers = zip(patch, *touching, strict=True)
            united = _merged([*apart, (min(lefts), min(uppers), max(rights), max(lowers))])
        else:
            united.append(patch)
    return united


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
