"""Heat maps: how much each cell of a picture looks like a mess."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from ...errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class HeatMap:
    """One logit per cell of the picture, row by row from the top left."""

    columns: int
    logits: tuple[float, ...]

    @classmethod
    def of(cls, output: memoryview[float]) -> Self:
        """Return what a net gave, floats of shape (rows, columns) or (1, rows, columns)."""
        rows, columns = (output.shape or (0,))[-2:] if output.ndim > 1 else (0, 0)
        logits = numbers(output)
        if not logits or rows * columns != len(logits):
            raise ModelUnavailable(f"The model's output of shape {output.shape} is no heat map.")
        if not all(map(math.isfinite, logits)):
            raise ModelUnavailable("The model's heat map holds what is no number.")
        return cls(columns, tuple(logits))

    @property
    def rows(self) -> int:
        """How many rows of cells there are."""
        return len(self.logits) // self.columns


def numbers(output: memoryview[float]) -> list[float]:
    """Return all floats of a net's output, in order."""
    return list(output.cast("B").cast("f"))
