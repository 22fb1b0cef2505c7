"""How far a print is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COLD_BY = 8.0
"""Degrees below its target at which a heater counts as heating."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many bytes and what share (percent) are printed, and whether a heater is below its target."""

    position: int = 0
    percent: float = 0.0
    is_cold: bool = False


def is_cold(temperatures: Mapping[str, Any]) -> bool:
    """Return whether a hotend or the bed has yet to get hot; a chamber may take as long as it likes."""
    return any(
        (heater.get("target") or 0) > 0 and (heater.get("actual") or 0) < heater["target"] - COLD_BY
        for name, heater in temperatures.items()
        if name.startswith("tool") or name == "bed"
    )
