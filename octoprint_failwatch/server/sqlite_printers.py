"""The statistics of all printers in one SQLite file."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from ..engine.storage import transaction
from .database import BUSY_SECONDS, Database, is_full
from .printer_statistics import COLUMNS, Counted, Look, PrinterRecord, returning

_LOGGER = logging.getLogger(__name__)

PRINTERS = """
CREATE TABLE printers (
  owner TEXT NOT NULL,
  printer_id TEXT NOT NULL,
  print_id TEXT NOT NULL,
  ewm_mean REAL NOT NULL,
  rolling_mean_short REAL NOT NULL,
  rolling_mean_long REAL NOT NULL,
  prediction_num INTEGER NOT NULL,
  prediction_num_lifetime INTEGER NOT NULL,
  PRIMARY KEY (owner, printer_id)
) WITHOUT ROWID
"""
FORMER_PRINTERS = """
CREATE TABLE former_printers (
  owner TEXT NOT NULL,
  printer_id TEXT NOT NULL,
  rolling_mean_long REAL NOT NULL,
  prediction_num_lifetime INTEGER NOT NULL,
  PRIMARY KEY (owner, printer_id)
) WITHOUT ROWID
"""
MIGRATIONS = (
    (PRINTERS,),
    (
        "ALTER TABLE printers ADD COLUMN seen_at REAL NOT NULL DEFAULT 0",
        "ALTER TABLE printers ADD COLUMN recent TEXT NOT NULL DEFAULT '[]'",
        "UPDATE printers SET seen_at = CAST(strftime('%s', 'now') AS REAL)",
        FORMER_PRINTERS,
    ),
)
RESCUE = (
    "DELETE FROM printers WHERE NOT (ewm_mean BETWEEN 0 AND 1 AND rolling_mean_short BETWEEN 0 AND 1"
    " AND rolling_mean_long BETWEEN 0 AND 1 AND prediction_num BETWEEN 0 AND prediction_num_lifetime"
    " AND typeof(prediction_num_lifetime) = 'integer' AND json_valid(recent))"
)
SELECT = f"SELECT {', '.join(COLUMNS)} FROM printers WHERE owner = ? AND printer_id = ?"  # noqa: S608
WRITE = (
    f"INSERT OR REPLACE INTO printers (owner, printer_id, {', '.join(COLUMNS)})"  # noqa: S608
    f" VALUES ({', '.join('?' * (2 + len(COLUMNS)))})"
)

DAY = 86400.0
UNSAVED_AT_ONCE = 50
"""Printers that could not be saved before and are tried again along with another."""

Key: TypeAlias = tuple[str, str]
"""An owner and a printer_id."""


class SqlitePrinters:
    """Stores all printers; those that do not fit on a full disk stay in memory until they do."""

    def __init__(
        self,
        path: Path,
        *,
        forget_after: float,
        make_room: Callable[[], Awaitable[None]],
        now: Callable[[], float] = time.time,
    ) -> None:
        """Open or create the file; raises BadSetting.

        Keep only the lifetime statistics of a printer that was not seen for `forget_after` seconds. `make_room` is
        called to free space on a full disk.
        """
        self._database = Database(path, MIGRATIONS, rescue=RESCUE)
        self._forget_after = forget_after
        self._make_room = make_room
        self._now = now
        self._tidied_at = 0.0
        self._unsaved: dict[Key, PrinterRecord] = {}
        self._failing = False

    async def advance(self, owner: str, printer_id: str, look: Look) -> Counted:
        """Count a frame, and return the answer."""
        key = (owner, printer_id)

        def work(connection: sqlite3.Connection) -> tuple[Counted, sqlite3.OperationalError | None]:
            record, counted = self._read(connection, key).count(look)
            # Where another process holds the file, one frame waits for it, and not every other one after it.
            wait = 0 if self._unsaved else BUSY_SECONDS
            connection.execute(f"PRAGMA busy_timeout = {wait * 1000:.0f}")
            self._unsaved[key] = record
            try:
                self._save(connection, key)
            except sqlite3.OperationalError as error:
                return counted, error
            return counted, None

        counted, error = await self._database.call(work)
        if error is not None and is_full(error):
            error = await self._database.call(self._try_to_save)
        if error is not None and is_full(error):
            await self._make_room()
            error = await self._database.call(self._try_to_save)
        self._report(error)
        return counted

    async def count(self) -> int:
        """Return how many printers are known."""

        def work(connection: sqlite3.Connection) -> int:
            (count,) = connection.execute("SELECT COUNT(*) FROM printers").fetchone()
            return int(count)

        return await self._database.call(work)

    async def close(self) -> None:
        """Store what is still pending, and close the file."""
        error = None
        while self._unsaved and error is None:
            error = await self._database.call(self._try_to_save)
        self._report(error)
        await self._database.close()

    def _read(self, connection: sqlite3.Connection, key: Key) -> PrinterRecord:
        if key in self._unsaved:
            return self._unsaved[key]
        row = connection.execute(SELECT, key).fetchone()
        if row is not None:
            return PrinterRecord.from_row(row)
        row = connection.execute(
            "SELECT rolling_mean_long, prediction_num_lifetime FROM former_printers"
            " WHERE owner = ? AND printer_id = ?",
            key,
        ).fetchone()
        return PrinterRecord() if row is None else returning(*row)

    def _try_to_save(self, connection: sqlite3.Connection) -> sqlite3.OperationalError | None:
        try:
            # The write-ahead log also takes space, until it is merged into the file.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._save(connection)
        except sqlite3.OperationalError as error:
            return error
        return None

    def _save(self, connection: sqlite3.Connection, *first: Key) -> None:
        keys = [*first, *islice((key for key in self._unsaved if key not in first), UNSAVED_AT_ONCE)]
        now = self._now()
        tidy = abs(now - self._tidied_at) > DAY
        with transaction(connection):
            for key in keys:
                connection.execute(WRITE, (*key, *self._unsaved[key].to_row()))
            if tidy:
                _forget(connection, now - self._forget_after)
        for key in keys:
            del self._unsaved[key]
        if tidy:
            self._tidied_at = now

    def _report(self, error: sqlite3.OperationalError | None) -> None:
        if error is not None and not self._failing:
            _LOGGER.error(
                "The statistics cannot be written (%s); they are kept in memory until they can.", error
            )
        elif error is None and self._failing and not self._unsaved:
            _LOGGER.warning("All statistics are written again.")
        else:
            return
        self._failing = error is not None


def _forget(connection: sqlite3.Connection, before: float) -> None:
    """Keep only the lifetime statistics of printers that were not seen since then."""
    connection.execute(
        "INSERT OR REPLACE INTO former_printers"
        " SELECT owner, printer_id, rolling_mean_long, prediction_num_lifetime FROM printers"
        " WHERE seen_at < ?",
        (before,),
    )
    connection.execute("DELETE FROM printers WHERE seen_at < ?", (before,))
    connection.execute(
        "DELETE FROM former_printers WHERE EXISTS (SELECT 1 FROM printers"
        " WHERE printers.owner = former_printers.owner AND printers.printer_id = former_printers.printer_id)"
    )
