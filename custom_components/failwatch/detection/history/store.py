"""The history of all prints of a host, in one SQLite file."""

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
from typing import Any, Self

from .. import wire
from ..detection import Box
from ..state import Look, View
from ..statistics import TemporalStatistics
from ..verdict import Level, Rule, Verdict
from .records import Alarm, Entry, EntryKind, FrameRecord, Label, PrintRecord, Standing
from .retention import Retention, tidy, used_bytes
from .schema import HistoryError, connect, open_database

_LOGGER = logging.getLogger(__name__)
TIDY_EVERY = 500
"""Written frames between two looks at what may go."""
MAX_PENDING = 200
"""Frames that may wait for a slow disk before pictures are left out."""

__all__ = ["History", "HistoryError"]


class History:
    """One file of prints, frames, pictures and labels.

    Everything is written by one thread of its own, in the order of the calls; reading sees what was
    written so far, from any thread. A failure to write is logged and never disturbs a watch.
    """

    def __init__(self, path: Path, retention: Retention | None = None) -> None:
        """Open or create the file; raises HistoryError."""
        self.path = path
        self.retention = retention or Retention()
        self._connection = open_database(path)
        self._writer = ThreadPoolExecutor(1, "failwatch-history")
        self._pending = 0
        self._counting = Lock()
        self._problem = ""

    @classmethod
    def of_host(cls, path: Path, retention: Retention) -> Self:
        """Return the history of a host, which must go on: a file that cannot be used is put aside.

        Raises HistoryError only where no file can be made at all.
        """
        try:
            return cls(path, retention)
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
                f"{_PRINTS} WHERE (?1 IS NULL OR printer_id = ?1) AND (?2 IS NULL OR started_at < ?2)"
                " ORDER BY started_at DESC, prints.id DESC LIMIT ?3",
                (printer_id, before, limit),
            )
            return [_print(row) for row in rows]

    def print(self, print_id: str) -> PrintRecord:
        """Return a print; raises HistoryError if it is not known."""
        with self._reading() as connection:
            row = connection.execute(f"{_PRINTS} WHERE print_id = ?", (print_id,)).fetchone()
        if row is None:
            raise HistoryError(f"There is no print {print_id!r} in the history.")
        return _print(row)

    def frames(self, print_id: str) -> Iterator[FrameRecord]:
        """Yield a print's frames in order, a few at a time from the disk."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT frames.*, (SELECT json_group_array(camera) FROM pictures WHERE frame = frames.id) AS cameras"
                " FROM frames JOIN prints ON prints.id = frames.print WHERE print_id = ? ORDER BY frames.id",
                (print_id,),
            )
            for row in rows:
                yield _frame(row)

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

    def standing(self, printer_id: str) -> Standing | None:
        """Return what is known of a printer since its last print ended, for a host that keeps no state."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT data FROM entries JOIN prints ON prints.id = entries.print"
                " WHERE printer_id = ? AND kind = ? ORDER BY entries.id DESC LIMIT 1",
                (printer_id, EntryKind.STANDING),
            ).fetchone()
        return None if row is None else wire.from_json(Standing, json.loads(row["data"]))

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
        """Say what a print really was, or take that back; raises HistoryError for an unknown print."""
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

        self.write(write)
        self.settle()

    def forget(self, print_id: str) -> None:
        """Drop a print with all that belongs to it."""
        self.write(
            lambda connection: connection.execute("DELETE FROM prints WHERE print_id = ?", (print_id,))
        )
        self.settle()

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
        self._connection.close()

    def _write(self, change: Callable[[sqlite3.Connection], object]) -> None:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                change(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            if problem != self._problem:
                _LOGGER.exception("The history could not be written")
            self._problem = problem
        else:
            self._problem = ""
        finally:
            with self._counting:
                self._pending -= 1

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection


def add_frame(connection: sqlite3.Connection, print_key: int, look: Look, level: Level) -> int:
    """Write a frame and return its id."""
    statistics, verdict = look.statistics, look.verdict
    views = [
        [view.camera, view.p, [[*_box(box)] for box in view.boxes], view.tagged_image_url, view.problem]
        for view in look.views
    ]
    values = (
        print_key,
        look.at,
        look.p,
        statistics.ewm_mean,
        statistics.rolling_mean_short,
        statistics.rolling_mean_long,
        statistics.prediction_num,
        statistics.prediction_num_lifetime,
        statistics.frames,
        statistics.frames_lifetime,
        look.statistics_served,
        verdict.level.value,
        verdict.rule.value,
        verdict.score,
        verdict.usual,
        verdict.limit,
        level.value,
        look.latency,
        look.spacing,
        json.dumps(views, separators=(",", ":")),
    )
    connection.execute(
        "UPDATE prints SET frames = frames + 1, level = CASE"
        " WHEN ?1 = 'failure' OR (?1 = 'maybe' AND level = 'none') THEN ?1 ELSE level END WHERE id = ?2",
        (level.value, print_key),
    )
    places = ", ".join("?" * len(values))
    added = connection.execute(f"INSERT INTO frames VALUES (NULL, {places})", values)  # noqa: S608 - only ?s
    return int(added.lastrowid or 0)


def add_entry(connection: sqlite3.Connection, print_key: int, entry: Entry) -> None:
    """Write an entry."""
    connection.execute(
        "INSERT INTO entries (print, after_frame, at, kind, data) VALUES (?, ?, ?, ?, ?)",
        (print_key, entry.after_frame, entry.at, entry.kind, json.dumps(wire.to_json(entry.data))),
    )


def add_picture(
    connection: sqlite3.Connection, frame: int, camera: str, jpeg: bytes, *, near_change: bool
) -> None:
    """Write a frame's picture."""
    connection.execute(
        "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?)", (frame, camera, near_change, jpeg)
    )


def print_key(connection: sqlite3.Connection, print_id: str) -> int | None:
    """Return the key of a print, if it is known."""
    row = connection.execute("SELECT id FROM prints WHERE print_id = ?", (print_id,)).fetchone()
    return None if row is None else int(row[0])


_PRINTS = """
SELECT prints.*, failed, failed_from,
  (SELECT count(*) FROM pictures JOIN frames ON frames.id = pictures.frame WHERE frames.print = prints.id) AS pictures,
  (SELECT json_group_array(json_array(at, kind)) FROM entries
    WHERE print = prints.id AND kind IN ('maybe', 'failure')) AS alarms
FROM prints LEFT JOIN labels ON labels.print = prints.id
"""


def _print(row: sqlite3.Row) -> PrintRecord:
    return PrintRecord(
        print_id=row["print_id"],
        printer_id=row["printer_id"],
        printer_name=row["printer_name"],
        name=row["name"],
        source=row["source"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        outcome=row["outcome"],
        level=Level(row["level"]),
        frames=row["frames"],
        pictures=row["pictures"],
        label=None if row["failed"] is None else Label(bool(row["failed"]), row["failed_from"]),
        alarms=tuple(Alarm(at, Level(kind)) for at, kind in sorted(json.loads(row["alarms"]))),
    )


def _frame(row: sqlite3.Row) -> FrameRecord:
    statistics = TemporalStatistics(
        row["ewm_mean"],
        row["rolling_mean_short"],
        row["rolling_mean_long"],
        row["prediction_num"],
        row["prediction_num_lifetime"],
        row["frames"],
        row["frames_lifetime"],
    )
    look = Look(
        number=row["prediction_num"],
        at=row["at"],
        p=row["p"],
        views=tuple(
            View(camera, p, tuple(Box(*box) for box in boxes), url, problem)
            for camera, p, boxes, url, problem in json.loads(row["views"])
        ),
        statistics=statistics,
        verdict=Verdict(
            Level(row["verdict"]), Rule(row["rule"]), row["score"], row["usual"], row["margin_limit"]
        ),
        latency=row["latency"],
        spacing=row["spacing"],
        statistics_served=bool(row["served"]),
    )
    return FrameRecord(row["id"], look, Level(row["level"]), tuple(json.loads(row["cameras"])))


def _box(box: Box) -> tuple[Any, ...]:
    return (box.x_min, box.y_min, box.x_max, box.y_max, box.score, box.label)
