"""Record what a watch goes through as rows of the history."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from .. import serialization
from ..clock import Clock
from ..judging.assessment import Answer
from ..judging.verdict import Level
from ..models import Frame
from ..watch.state import Event, EventKind, Phase, WatchState, has_looked
from .kept_pictures import KeptPictures
from .records import Entry, EntryKind, RecordedSettings
from .rows import add_entry, add_frame, move_print, print_key
from .store import TIDY_EVERY, History

STANDS_EVERY = 30
"""Looks between two notes of all that is known of the printer."""

_NewEntry: TypeAlias = tuple[float, str, Any]


class Recorder:
    """Keeps one watch's prints in a history.

    Begin with the state that the watch begins with. `source` says which host watches.
    """

    def __init__(
        self,
        history: History,
        state: WatchState,
        settings: RecordedSettings,
        *,
        source: str,
        clock: Clock,
        printer_name: str = "",
    ) -> None:
        """Note the settings and the state, where a print goes on."""
        self._history = history
        self._settings = settings
        self._source = source
        self._clock = clock
        self._printer_name = printer_name
        self._last = state
        self._pictures = KeptPictures(history)
        if state.print_id is not None:
            now = clock.now()
            began = [(now, EntryKind.SETTINGS, settings), (now, EntryKind.STANDING, state.assessment)]
            self._put(state, state.print_id, began, None)

    def record(self, state: WatchState, events: Sequence[Event], frames: Mapping[str, Frame]) -> None:
        """Take a step's state and events, with the watch's frames; returns at once."""
        last, self._last = self._last, state
        print_id = state.print_id or last.print_id
        if print_id is None:
            return
        self._follow_clock(last, state)
        looked = has_looked(state, last)
        now = self._clock.now()
        began = state.print_id not in (None, last.print_id)
        stands: _NewEntry = (now, EntryKind.STANDING, state.assessment)
        entries: list[_NewEntry] = []
        if began:
            entries += [(now, EntryKind.SETTINGS, self._settings), stands]
        else:
            entries += [(now, kind, data) for kind, data in _changes(last, state)]
        entries += [
            (event.at, event.kind, {"detail": event.detail, "level": event.level}) for event in events
        ]
        ended = any(event.kind is EventKind.ENDED for event in events)
        moved = not looked and state.assessment != last.assessment
        # Where the power is cut, a host that keeps no state of its own goes on with the last of these.
        due = looked and state.look is not None and state.look.number % STANDS_EVERY == 0
        if ended or ((moved or due) and not began):
            entries.append(stands)
        if looked or entries:
            # At rest it is a print that was recorded before the machine was off, and ended by then.
            is_over = ended and last.phase is Phase.IDLE
            self._put(state, print_id, entries, frames if looked else None, ended_before=is_over)

    def _follow_clock(self, last: WatchState, state: WatchState) -> None:
        """Move what was recorded of the running print where the clock was put right: only that moves its beginning.

        What was recorded before the program began stays: that clock was another one.
        """
        print_id, before, now = state.print_id, last.started_at, state.started_at
        if print_id is None or print_id != last.print_id or before is None or now is None or before == now:
            return
        step = now - before

        def write(connection: sqlite3.Connection) -> None:
            move_print(connection, print_id, step, self._history.ids_before)
            self._pictures.move(step)

        self._history.write(write)

    def _put(
        self,
        state: WatchState,
        print_id: str,
        entries: Sequence[_NewEntry],
        frames: Mapping[str, Frame] | None,
        *,
        ended_before: bool = False,
    ) -> None:
        at = self._clock.now()
        pictures = (
            {} if self._history.is_behind else {name: frame.jpeg for name, frame in (frames or {}).items()}
        )
        rows = [(moment, kind, serialization.to_json(data)) for moment, kind, data in entries]

        def write(connection: sqlite3.Connection) -> None:
            key = self._open(connection, print_id, state, at)
            if frames is not None and state.look is not None:
                frame = add_frame(connection, key, state.look, state.level)
                self._pictures.take(connection, frame, state.look, pictures)
            (after,) = connection.execute(
                "SELECT coalesce(max(id), 0) FROM frames WHERE print = ?", (key,)
            ).fetchone()
            for moment, kind, data in rows:
                add_entry(connection, key, Entry(after, moment, kind, data))
                if kind in _CHANGES_OF_LEVEL:
                    self._pictures.keep(connection, at)
                if kind == EventKind.ENDED:
                    self._pictures.clear()
                    connection.execute(
                        "UPDATE prints SET outcome = ?, ended_at ="
                        " coalesce((SELECT max(at) FROM frames WHERE print = prints.id AND ?), ?) WHERE id = ?",
                        (data["detail"], ended_before, moment, key),
                    )
                elif kind == EventKind.ACKNOWLEDGED:
                    _label(connection, key, state, data["detail"], Level(data["level"]))

        self._history.write(write)
        number = state.look.number if state.look is not None else 0
        if any(kind == EventKind.ENDED for _, kind, _ in entries) or (frames and number % TIDY_EVERY == 0):
            self._history.tidy(at)

    def _open(self, connection: sqlite3.Connection, print_id: str, state: WatchState, at: float) -> int:
        """Return the print's key; a print that was not known is added, and an unended one closed."""
        key = print_key(connection, print_id)
        if key is not None:
            return key
        connection.execute(
            "UPDATE prints SET ended_at = coalesce((SELECT max(at) FROM frames WHERE print = prints.id), started_at)"
            " WHERE printer_id = ? AND ended_at IS NULL",
            (state.printer_id,),
        )
        started = at if state.started_at is None else state.started_at
        connection.execute(
            "INSERT INTO prints (print_id, printer_id, printer_name, name, source, started_at) VALUES (?, ?, ?, ?, ?, ?)",
            (print_id, state.printer_id, self._printer_name, state.print_name, self._source, started),
        )
        self._pictures.clear()
        key = print_key(connection, print_id)
        if key is None:
            raise AssertionError("a print that was just added is there")
        return key


