"""Shape a gentle pause: retract, lift and park the head, lower the heaters, and undo it all on resume."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

SAFE_TO_PULL = 170.0
"""Degrees below which filament is not moved."""
RETRACT_SPEED, LIFT_SPEED, TRAVEL_SPEED = 1800, 600, 6000
"""Millimetres per minute; stated with every move, for the speed in force is the print's."""
ARRIVED = "M400"
"""Waits until all moves are made."""
MODES = {"G90": "absolute", "G91": "relative", "M82": "absolute_e", "M83": "relative_e"}


@dataclass(slots=True)
class Modes:
    """How the print's moves are to be read, as the commands before have set it, from wherever they came."""

    relative: bool = False
    relative_e: bool = False
    is_certain: bool = True

    def follow(self, gcode: str) -> None:
        """Take a sent command.

        Marlin's G90 and G91 count for the extruder too, those of Klipper, Prusa and RepRapFirmware do not: where
        that makes a difference, only the next M82 or M83 says how filament is measured.
        """
        if gcode in ("G90", "G91"):
            self.relative = gcode == "G91"
            self.is_certain = self.relative == self.relative_e
        elif gcode in ("M82", "M83"):
            self.relative_e, self.is_certain = gcode == "M83", True

    def restored(self) -> list[str]:
        """Return the commands that set them again."""
        return ["G91" if self.relative else "G90", "M83" if self.relative_e else "M82"]


@dataclass(frozen=True, slots=True)
class GentlePause:
    """Distances of a gentle pause in millimetres; `park` is the X and Y to park at, None to stay in place."""

    retract: float = 3.0
    lift: float = 5.0
    park: tuple[float, float] | None = None
    tools_off: bool = False
    bed_off: bool = False


@dataclass(frozen=True, slots=True)
class PausedAt:
    """Where and how hot the printer was paused; None is unknown. `tools` and `bed` are targets."""

    x: float | None = None
    y: float | None = None
    z: float | None = None
    feed_rate: float | None = None
    tools: Mapping[int, float] = field(default_factory=dict)
    tool_is_hot: bool = False
    bed: float = 0.0


@dataclass(frozen=True, slots=True)
class Shape:
    """The commands after the pause, and those that undo them."""

    after_pause: Sequence[str]
    way_back: Sequence[str]
    prime: Sequence[str]
    settle: Sequence[str]
    tools: Mapping[int, float]
    bed: float
    tools_off: bool

    def before_resume(self, *, tool_is_hot: bool) -> list[str]:
        """Return the commands before the print goes on.

        Hotends that went cold are heated first, whoever let them; what stays cold moves no filament.
        """
        tools = self.tools if self.tools_off or not tool_is_hot else {}
        prime = self.prime if tools or tool_is_hot else []
        return _in_turn([*_heat(tools, self.bed), *self.way_back, *prime, *self.settle])


def shape(gentle: GentlePause, at: PausedAt, modes: Modes) -> Shape:
    """Return the commands of a gentle pause at that place."""
    retract = gentle.retract if at.tool_is_hot else 0.0
    park = gentle.park if at.x is not None and at.y is not None else None
    away, back, prime = ["G91", "M83"], [], []
    if retract:
        away.append(f"G1 E-{retract:g} F{RETRACT_SPEED}")
        prime.append(f"G1 E{retract:g} F{RETRACT_SPEED}")
    if gentle.lift:
        away.append(f"G1 Z{gentle.lift:g} F{LIFT_SPEED}")
    if park is not None:
        away += ["G90", f"G1 X{park[0]:g} Y{park[1]:g} F{TRAVEL_SPEED}"]
        if gentle.lift and at.z is not None:
            # Somebody may have lowered the parked head, which is not to travel through the part.
            back += ["G90", f"G1 Z{at.z + gentle.lift:g} F{LIFT_SPEED}"]
        back += ["G90", f"G1 X{at.x:g} Y{at.y:g} F{TRAVEL_SPEED}"]
    if gentle.lift and at.z is not None:
        # Not down by as much: near its top the printer lifts the head by less, and who looks after it moves it.
        back += ["G90", f"G1 Z{at.z:g} F{LIFT_SPEED}"]
    elif gentle.lift:
        back += ["G91", f"G1 Z-{gentle.lift:g} F{LIFT_SPEED}"]
    back.append("M83")
    settle = modes.restored()
    if at.feed_rate:
        settle.append(f"G1 F{at.feed_rate:g}")
    return Shape(
        after_pause=_in_turn([*away, *modes.restored(), *_cool(gentle, at)]),
        way_back=back,
        prime=prime,
        settle=settle,
        tools=at.tools,
        bed=at.bed if gentle.bed_off else 0.0,
        tools_off=gentle.tools_off,
    )


def shape_in_place(gentle: GentlePause, at: PausedAt) -> Shape:
    """Return the commands of a gentle pause that only lowers the heaters."""
    return Shape(
        after_pause=_cool(gentle, at),
        way_back=(),
        prime=(),
        settle=(),
        tools=at.tools,
        bed=at.bed if gentle.bed_off else 0.0,
        tools_off=gentle.tools_off,
    )


def _in_turn(commands: Iterable[str]) -> list[str]:
    """Return the commands with a wait wherever modes change after a move.

    Not every printer reads a buffered move by the modes in which it was sent.
    """
    laid, moving = [], False
    for command in commands:
        if moving and command in MODES:
            laid.append(ARRIVED)
            moving = False
        moving = moving or command.startswith("G1 ")
        laid.append(command)
    return laid


def _cool(gentle: GentlePause, at: PausedAt) -> list[str]:
    tools = [f"M104 T{tool} S0" for tool in at.tools] if gentle.tools_off else []
    return tools + (["M140 S0"] if gentle.bed_off and at.bed else [])


def _heat(tools: Mapping[int, float], bed: float) -> list[str]:
    """Return the commands that heat everything up again at once, then wait for each heater."""
    commands = [f"M140 S{bed:g}"] if bed else []
    commands += [f"M104 T{tool} S{target:g}" for tool, target in tools.items()]
    if bed:
        commands.append(f"M190 S{bed:g}")
    return commands + [f"M109 T{tool} S{target:g}" for tool, target in tools.items()]
