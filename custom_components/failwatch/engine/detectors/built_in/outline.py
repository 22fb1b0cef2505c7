"""Reduce a picture to its edges, as bits: they stay the same when the light changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from operator import sub
from typing import Self

from PIL import Image

COLUMNS, ROWS = 48, 36
CELLS = COLUMNS * ROWS
REACH = 10
"""Cells by which a picture is looked for elsewhere: a fifth of its width."""
_TILE = 6
_SHARE = 0.4
"""Share of each tile's cells that may be edges: a lamp in one corner must not hide the rest."""
_FAINTEST = 6
"""Grey levels between neighbours below which there is only noise."""
_ALL = (1 << CELLS) - 1


@dataclass(frozen=True, slots=True)
class Outline:
    """One bit per cell, row by row: whether there is an upright edge, and whether there is a level one."""

    upright: int
    level: int

    @classmethod
    def of(cls, picture: Image.Image) -> Self:
        """Return the edges of a picture. Takes a few milliseconds."""
        width = COLUMNS + 2
        grey = picture.convert("L").resize((width, ROWS + 2), Image.Resampling.BOX).tobytes()
        strengths, is_upright = [0] * CELLS, [False] * CELLS
        for cell in range(CELLS):
            at = (cell // COLUMNS + 1) * width + cell % COLUMNS + 1
            across, down = abs(grey[at + 1] - grey[at - 1]), abs(grey[at + width] - grey[at - width])
            strengths[cell], is_upright[cell] = across + down, across >= down
        upright = level = 0
        for tile in _tiles():
            ranked = sorted(strengths[cell] for cell in tile)
            faintest = max(ranked[round(len(ranked) * (1 - _SHARE))], _FAINTEST)
            for cell in tile:
                if strengths[cell] >= faintest:
                    if is_upright[cell]:
                        upright |= 1 << cell
                    else:
                        level |= 1 << cell
        return cls(upright, level)

    def edges(self) -> Iterator[int]:
        """Return for each cell 1 for an upright edge, -1 for a level one, and 0 for none."""
        upright, level = (f"{bits:0{CELLS}b}".encode() for bits in (self.upright, self.level))
        return map(sub, reversed(upright), reversed(level))

    @property
    def size(self) -> int:
        """How many cells have an edge."""
        return (self.upright | self.level).bit_count()

    def share_in(self, other: Outline) -> float:
        """Return how much of this outline another one has too: 1 for all, about 0 for no more than chance."""
        same = (self.upright & other.upright).bit_count() + (self.level & other.level).bit_count()
        crossed = (self.upright & other.level).bit_count() + (self.level & other.upright).bit_count()
        return (same - crossed) / max(self.size, 1)

    def shifted(self, right: int, down: int) -> Outline:
        """Return the outline moved by so many cells; what leaves the picture is lost."""
        return Outline(_moved(self.upright, right, down), _moved(self.level, right, down))


def find(outline: Outline, picture: Outline) -> tuple[float, int, int]:
    """Return where a picture has most of an outline: the share, and how far to the right and down."""
    shifts = ((right, down) for right in range(-REACH, REACH + 1) for down in range(-REACH, REACH + 1))
    return max((outline.shifted(*shift).share_in(picture), *shift) for shift in shifts)


def _moved(bits: int, right: int, down: int) -> int:
    distance = down * COLUMNS + right
    moved = bits << distance if distance >= 0 else bits >> -distance
    return moved & _columns_left(right) & _ALL


@cache
def _columns_left(right: int) -> int:
    """Return the cells of which the one so far to the left is in the same row."""
    row = sum(1 << column for column in range(COLUMNS) if 0 <= column - right < COLUMNS)
    return sum(row << (COLUMNS * number) for number in range(ROWS))


@cache
def _tiles() -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(
            row * COLUMNS + column for row in range(top, top + _TILE) for column in range(left, left + _TILE)
        )
        for top in range(0, ROWS, _TILE)
        for left in range(0, COLUMNS, _TILE)
    )
