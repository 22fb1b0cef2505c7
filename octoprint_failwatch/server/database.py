"""An SQLite file that is used by one thread of its own, and comes back from damage and full disks."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from ..engine.errors import BadSetting
from ..engine.storage import DURABLE, open_database, transaction, version_of

_LOGGER = logging.getLogger(__name__)

T = TypeVar("T")

BUSY_SECONDS = 10.0
REPLACEABLE_BUSY_SECONDS = 0.5
"""How long to wait for another process that uses the same file."""

REPLACEABLE = (
    "page_size = 16384",
    "auto_vacuum = INCREMENTAL",
    "journal_mode = PERSIST",
    f"journal_size_limit = {2**20}",
    "synchronous = OFF",
)
"""Large rows that are written once, and survive a killed process but not always a power failure.

The journal's file stays: making and deleting one for each row takes longer than writing the row.
"""

DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
NO_ROOM = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
"""A full disk, a quota that is used up, and no room for the file that goes along with the database."""


class Database:
    """One file; work on it is done in the order in which it came."""

    def __init__(self, path: Path, migrations: Sequence[Sequence[str]], *, rescue: str | None = None) -> None:
        """Open or create the file. Raises BadSetting where it cannot be used.

        The file's version is the number of migrations it has been through. A damaged file is replaced by
        an empty one, and one that cannot be opened yet is tried again by the next work. With `rescue`, a
        statement that deletes rows that cannot be right, a damaged file is set aside, and the rows that can
        be read go into the new one.
        """
        self.path = path
        self._migrations = migrations
        self._rescue = rescue
        is_new = not path.exists()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection: sqlite3.Connection | None = self._opened()
        except (OSError, sqlite3.Error) as error:
            if is_new:
                self._remove()
            if rescue is not None:
                raise BadSetting(f"{path} cannot be used: {error}.") from error
            # What may be replaced at any time may also come later.
            self._connection = None
        self._thread = ThreadPoolExecutor(1, path.stem)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns, all of its changes kept; or raise what it raises, none kept."""

        def transact(connection: sqlite3.Connection) -> T:
            with transaction(connection):
                return work(connection)

        return await self.call(transact)

    async def call(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns, which begins and ends its transactions itself.

        Where the file turns out to be damaged, the work is done again on what can be saved of it.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._call, work)

    async def clear(self) -> None:
        """Delete the file; the next work begins with an empty one. This makes room at once on a full disk."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._clear)

    async def close(self) -> None:
        """Finish what is under way and close the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    def _call(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            self._connection = self._opened()
        try:
            return work(self._connection)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
        self._disconnect()
        self._connection = connection = self._replaced()
        return work(connection)

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
        return self._replaced()

    def _connect(self) -> sqlite3.Connection:
        self.path.touch(mode=0o600)
        for file in self._files():
            with suppress(FileNotFoundError):
                file.chmod(0o600)
        durable = self._rescue is not None
        connection = open_database(
            self.path,
            newest=len(self._migrations),
            wait=BUSY_SECONDS if durable else REPLACEABLE_BUSY_SECONDS,
            pragmas=DURABLE if durable else REPLACEABLE,
        )
        try:
            if durable:
                _check(connection)
            self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        with transaction(connection):
            found = version_of(connection, len(self._migrations))
            for statements in self._migrations[found:]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(self._migrations)}")

    def _replaced(self) -> sqlite3.Connection:
        """Return a new file's connection, with what can be saved of the damaged one."""
        if self._rescue is None:
            _LOGGER.warning("%s was damaged and is begun anew.", self.path.name)
            self._remove()
            return self._connect()
        moment = time.strftime("%Y%m%dT%H%M%S")
        aside = self.path.with_name(f"{self.path.stem}.damaged-{moment}{self.path.suffix}")
        for file in self._files():
            if file.exists():
                file.rename(aside.with_name(file.name.replace(self.path.name, aside.name)))
        connection = self._connect()
        saved = _copy_readable(aside, connection)
        saved -= connection.execute(self._rescue).rowcount
        _LOGGER.error(
            "%s was damaged. It is set aside as %s; %d rows of it could be read and are kept.",
            self.path.name,
            aside.name,
            saved,
        )
        return connection

    def _files(self) -> tuple[Path, ...]:
        return tuple(self.path.with_name(self.path.name + end) for end in ("", "-wal", "-shm", "-journal"))

    def _remove(self) -> None:
        for file in self._files():
            with suppress(OSError):
                file.unlink()

    def _clear(self) -> None:
        self._disconnect()
        self._remove()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def is_held(error: Exception) -> bool:
    """Return whether another process holds the file."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def is_full(error: sqlite3.Error) -> bool:
    """Return whether there is no room left on the disk."""
    return getattr(error, "sqlite_errorcode", None) in NO_ROOM


def _is_damage(error: sqlite3.Error) -> bool:
    # The upper bytes say more of the same.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE


def _check(connection: sqlite3.Connection) -> None:
    """Raise the error that damage raises, before any row is asked for."""
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _copy_readable(damaged: Path, into: sqlite3.Connection) -> int:
    """Copy the rows that can be read, from both ends of each table up to the damage; return how many."""
    saved = 0
    tables = [name for (name,) in into.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    with closing(sqlite3.connect(f"{damaged.as_uri()}?mode=rw", uri=True)) as source, transaction(into):
        source.text_factory = lambda data: data.decode(errors="replace")
        for table in tables:
            known = [row[1] for row in into.execute(f"PRAGMA table_info({table})")]
            for order in ("ASC", "DESC"):
                with suppress(sqlite3.Error):
                    rows = source.execute(f"SELECT * FROM {table} ORDER BY 1 {order}, 2 {order}")  # noqa: S608
                    names = [column[0] for column in rows.description]
                    columns = [name for name in names if name in known]
                    insert = (
                        f"INSERT OR IGNORE INTO {table} ({', '.join(columns)})"  # noqa: S608
                        f" VALUES ({', '.join('?' * len(columns))})"
                    )
                    for row in rows:
                        kept = [value for name, value in zip(names, row, strict=True) if name in columns]
                        saved += into.execute(insert, kept).rowcount
    return saved
