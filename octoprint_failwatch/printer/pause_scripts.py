"""The gentle pause in OctoPrint's own scripts: only for pauses by FailWatch, undone by whoever resumes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from .gentle_pause import SAFE_TO_PULL, GentlePause, Modes, PausedAt, Shape, shape, shape_in_place

_LOGGER = logging.getLogger(__name__)

Scripts = tuple[list[str] | None, list[str] | None]


class PauseScripts:
    """Answers OctoPrint's hooks; called on the threads of its connection to the printer."""

    def __init__(
        self,
        gentle: Callable[[], GentlePause | None],
        temperatures: Callable[[], Mapping[str, Any]],
        modes: Modes,
        users_script: Callable[[str], str | None],
    ) -> None:
        """`gentle` says how to pause now, None for as it comes; `temperatures` what OctoPrint last heard.

        `modes` says at any time how the print's moves are to be read, `users_script` what the user has OctoPrint
        send there, by the script's name.
        """
        self._gentle = gentle
        self._temperatures = temperatures
        self._modes = modes
        self._users_script = users_script
        self._is_ours = False
        self._shape: Shape | None = None

    def expect(self) -> None:
        """The next pause is FailWatch's."""
        self._is_ours = True

    def expect_none(self) -> None:
        """The next pause is not FailWatch's unless announced: its own failed, or is over."""
        self._is_ours = False

    def forget(self) -> None:
        """The print is over: nothing is left to undo."""
        self._is_ours = False
        self._shape = None

    def scripts(self, comm: Any, kind: str, name: str, *_: Any, **__: Any) -> Scripts | None:
        """Return the commands to put before and after one of OctoPrint's scripts."""
        if kind != "gcode":
            return None
        if name == "beforePrintStarted":  # also of a paused print that is restarted
            self.forget()
        elif name == "afterPrintPaused":
            return self._after_pause(comm)
        elif name == "beforePrintResumed":
            # OctoPrint tells of a pause that this resume overtakes only later.
            self._is_ours = False
            undo, self._shape = self._shape, None
            if undo is not None:
                return undo.before_resume(tool_is_hot=_is_hot(_tools(self._temperatures()))), None
        return None

    def _after_pause(self, comm: Any) -> Scripts | None:
        # What the printer itself resumed since the last pause was led back by nobody, and must not be any more.
        self._shape = None
        if not self._is_ours:
            return None
        self._is_ours = False
        gentle = self._gentle()
        # Of a print from the printer's own card it is not known how its moves are to be read.
        if gentle is None or comm.isSdFileSelected():
            return None
        if self._modes.is_certain:
            self._shape = shape(gentle, self._paused_at(comm), self._modes)
        else:
            _LOGGER.info(
                "The pause moves neither head nor filament: since the last M82 or M83 the printer was sent G90 or G91,"
                " which leaves open how it measures filament"
            )
            self._shape = shape_in_place(gentle, self._paused_at(comm))
        return None, list(self._shape.after_pause)

    def _paused_at(self, comm: Any) -> PausedAt:
        position = getattr(comm, "pause_position", None)
        heaters = self._temperatures()
        tools = _tools(heaters)
        return PausedAt(
            x=getattr(position, "x", None),
            y=getattr(position, "y", None),
            # OctoPrint runs the user's scripts before the lift and after the way back: whoever lifts and lowers the
            # head by a distance there must find it where it was left.
            z=None if self._user_moves() else getattr(position, "z", None),
            feed_rate=getattr(position, "f", None),
            tools={tool: float(heater["target"]) for tool, heater in tools.items() if heater.get("target")},
            tool_is_hot=_is_hot(tools),
            bed=float((heaters.get("bed") or {}).get("target") or 0),
        )

    def _user_moves(self) -> bool:
        """Return whether the user has OctoPrint send commands of their own after a pause or before a resume."""
        scripts = (self._users_script(name) or "" for name in ("afterPrintPaused", "beforePrintResumed"))
        return any(line.split(";")[0].strip() for script in scripts for line in script.splitlines())


def _tools(heaters: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    """Return the hotends among the heaters, by number."""
    names = {name: name.removeprefix("tool") for name in heaters if name.startswith("tool")}
    return {int(number): heaters[name] for name, number in names.items() if number.isdigit()}


def _is_hot(tools: Mapping[int, Mapping[str, Any]]) -> bool:
    return any((heater.get("actual") or 0) >= SAFE_TO_PULL for heater in tools.values())
