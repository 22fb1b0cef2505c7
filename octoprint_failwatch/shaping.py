"""A gentle pause: filament drawn back, head lifted and parked, heaters down, and all of it undone on resume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SAFE_TO_PULL = 170.0
"""Degrees below which filament is not moved."""
RETRACT_SPEED, LIFT_SPEED, TRAVEL_SPEED = 1800, 600, 6000
"""Millimetres per minute; stated with every move, for the speed in force is the print's."""
MODES = {"G90": "absolute", "G91": "relative", "M82": "absolute_e", "M83": "relative_e"}


@dataclass(slots=True)
class Modes:
    """How the print's moves are to be read, as its own commands have set it."""

    relative: bool = False
    relative_e: bool = False

    def follow(self, gcode: str) -> None:
        """Take a sent command. Marlin's G90 and G91 count for the extruder too."""
        if gcode in ("G90", "G91"):
            self.relative = self.relative_e = gcode == "G91"
        elif gcode in ("M82", "M83"):
            self.relative_e = gcode == "M83"

    def restored(self) -> list[str]:
        """Return the commands that set them again."""
        return ["G91" if self.relative else "G90", "M83" if self.relative_e else "M82"]


@dataclass(frozen=True, slots=True)
class PausedAt:
    """Where and how hot the printer was paused; None is unknown. `tools` and `bed` are targets."""

    x: float | None = None
    y: float | None = None
    feed_rate: float | None = None
    tools: Mapping[int, float] = field(default_factory=dict)
    tool_is_hot: bool = False
    bed: float = 0.0


@dataclass(frozen=True, slots=True)
class Shape:
    """The commands after the pause, and those before the print goes on."""

    after_pause: Sequence[str]
    before_resume: Sequence[str]


def shape(settings: Mapping[str, Any], at: PausedAt, modes: Modes) -> Shape:
    """Return the commands that the settings ask for at that place."""
    retract = float(settings.get("retract") or 0) if at.tool_is_hot else 0.0
    lift = float(settings.get("lift") or 0)
    park = bool(settings.get("park")) and at.x is not None and at.y is not None
    away, back = ["G91", "M83"], ["G91", "M83"]
    if retract:
        away.append(f"G1 E-{retract:g} F{RETRACT_SPEED}")
    if lift:
        away.append(f"G1 Z{lift:g} F{LIFT_SPEED}")
    if park:
        away += ["G90", f"G1 X{_number(settings, 'park_x')} Y{_number(settings, 'park_y')} F{TRAVEL_SPEED}"]
        back = ["G90", f"G1 X{at.x:g} Y{at.y:g} F{TRAVEL_SPEED}", *back]
    if lift:
        back.append(f"G1 Z-{lift:g} F{LIFT_SPEED}")
    if retract:
        back.append(f"G1 E{retract:g} F{RETRACT_SPEED}")
    back += modes.restored()
    if at.feed_rate:
        back.append(f"G1 F{at.feed_rate:g}")
    away += modes.restored()
    return Shape([*away, *_cool(settings, at)], [*_heat(settings, at), *back])


def _cool(settings: Mapping[str, Any], at: PausedAt) -> list[str]:
    tools = [f"M104 T{tool} S0" for tool in at.tools] if settings.get("tools_off") else []
    return tools + (["M140 S0"] if settings.get("bed_off") and at.bed else [])


def _heat(settings: Mapping[str, Any], at: PausedAt) -> list[str]:
    """Return what heats up again, all at once, and then waits for each."""
    commands: list[str] = []
    bed = at.bed if settings.get("bed_off") else 0.0
    tools = at.tools if settings.get("tools_off") else {}
    if bed:
        commands.append(f"M140 S{bed:g}")
    commands += [f"M104 T{tool} S{target:g}" for tool, target in tools.items()]
    if bed:
        commands.append(f"M190 S{bed:g}")
    return commands + [f"M109 T{tool} S{target:g}" for tool, target in tools.items()]


def _number(settings: Mapping[str, Any], key: str) -> str:
    return f"{float(settings.get(key) or 0):g}"