_CHANGES_OF_LEVEL = {
    EventKind.MAYBE,
    EventKind.FAILURE,
    EventKind.CLEARED,
    EventKind.ACKNOWLEDGED,
    EventKind.ACTION,
}


def _changes(last: WatchState, state: WatchState) -> list[tuple[str, Any]]:
    """Return what the user or the printer changed, of what no event tells."""
    changes: list[tuple[str, Any]] = []
    if state.snoozed_until != last.snoozed_until:
        changes.append((EntryKind.SNOOZED, state.snoozed_until))
    if state.muted != last.muted and state.print_id is not None:
        changes.append((EntryKind.MUTED, state.muted))
    if state.phase is Phase.PAUSED and last.phase is not Phase.PAUSED:
        changes.append((EntryKind.PAUSED, None))
    if last.phase is Phase.PAUSED and state.phase is not Phase.PAUSED:
        changes.append((EntryKind.RESUMED, None))
    if state.holds != last.holds:
        changes.append((EntryKind.HOLDS, list(state.holds)))
    return changes


def _label(connection: sqlite3.Connection, key: int, state: WatchState, said: str, level: Level) -> None:
    """Take the user's answer during the print as its label: the last one counts.

    Resuming a print, or clearing a mess away, says nothing of the print; nor does it to accept that
    FailWatch is blind.
    """
    if said == Answer.WITHDRAWN:
        connection.execute("DELETE FROM labels WHERE print = ?", (key,))
    is_label = said == Answer.FAILURE or (
        said == Answer.NOT_A_FAILURE and (state.blind is None or level is not Level.NONE)
    )
    if not is_label:
        return
    failed = said == Answer.FAILURE
    since = state.latch.since if failed else None
    connection.execute(
        "INSERT OR REPLACE INTO labels (print, failed, failed_from) VALUES (?, ?, ?)", (key, failed, since)
    )
