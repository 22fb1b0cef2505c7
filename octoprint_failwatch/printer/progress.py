"""How far a print is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

HEATING_MARGIN = 8.0
"""Degrees below its target at which a heater counts as heating."""


class Heat(Enum):
    """How the heaters are that a print needs."""

    OFF = "off"
    RISING = "rising"
    THERE = "there"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many bytes and what share (percent) are printed, and how the heaters are."""

    position: int = 0
    percent: float = 0.0
    heat: Heat = Heat.OFF


def heat(temperatures: Mapping[str, Any]) -> Heat:
    """Return how hotends and bed are; a chamber may take as long as it likes.

    Nothing is there before a hotend is: a warm bed alone does not print.
    """
    wanted = {name: heater for name, heater in temperatures.items() if (heater.get("target") or 0) > 0}
    tools = [heater for name, heater in wanted.items() if name.startswith("tool")]
    beds = [heater for name, heater in wanted.items() if name == "bed"]
    if any((heater.get("actual") or 0) < heater["target"] - HEATING_MARGIN for heater in tools + beds):
        return Heat.RISING
    return Heat.THERE if tools else Heat.OFF
