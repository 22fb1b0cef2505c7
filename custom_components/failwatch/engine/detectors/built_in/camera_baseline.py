"""What is normal for a camera: how its heat map usually looks while the print is good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .heat_map import HeatMap

QUIET = -3.0
"""Logit up to which a cell needs no excuse; also what is assumed of a cell at first."""
PRIOR = 20
"""Frames that the assumption counts for."""
MEMORY = 720
"""Frames that are remembered: two hours at one every ten seconds."""
MEMORY_OF_PRINTS = 180
"""Frames that a new print finds remembered at most: cables stay, the part is another."""
DELAY = 6
"""Frames that must be good after a frame before it is learned from."""
LARGEST = 8.0
"""Logit that a cell is learned with at most, either way."""
FULL = 6.0
"""Logits above a quiet cell that are shown as strongly as can be."""
_STEPS = 16
"""Steps per logit when stored."""


@dataclass(frozen=True, slots=True)
class CameraNormal:
    """The mean logit of each cell over good frames, row by row; JSON can hold it.

    `frames` counts what was learned from, `print_id` is the last print learned from.
    """

    columns: int
    usual: tuple[float, ...] = field(repr=False)
    frames: int = 0
    print_id: str = ""

    @classmethod
    def unknown(cls, heat: HeatMap) -> CameraNormal:
        """Return what is known of a camera at first: that its cells are quiet."""
        return cls(heat.columns, (QUIET,) * len(heat.logits))

    def fits(self, heat: HeatMap) -> bool:
        """Return whether the heat map has this camera's shape."""
        return len(self.usual) == len(heat.logits) and self.columns == heat.columns

    @property
    def excess(self) -> tuple[float, ...]:
        """By how many logits each cell usually stands above a quiet one, row by row; 0 for most."""
        return tuple(max(logit - QUIET, 0.0) for logit in self.usual)

    @property
    def hidden(self) -> float:
        """The share of the picture that counts for less."""
        return sum(excess > 0 for excess in self.excess) / len(self.usual)

    def shown(self) -> dict[str, Any]:
        """Return what is hidden as JSON for a page; a cell is column, row and strength from 0 to 1."""
        return {
            "frames": self.frames,
            "hidden": self.hidden,
            "columns": self.columns,
            "rows": len(self.usual) // self.columns,
            "cells": [
                [index % self.columns, index // self.columns, round(min(1.0, excess / FULL), 2)]
                for index, excess in enumerate(self.excess)
                if excess
            ],
        }

    def learned(self, heat: HeatMap, print_id: str) -> CameraNormal:
        """Return the normal after one more good frame of that shape."""
        known = self.frames if print_id == self.print_id else min(self.frames, MEMORY_OF_PRINTS)
        weight = 1 / min(PRIOR + known + 1, MEMORY)
        # One frame says little: what a hand or a passing head shows is learned as slowly as what stays.
        usual = tuple(
            before + (min(max(logit, -LARGEST), LARGEST) - before) * weight
            for before, logit in zip(self.usual, heat.logits, strict=True)
        )
        return replace(self, usual=usual, frames=min(known + 1, MEMORY), print_id=print_id)

    def beyond(self, heat: HeatMap) -> HeatMap:
        """Return the heat map with what is usual taken off: each cell by its own and its neighbours' excess."""
        excess = self.excess
        # Cameras shake a little, so a cell is excused for what its neighbours usually show, by half.
        excuses = (
            max(own, near / 2) for own, near in zip(excess, _nearby(excess, self.columns), strict=True)
        )
        remaining = (logit - excuse for logit, excuse in zip(heat.logits, excuses, strict=True))
        return HeatMap(heat.columns, tuple(remaining))

    def to_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads."""
        usual = [round(logit * _STEPS) for logit in self.usual]
        return {"columns": self.columns, "usual": usual, "frames": self.frames, "print_id": self.print_id}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CameraNormal:
        """Return a stored normal; raises KeyError, TypeError or ValueError."""
        usual = tuple(float(step) / _STEPS for step in data["usual"])
        columns = int(data["columns"])
        if columns < 1 or not usual or len(usual) % columns:
            raise ValueError("the cells make no picture")
        return cls(columns, usual, int(data["frames"]), str(data["print_id"]))


def _nearby(values: Sequence[float], columns: int) -> list[float]:
    """Return, for each cell, the largest value among it and the cells that touch it."""
    rows = [values[start : start + columns] for start in range(0, len(values), columns)]
    across = [[max(row[max(0, x - 1) : x + 2]) for x in range(columns)] for row in rows]
    return [
        max(column) for y in range(len(rows)) for column in zip(*across[max(0, y - 1) : y + 2], strict=True)
    ]
