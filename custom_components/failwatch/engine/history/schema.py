"""Tables of the database, by version; open and upgrade it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from .. import storage
from ..errors import FailWatchError
from ..storage import transaction, version_of

MIGRATIONS = (
    """
    CREATE TABLE prints (
      id INTEGER PRIMARY KEY,
      print_id TEXT NOT NULL UNIQUE,
      printer_id TEXT NOT NULL,
      printer_name TEXT NOT NULL,
      name TEXT NOT NULL,
      source TEXT NOT NULL,
      started_at REAL NOT NULL,
      ended_at REAL,
      outcome TEXT NOT NULL DEFAULT '',
      level TEXT NOT NULL DEFAULT 'none',
      frames INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX prints_of_printer ON prints (printer_id, started_at);
    CREATE TABLE frames (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      print INTEGER NOT NULL REFERENCES prints ON DELETE CASCADE,
      at REAL NOT NULL,
      p REAL NOT NULL,
      ewm_mean REAL NOT NULL,
      rolling_mean_short REAL NOT NULL,
      rolling_mean_long REAL NOT NULL,
      prediction_num INTEGER NOT NULL,
      prediction_num_lifetime INTEGER NOT NULL,
      frames REAL NOT NULL,
      frames_lifetime REAL NOT NULL,
      served INTEGER NOT NULL,
      verdict TEXT NOT NULL,
      rule TEXT NOT NULL,
      score REAL NOT NULL,
      usual REAL NOT NULL,
      margin_limit REAL NOT NULL,
      level TEXT NOT NULL,
      latency REAL NOT NULL,
      spacing REAL,
      views TEXT NOT NULL
    );
    CREATE INDEX frames_of_print ON frames (print, id);
    CREATE TABLE entries (
      id INTEGER PRIMARY KEY,
      print INTEGER NOT NULL REFERENCES prints ON DELETE CASCADE,
      after_frame INTEGER NOT NULL,
      at REAL NOT NULL,
      kind TEXT NOT NULL,
      data TEXT NOT NULL
    );
    CREATE INDEX entries_of_print ON entries (print, id);
    CREATE TABLE pictures (
      frame INTEGER NOT NULL REFERENCES frames ON DELETE CASCADE,
      camera TEXT NOT NULL,
      near_change INTEGER NOT NULL,
      jpeg BLOB NOT NULL,
      PRIMARY KEY (frame, camera)
    );
    CREATE TABLE labels (
      print INTEGER PRIMARY KEY REFERENCES prints ON DELETE CASCADE,
      failed INTEGER NOT NULL,
      failed_from REAL
    );
    """,
    """
    ALTER TABLE frames ADD COLUMN raw_p REAL;
    ALTER TABLE frames ADD COLUMN explained REAL NOT NULL DEFAULT 0;
    """,
)
"""Each brings a database from the version of its position to the next; none is ever changed."""
LOCK_WAIT = 30.0
"""Seconds for which a lock that another program holds is waited for."""
PASSING = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PROTOCOL,  # so many open it at once that none gets its turn
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
)
"""What says nothing about the file itself, and may be over a moment later."""


class HistoryError(FailWatchError):
    """The history cannot be opened or read."""

    kind = "history"


class HistoryBlocked(HistoryError):
    """The history cannot be opened now, but perhaps later: it is locked, or the disk is full."""


def open_database(path: Path) -> sqlite3.Connection:
    """Return a connection to a database of the newest version.

    Raises HistoryError if it comes from a later release or is no database; it is then left as it was.
    Raises HistoryBlocked if only something else is in the way.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = storage.open_database(path, newest=len(MIGRATIONS), wait=LOCK_WAIT)
        try:
            if version_of(connection, len(MIGRATIONS)) < len(MIGRATIONS):
                _migrate(connection)
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
    except (OSError, sqlite3.Error) as error:
        if passes(error):
            raise HistoryBlocked(f"{path.name} cannot be opened now: {error}.") from error
        raise HistoryError(f"{path.name} cannot be opened as a history: {error}.") from error
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to read a database that is open elsewhere already."""
    return sqlite3.connect(path, timeout=LOCK_WAIT, isolation_level=None, check_same_thread=False)


def passes(error: Exception) -> bool:
    """Return whether the next try may succeed without any change to the file."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)  # not all come from the library
    return code & 0xFF in PASSING  # the bits above only say more closely why


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest version in one transaction: wholly, or not at all."""
    # A migration may rebuild a table that others refer to; their rows must not go with the old one.
    connection.execute("PRAGMA foreign_keys = OFF")
    with transaction(connection):
        # Asked again: another process may have been here while this one waited for the lock.
        for script in MIGRATIONS[version_of(connection, len(MIGRATIONS)) :]:
            for statement in _statements(script):
                connection.execute(statement)
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise sqlite3.IntegrityError("rows refer to rows that are not there")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _statements(script: str) -> Iterator[str]:
    """Yield a script's statements, each of which ends with a line: `executescript` would commit."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
