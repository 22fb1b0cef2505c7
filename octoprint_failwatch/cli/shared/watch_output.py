"""Output of `failwatch watch`: a table for people, lines of JSON for programs."""

from __future__ import annotations

import errno
import json
import os
from collections import deque
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from ...engine import serialization
from ...engine.judging.verdict import Level
from ...engine.replay import frame_as_json
from ...engine.watch.state import Event, Look, WatchState

ROWS = 15
STYLES = {Level.NONE: "", Level.MAYBE: "yellow", Level.FAILURE: "bold red"}


class Report(Protocol):
    """Shows the progress of a watch; a context manager."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""

    def looked(self, state: WatchState) -> None:
        """A picture was judged."""

    def happened(self, event: Event, problem: str = "") -> None:
        """Something changed; `problem` says why nothing can be seen, if so."""

    def nothing_seen(self, problem: str) -> None:
        """The watch ended without a judged picture."""


class JsonReport:
    """Prints an object per picture, with the keys of `replay --json` and more, and per event."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def looked(self, state: WatchState) -> None:
        """Print the picture's object."""
        if state.look is not None:
            self._print(as_json(state.look, state.level))

    def happened(self, event: Event, problem: str = "") -> None:
        """Print the event's object."""
        told = {"event": event.kind, "time": event.at, "detail": event.detail, "level": event.level}
        self._print(told | ({"problem": problem} if problem else {}))

    def nothing_seen(self, problem: str) -> None:
        """Print why."""
        self._print({"error": problem or "No picture could be judged."})

    def _print(self, line: object) -> None:
        print(json.dumps(line), flush=True)  # which also does where the standard output is closed


class _Output(Console):
    """The standard output, which reports a broken pipe to the watch."""

    def on_broken_pipe(self) -> None:
        """Raise what was caught; rich would end the process."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


class TableReport:
    """Shows the last pictures in a live table, or line by line without a terminal."""

    def __init__(self) -> None:
        """Start empty."""
        self._console = _Output(emoji=False)
        self._rows: deque[tuple[Look, Level]] = deque(maxlen=ROWS)
        self._live = Live(console=self._console, auto_refresh=False) if self._console.is_terminal else None

    def __enter__(self) -> Self:
        """Begin."""
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        if self._live is not None:
            self._live.stop()

    def looked(self, state: WatchState) -> None:
        """Show the picture's line."""
        look = state.look
        if look is None:
            return
        if self._live is None:
            cells = "  ".join(_cells(look, state.level))
            self._console.print(cells, highlight=False, soft_wrap=True)
            return
        self._rows.append((look, state.level))
        table = Table("time", "p", "mean", "usual", "level", "why", expand=True)
        for row, level in self._rows:
            table.add_row(*_cells(row, level), style=STYLES[level])
        self._live.update(table, refresh=True)

    def happened(self, event: Event, problem: str = "") -> None:
        """Show the event above the table."""
        words = (problem or event.detail).removeprefix(f"{event.kind}: ")
        detail = f": {escape(words)}" if words else ""
        self._console.print(f"{_clock_time(event.at)}  [bold]{event.kind}[/bold]{detail}", highlight=False)

    def nothing_seen(self, problem: str) -> None:
        """Say why."""
        self._console.print(escape(problem) or "No picture could be judged.", style="red")


def as_json(look: Look, level: Level) -> dict[str, object]:
    """Return a picture as JSON: the keys of `replay --json`, then those that only a live watch has."""
    return frame_as_json(look.at, look.p, look.statistics, look.verdict) | {
        "level": level.value,
        "reason": look.verdict.reason,
        "boxes": [serialization.to_json(box) for view in look.views for box in view.boxes],
        "latency": look.latency,
    }


def _cells(look: Look, level: Level) -> tuple[str, ...]:
    return (
        _clock_time(look.at),
        f"{look.p:.2f}",
        f"{look.statistics.ewm_mean:.2f}",
        f"{look.verdict.usual:.2f}",
        level.value,
        look.verdict.reason,
    )


def _clock_time(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S")
