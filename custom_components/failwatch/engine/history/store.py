"""Store all prints of a host in one SQLite file."""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Self

from .. import serialization
from ..judging.assessment import Assessment
from ..storage import transaction
from .records import Entry, EntryKind, FrameRecord, Label, PrintRecord
from .retention import Retention, tidy, used_bytes
from .rows import FRAMES, PRINTS, TABLES, as_frame, as_print, last_entry, newest_ids
from .schema import HistoryBlocked, HistoryError, connect, open_database, passes

_LOGGER = logging.getLogger(__name__)
TIDY_EVERY = 500
"""Written frames between two looks at what may go."""
MAX_PENDING = 200
"""Frames that may wait for a slow disk before pictures are left out."""

__all__ = ["History", "HistoryError"]


class History:
    """One file of prints, frames, pictures and labels.

    Everything is written by one thread of its own, in the order of the calls; reading sees what was
    written so far, from any thread, and raises HistoryError where the file is damaged. A failure to
    write is logged and never disturbs a watch.
    """

    on_problem: Callable[[Exception | None], None] | None = None
    """Called by the writer's thread with why nothing can be written, and with None once it can be again."""

    def __init__(
        self, path: Path, retention: Retention | None = None, *, blocked: HistoryError | None = None
    ) -> None:
        """Open or create the file; one that is `blocked` with the first write. Raises HistoryError."""
        self.path = path
        self.retention = retention or Retention()
        self.problem: Exception | None = blocked
        """Why the file could not be written at the last try."""
        self._connection = None if blocked else open_database(path)
        self.ids_before = dict.fromkeys(TABLES, 0)
        """The newest row of each table that was there already."""
        if self._connection is not None:
            with suppress(sqlite3.Error):  # whoever reads or writes is told that the file is damaged
                self.ids_before = newest_ids(self._connection)
        self._writer = ThreadPoolExecutor(1, "failwatch-history")
        self._pending = 0
        self._counting = Lock()

    @classmethod
    def of_host(cls, path: Path, retention: Retention) -> Self:
        """Return the history of a host, which must go on: a file that cannot be used is put aside.

        One that is only locked, or on a full disk, stays, and is opened as soon as that is over; what
        there is to write until then is lost. Raises HistoryError only where no file can be made at all.
        """
        try:
            return cls(path, retention)
        except HistoryBlocked as error:
            _LOGGER.warning("%s Nothing is recorded until it can be.", error)
            return cls(path, retention, blocked=error)
        except HistoryError as error:
            aside = path.with_name(f"{path.stem}-unusable-{time.time():.0f}{path.suffix}")
            _LOGGER.warning("%s It is put aside as %s.", error, aside.name)
            for ending in ("", "-wal", "-shm"):  # what was written last may still be in the -wal
                with suppress(OSError):
                    path.with_name(path.name + ending).replace(aside.with_name(aside.name + ending))
            return cls(path, retention)

    # Reading

    def prints(
        self, *, printer_id: str | None = None, before: float | None = None, limit: int = -1
    ) -> list[PrintRecord]:
        """Return prints, newest first, that started before a time."""
        with self._reading() as connection:
            rows = connection.execute(
                f"{PRINTS} WHERE (?1 IS NULL OR printer_id = ?1) AND (?2 IS NULL OR started_at < ?2)"
                " ORDER BY started_at DESC, prints.id DESC LIMIT ?3",
                (printer_id, before, limit),
            )
            return [as_print(row) for row in rows]

    def print(self, print_id: str) -> PrintRecord:
        """Return a print; raises HistoryError if it is not known."""
        with self._reading() as connection:
            row = connection.execute(f"{PRINTS} WHERE print_id = ?", (print_id,)).fetchone()
        if row is None:
            raise HistoryError(f"There is no print {print_id!r} in the history.")
        return as_print(row)

    def frames(self, print_id: str) -> Iterator[FrameRecord]:
        """Yield a print's frames in order, a few at a time from the disk."""
        with self._reading() as connection:
            rows = connection.execute(f"{FRAMES} WHERE print_id = ? ORDER BY frames.id", (print_id,))
            for row in rows:
                yield as_frame(row)

    def entries(self, print_id: str) -> list[Entry]:
        """Return what else happened during a print, in order."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT after_frame, at, kind, data FROM entries JOIN prints ON prints.id = entries.print"
                " WHERE print_id = ? ORDER BY entries.id",
                (print_id,),
            )
            return [
                Entry(row["after_frame"], row["at"], row["kind"], json.loads(row["data"])) for row in rows
            ]

    def standing(self, printer_id: str, detector: str = "") -> Assessment | None:
        """Return what is known of a printer since its last print ended, for a host that keeps no state.

        With a kind of `detector`, only if that one answered.
        """
        with self._reading() as connection:
            settings = last_entry(connection, printer_id, EntryKind.SETTINGS)
            standing = last_entry(connection, printer_id, EntryKind.STANDING)
        answered = (settings or {}).get("detector") or detector
        if standing is None or (detector and answered != detector):
            return None
        return serialization.from_json(Assessment, standing)

    def picture(self, frame_id: int, camera: str = "") -> bytes | None:
        """Return the picture of a frame as JPEG, if it was kept."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT jpeg FROM pictures WHERE frame = ? AND camera = ?", (frame_id, camera)
            ).fetchone()
        return None if row is None else row["jpeg"]

    def size(self) -> int:
        """Return the bytes in use."""
        with self._reading() as connection:
            return used_bytes(connection)

    # Writing

    def label(self, print_id: str, label: Label | None) -> None:
        """Say what a print really was, or take that back; raises HistoryError, also for an unknown print."""
        self.settle()
        self.print(print_id)

        def write(connection: sqlite3.Connection) -> None:
            where = "(SELECT id FROM prints WHERE print_id = ?)"
            if label is None:
                connection.execute(f"DELETE FROM labels WHERE print = {where}", (print_id,))  # noqa: S608
            else:
                connection.execute(
                    f"INSERT OR REPLACE INTO labels SELECT {where}, ?, ?",
                    (print_id, label.failed, label.failed_from),
                )

        self.change(write)

    def forget(self, print_id: str) -> None:
        """Drop a print with all that belongs to it; raises HistoryError."""
        self.change(
            lambda connection: connection.execute("DELETE FROM prints WHERE print_id = ?", (print_id,))
        )

    def change(self, make: Callable[[sqlite3.Connection], object]) -> None:
        """Have the writer's thread make a change, in one transaction, and wait until it is made.

        Raises HistoryError where the file cannot be written, and whatever the change itself raises.
        """
        try:
            self._writer.submit(self._in_transaction, make).result()
        except sqlite3.Error as error:
            raise HistoryError(f"{self.path.name} cannot be written: {error}.") from error

    def write(self, change: Callable[[sqlite3.Connection], object]) -> None:
        """Have the writer's thread make a change, in one transaction; returns at once."""
        with self._counting:
            self._pending += 1
        with suppress(RuntimeError):  # closed: the host is going down
            self._writer.submit(self._write, change)

    def tidy(self, now: float) -> None:
        """Have the writer's thread drop what the retention rule does not keep; returns at once."""
        self.write(lambda connection: tidy(connection, self.retention, now))

    @property
    def is_behind(self) -> bool:
        """Whether the disk is so slow that pictures should be left out."""
        return self._pending > MAX_PENDING

    def settle(self) -> None:
        """Wait until everything that was handed over is written."""
        self._writer.submit(int).result()

    def close(self) -> None:
        """Write what is left and close the file."""
        self._writer.shutdown()
        if self._connection is not None:
            self._connection.close()

    def _write(self, change: Callable[[sqlite3.Connection], object]) -> None:
        try:
            self._in_transaction(change)
        except Exception as error:
            if repr(error) != repr(self.problem):
                # A full disk is no fault of the program's, and needs no traceback to be understood.
                is_fault = not (isinstance(error, HistoryError) or passes(error))
                _LOGGER.warning("The history could not be written: %s", error, exc_info=is_fault)
            self._note(error)
        else:
            if self.problem is not None:
                _LOGGER.warning("The history is written again.")
            self._note(None)
        finally:
            with self._counting:
                self._pending -= 1

    def _note(self, problem: Exception | None) -> None:
        changed, self.problem = (problem is None) is not (self.problem is None), problem
        if changed and self.on_problem is not None:
            self.on_problem(problem)

    def _in_transaction(self, change: Callable[[sqlite3.Connection], object]) -> None:
        if self._connection is None:
            self._connection = open_database(self.path)
        with transaction(self._connection):
            change(self._connection)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(connect(self.path)) as connection:
                connection.row_factory = sqlite3.Row
                yield connection
        except sqlite3.Error as error:
            raise HistoryError(f"{self.path.name} cannot be read: {error}.") from error
