"""The gentle pause in OctoPrint's own scripts: only for pauses by FailWatch, undone by whoever resumes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .shaping import SAFE_TO_PULL, Modes, PausedAt, Shape, shape

Scripts = tuple[list[str] | None, list[str] | None]


class PauseScripts:
    """Answers OctoPrint's hooks; called on the threads of its connection to the printer."""

    def __init__(
        self,
        settings: Callable[[], Mapping[str, Any]],
        temperatures: Callable[[], Mapping[str, Any]],
        modes: Modes,
    ) -> None:
        """`settings` gives those of shaping, `temperatures` what OctoPrint last heard of the heaters.

        `modes` says at any time how the print's moves are to be read.
        """
        self._settings = settings
        self._temperatures = temperatures
        self._modes = modes
        self._is_ours = False
        self._shape: Shape | None = None

    def expect(self) -> None:
        """The next pause is FailWatch's."""
        self._is_ours = True

    def resumed(self) -> None:
        """The print goes on: the next pause is somebody else's until said otherwise."""
        self._is_ours = False

    def forget(self) -> None:
        """The print is over: nothing is left to undo."""
        self._is_ours = False
        self._shape = None

    def scripts(self, comm: Any, kind: str, name: str, *_: Any, **__: Any) -> Scripts | None:
        """Return the commands to put before and after one of OctoPrint's scripts."""
        if kind != "gcode":
            return None
        if name == "afterPrintPaused" and self._is_ours:
            self._is_ours = False
            settings = self._settings()
            # Of a print from the printer's own card it is not known how its moves are to be read.
            if not settings.get("enabled") or comm.isSdFileSelected():
                return None
            self._shape = shape(settings, self._paused_at(comm), self._modes)
            return None, list(self._shape.after_pause)
        if name == "beforePrintResumed" and self._shape is not None:
            undo, self._shape = self._shape, None
            return list(undo.before_resume), None
        return None

    def _paused_at(self, comm: Any) -> PausedAt:
        position = getattr(comm, "pause_position", None)
        heaters = self._temperatures() or {}
        tools = {
            int(name.removeprefix("tool")): heater
            for name, heater in heaters.items()
            if name.startswith("tool") and name.removeprefix("tool").isdigit()
        }
        return PausedAt(
            x=getattr(position, "x", None),
            y=getattr(position, "y", None),
            feed_rate=getattr(position, "f", None),
            tools={tool: float(heater["target"]) for tool, heater in tools.items() if heater.get("target")},
            tool_is_hot=any((heater.get("actual") or 0) >= SAFE_TO_PULL for heater in tools.values()),
            bed=float((heaters.get("bed") or {}).get("target") or 0),
        )
