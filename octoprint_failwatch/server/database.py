"""An SQLite file that is used by one thread of its own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from ..engine.errors import BadSetting
from ..engine.storage import open_database, transaction, version_of

T = TypeVar("T")

BUSY_SECONDS = 10.0
"""How long to wait for another process that writes to the same file."""


class Database:
    """One file; every piece of work on it is one transaction, in the order in which they came."""

    def __init__(self, path: Path, schema: str, version: int = 1) -> None:
        """Open or create the file. Raises BadSetting where it is no database of this kind."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._connection = open_database(path, newest=version, wait=BUSY_SECONDS)
            _create(self._connection, schema, version)
        except sqlite3.Error as error:
            raise BadSetting(f"{path} cannot be used: {error}.") from error
        self._thread = ThreadPoolExecutor(1, path.stem)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns, all of its changes kept; or raise what it raises, none kept."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)

    async def close(self) -> None:
        """Finish what is under way and close the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with transaction(self._connection):
            return work(self._connection)


def _create(connection: sqlite3.Connection, schema: str, version: int) -> None:
    with transaction(connection):
        if version_of(connection, version) == 0:
            connection.execute(schema)
            connection.execute(f"PRAGMA user_version = {version}")
