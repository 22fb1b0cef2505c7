"""How far p must stand above the printer's own level for each level of alarm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

from .verdict import Level

Limits: TypeAlias = tuple[tuple[Level, str, float], ...]
"""Each level, the name of the number that raises it, and a height above the printer's own level of p."""


def heights_of(limits: Limits) -> dict[str, float]:
    """Return the heights by the names of their numbers."""
    return {name: height for _, name, height in limits}


def out_of_reach(heights: Mapping[str, float]) -> tuple[str, ...]:
    """Return the names of the numbers that p of less than 1 never reaches, so that they raise nothing."""
    return tuple(name for name, height in heights.items() if height >= 1)


def unscaled(limit: float, sensitivity: float) -> float:
    """Return how far p must stand above normal, for a limit on what the sensitivity multiplies."""
    return limit / sensitivity if sensitivity else math.inf
