"""The temporal statistics of every printer, kept over restarts."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ..engine.statistics import TemporalStatistics, advance, for_new_print
from .database import Database

SCHEMA = """
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


class Printers:
    """The statistics of all printers, in one file."""

    def __init__(self, path: Path) -> None:
        """Open or create the file; raises BadSetting."""
        self._database = Database(path, SCHEMA)

    async def advance(self, owner: str, printer_id: str, print_id: str, p: float) -> TemporalStatistics:
        """Return a printer's statistics after one more frame.

        Any print_id other than the last one begins a new print.
        """

        def work(connection: sqlite3.Connection) -> TemporalStatistics:
            print_before, statistics = _read(connection, owner, printer_id)
            if print_id != print_before:
                statistics = for_new_print(statistics)
            statistics = advance(statistics, p)
            _write(connection, owner, printer_id, print_id, statistics)
            return statistics

        return await self._database.run(work)

    async def count(self) -> int:
        """Return how many printers are known."""
        return await self._database.run(_count)

    async def close(self) -> None:
        """Close the file."""
        await self._database.close()


def _read(connection: sqlite3.Connection, owner: str, printer_id: str) -> tuple[str, TemporalStatistics]:
    row = connection.execute(
        "SELECT print_id, ewm_mean, rolling_mean_short, rolling_mean_long, prediction_num,"
        " prediction_num_lifetime FROM printers WHERE owner = ? AND printer_id = ?",
        (owner, printer_id),
    ).fetchone()
    if row is None:
        return "", TemporalStatistics()
    print_id, ewm_mean, short, long, number, lifetime = row
    statistics = TemporalStatistics(ewm_mean, short, long, number, lifetime, float(number), float(lifetime))
    return print_id, statistics


def _write(
    connection: sqlite3.Connection,
    owner: str,
    printer_id: str,
    print_id: str,
    statistics: TemporalStatistics,
) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO printers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            owner,
            printer_id,
            print_id,
            statistics.ewm_mean,
            statistics.rolling_mean_short,
            statistics.rolling_mean_long,
            statistics.prediction_num,
            statistics.prediction_num_lifetime,
        ),
    )


def _count(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT COUNT(*) FROM printers").fetchone()
    return int(count)
