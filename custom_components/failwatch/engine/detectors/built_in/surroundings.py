"""Learn what stands still in front of a camera, to notice when the camera is moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from statistics import mean
from typing import Any, TypeAlias

from .outline import CELLS, COLUMNS, Outline, find

Shift: TypeAlias = tuple[int, int]
"""Cells to the right and down."""

MEMORY = 360
"""Pictures that are remembered: an hour at one every ten seconds."""
STEADY = 0.6
"""Mean from which on an edge stands still: neither the head nor the part is at one place for as long."""
LEAST_KNOWN = 30
"""Pictures before anything can be said."""
LEAST_STEADY = 26
"""Cells (1.5 % of the picture) that must stand still. A camera that rides on the bed sees too few, or none."""
LEAST_LIKENESS = 0.45
"""Share of the steady edges that pictures must usually have."""
DOUBTFUL = 0.5
"""Share of the steady edges below which they are looked for elsewhere."""
LOST = 0.15
"""Mean share of the steady edges up to which hardly any of them is left: chance alone brings 0."""
FOUND = 0.45
"""Share of the steady edges that must be seen elsewhere for them to be there."""
CLEARLY = 0.2
"""By how much more of them must be seen elsewhere than in place."""
LEAST_SHIFT = 2
"""Cells: 4 % of the picture's width. Less is the shaking of the table."""
AGREE = 1
"""Cells by which pictures of a moved camera may differ in where they show the same."""
SHIFTED_PICTURES, LOST_PICTURES = 6, 12
"""Latest pictures that show a shift, all but one, or hardly anything known: those of a minute, and of two.

Somebody who reaches in is not there for as long.
"""
_STEPS = 15


@dataclass(frozen=True, slots=True)
class Comparison:
    """How much of what stands still a picture has in place, and where it has clearly more of it, if anywhere."""

    likeness: float
    shift: Shift | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How often each cell had an upright edge (up to 1) or a level one (down to -1), over the latest pictures.

    `likeness` is the share of what stands still that a picture usually has, None until anything is known to
    stand still. `latest` are the latest pictures, each compared with what was known before it.
    """

    edges: tuple[float, ...] = field(default=(0.0,) * CELLS, repr=False)
    pictures: int = 0
    likeness: float | None = None
    latest: tuple[Comparison, ...] = ()

    @property
    def steady(self) -> Outline:
        """What stands still."""
        upright = level = 0
        for cell, edge in enumerate(self.edges):
            if edge >= STEADY:
                upright |= 1 << cell
            elif edge <= -STEADY:
                level |= 1 << cell
        return Outline(upright, level)

    @property
    def have_moved(self) -> bool:
        """Whether the latest pictures show for sure that the camera was moved."""
        if len(self.latest) == LOST_PICTURES and mean(one.likeness for one in self.latest) <= LOST:
            return True
        shifts = [one.shift for one in self.latest[-SHIFTED_PICTURES:] if one.shift is not None]
        agreeing = (sum(_are_near(one, other) for other in shifts) for one in shifts)
        return max(agreeing, default=0) >= SHIFTED_PICTURES - 1

    def after(self, picture: Outline) -> Surroundings:
        """Return what is known after one more picture."""
        steady = self.steady
        if self.pictures < LEAST_KNOWN or steady.size < LEAST_STEADY:
            return self._learned(picture)
        likeness = steady.share_in(picture)
        usual = likeness if self.likeness is None else self.likeness
        if usual < LEAST_LIKENESS:
            return self._learned(picture, likeness)
        found, right, down = find(steady, picture) if likeness < DOUBTFUL else (0.0, 0, 0)
        is_elsewhere = found >= max(FOUND, likeness + CLEARLY) and max(abs(right), abs(down)) >= LEAST_SHIFT
        seen = Comparison(likeness, (right, down) if is_elsewhere else None)
        # What shows nothing known teaches nothing; in between it may be the light, which has to be learned.
        after = self if likeness <= LOST else self._learned(picture, likeness)
        return replace(after, latest=(*self.latest, seen)[-LOST_PICTURES:])

    def _learned(self, picture: Outline, likeness: float | None = None) -> Surroundings:
        pictures = min(self.pictures + 1, MEMORY)
        edges = tuple(
            edge + (seen - edge) / pictures for edge, seen in zip(self.edges, picture.edges(), strict=True)
        )
        usual = self.likeness
        if likeness is not None:
            usual = likeness if usual is None else usual + (likeness - usual) / LEAST_KNOWN
        return Surroundings(edges, pictures, usual)

    def to_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads: JSON that stays small."""
        return {
            "columns": COLUMNS,
            "edges": [round(edge * _STEPS) for edge in self.edges],
            "pictures": self.pictures,
            "likeness": None if self.likeness is None else round(self.likeness, 3),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Surroundings:
        """Return what was stored; raises KeyError, TypeError or ValueError."""
        edges = tuple(int(edge) / _STEPS for edge in data["edges"])
        if data["columns"] != COLUMNS or len(edges) != CELLS or not all(-1 <= edge <= 1 for edge in edges):
            raise ValueError("the edges make no picture")
        pictures = int(data["pictures"])
        likeness = None if data["likeness"] is None else float(data["likeness"])
        if not 0 <= pictures <= MEMORY or (likeness is not None and not -1 <= likeness <= 1):
            raise ValueError("the surroundings cannot be")
        return cls(edges, pictures, likeness)


def _are_near(one: Shift, other: Shift) -> bool:
    return all(abs(a - b) <= AGREE for a, b in zip(one, other, strict=True))
