"""Statistics and tagged pictures in PostgreSQL, for several servers behind one address."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from ..engine.errors import BadSetting, Busy
from ..engine.models import Box
from .printer_statistics import COLUMNS, Counted, Look, PrinterRecord, returning
from .tagged_pictures import MAX_BYTES, boxes_to_text, drawn

if TYPE_CHECKING:
    from asyncpg import Connection, Pool

_LOGGER = logging.getLogger(__name__)

T = TypeVar("T")

# Ids are stored as bytes: they may contain characters that PostgreSQL refuses in text.
MIGRATIONS = (
    """
    CREATE TABLE failwatch_printers (
      owner TEXT NOT NULL,
      printer_id BYTEA NOT NULL,
      print_id BYTEA NOT NULL DEFAULT '',
      ewm_mean DOUBLE PRECISION NOT NULL DEFAULT 0,
      rolling_mean_short DOUBLE PRECISION NOT NULL DEFAULT 0,
      rolling_mean_long DOUBLE PRECISION NOT NULL DEFAULT 0,
      prediction_num BIGINT NOT NULL DEFAULT 0,
      prediction_num_lifetime BIGINT NOT NULL DEFAULT 0,
      seen_at DOUBLE PRECISION NOT NULL DEFAULT 0,
      recent TEXT NOT NULL DEFAULT '[]',
      PRIMARY KEY (owner, printer_id)
    ) WITH (fillfactor = 70);
    CREATE TABLE failwatch_former_printers (
      owner TEXT NOT NULL,
      printer_id BYTEA NOT NULL,
      rolling_mean_long DOUBLE PRECISION NOT NULL,
      prediction_num_lifetime BIGINT NOT NULL,
      PRIMARY KEY (owner, printer_id)
    );
    CREATE TABLE failwatch_pictures (
      id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      expires_at DOUBLE PRECISION NOT NULL,
      boxes TEXT,
      jpeg BYTEA NOT NULL
    );
    """,
)
LOCK = 0x6661696C77617463
"""The advisory lock under which one server at a time migrates."""

CONNECTIONS = 8
START_SECONDS = 30.0
"""How long a database may take to come up when the server starts."""

RETRY_SECONDS = 15.0
"""How long a frame waits for a database that restarts; below the time that clients wait for an answer."""

COMMAND_SECONDS = 10.0
TIDY_EVERY = 50
"""Pictures between two looks at which may go."""

DAY = 86400.0

KEY = "WHERE owner = $1 AND printer_id = $2"
SELECT = f"SELECT {', '.join(COLUMNS)} FROM failwatch_printers {KEY} FOR UPDATE"  # noqa: S608
UPDATE = (
    "UPDATE failwatch_printers SET "  # noqa: S608
    + ", ".join(f"{column} = ${number}" for number, column in enumerate(COLUMNS, start=3))
    + f" {KEY}"
)


class PostgresDatabase:
    """A pool of connections that outlives restarts of the database."""

    def __init__(self, pool: Pool) -> None:
        """Use that pool."""
        self._pool = pool

    async def run(self, work: Callable[[Connection], Awaitable[T]], patience: float = RETRY_SECONDS) -> T:
        """Return what the work returns, done in one transaction. Raises Busy.

        It is repeated if the connection is lost, even during the commit, so it must detect by itself
        what was already done.
        """
        ends = time.monotonic() + patience
        wait = 0.05
        while True:
            try:
                async with (
                    self._pool.acquire(timeout=COMMAND_SECONDS) as connection,
                    connection.transaction(),
                ):
                    return await work(connection)
            except Exception as error:
                if not _passes(error):
                    raise
                if time.monotonic() + wait > ends:
                    _LOGGER.warning("The database cannot be used: %s", type(error).__name__)
                    raise Busy("The database does not answer.", retry_after=5.0) from error
            await asyncio.sleep(wait)
            wait = min(1.0, 2 * wait)


class PostgresPrinters:
    """Stores all printers. Servers that count frames of the same printer at once lock its row in turn."""

    def __init__(
        self, database: PostgresDatabase, *, forget_after: float, now: Callable[[], float] = time.time
    ) -> None:
        """Keep only the lifetime statistics of a printer that was not seen for `forget_after` seconds."""
        self._database = database
        self._forget_after = forget_after
        self._now = now
        self._tidied_at = 0.0

    async def advance(self, owner: str, printer_id: str, look: Look) -> Counted:
        """Count a frame, and return the answer once it is stored."""
        key = (owner, printer_id.encode())

        async def work(connection: Connection) -> Counted:
            record, counted = (await _locked(connection, key)).count(look)
            print_id, *numbers = record.to_row()
            await connection.execute(UPDATE, *key, print_id.encode(), *numbers)
            return counted

        counted = await self._database.run(work)
        now = self._now()
        if abs(now - self._tidied_at) > DAY:
            self._tidied_at = now
            await self._database.run(lambda connection: _forget(connection, now - self._forget_after))
        return counted

    async def count(self) -> int:
        """Return how many printers are known."""

        async def work(connection: Connection) -> int:
            return int(await connection.fetchval("SELECT COUNT(*) FROM failwatch_printers"))

        return await self._database.run(work, patience=1.0)

    async def close(self) -> None:
        """Do nothing: the pool belongs to the storage."""


class PostgresPictures:
    """Pictures with their boxes, each for `keep` seconds; any server serves them."""

    def __init__(
        self, database: PostgresDatabase, keep: float, *, now: Callable[[], float] = time.time
    ) -> None:
        """Use this database."""
        self._database = database
        self._keep = keep
        self._now = now
        self._kept = 0

    async def keep(self, jpeg: bytes, boxes: Sequence[Box]) -> str | None:
        """Keep a picture, and return its name."""
        if self._keep <= 0:
            return None
        name = secrets.token_urlsafe(24)
        now = self._now()
        tidy = self._kept % TIDY_EVERY == 0
        self._kept += 1

        async def work(connection: Connection) -> None:
            await connection.execute(
                "INSERT INTO failwatch_pictures (name, expires_at, boxes, jpeg) VALUES ($1, $2, $3, $4)"
                " ON CONFLICT (name) DO NOTHING",
                name,
                now + self._keep,
                boxes_to_text(boxes),
                jpeg,
            )
            if tidy:
                await _tidy(connection, now)

        try:
            await self._database.run(work, patience=1.0)
        except Busy:
            return None
        return name

    async def take(self, name: str) -> tuple[bytes, float] | None:
        """Return a tagged picture as JPEG and the seconds until it expires, None if there is none."""

        async def read(connection: Connection) -> tuple[float, str | None, bytes] | None:
            row = await connection.fetchrow(
                "SELECT expires_at, boxes, jpeg FROM failwatch_pictures WHERE name = $1", name
            )
            return None if row is None else (row["expires_at"], row["boxes"], row["jpeg"])

        row = None if "\0" in name else await self._database.run(read)
        if row is None or row[0] <= self._now():
            return None
        expires_at, boxes, jpeg = row
        return jpeg if boxes is None else await drawn(jpeg, boxes), expires_at - self._now()

    async def close(self) -> None:
        """Do nothing: the pool belongs to the storage."""


@asynccontextmanager
async def opened_database(url: str) -> AsyncIterator[PostgresDatabase]:
    """Open a database, and bring its tables to this version. Raises BadSetting where that is impossible."""
    try:
        import asyncpg
    except ImportError as error:
        raise BadSetting(
            "--database needs asyncpg: pip install 'OctoPrint-FailWatch[postgresql]'."
        ) from error
    pool = await asyncpg.create_pool(
        url, min_size=0, max_size=CONNECTIONS, command_timeout=COMMAND_SECONDS, timeout=COMMAND_SECONDS
    )
    try:
        database = PostgresDatabase(pool)
        try:
            await database.run(_migrate, patience=START_SECONDS)
        except (ValueError, asyncpg.ClientConfigurationError) as error:
            raise BadSetting("--database must look like postgresql://user@host/name.") from error
        except (Busy, asyncpg.PostgresError) as error:
            reason = error.__cause__ if isinstance(error, Busy) else error
            raise BadSetting(f"The database cannot be used: {reason}.") from error
        yield database
    finally:
        pool.terminate()


async def _migrate(connection: Connection) -> None:
    await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
    await connection.execute("CREATE TABLE IF NOT EXISTS failwatch_schema (version INTEGER NOT NULL)")
    found = await connection.fetchval("SELECT version FROM failwatch_schema")
    if found is None:
        await connection.execute("INSERT INTO failwatch_schema VALUES (0)")
    elif found > len(MIGRATIONS):
        raise BadSetting("The database was written by a newer FailWatch.")
    for migration in MIGRATIONS[found or 0 :]:
        await connection.execute(migration)
    await connection.execute("UPDATE failwatch_schema SET version = $1", len(MIGRATIONS))


async def _locked(connection: Connection, key: tuple[str, bytes]) -> PrinterRecord:
    """Return a printer, with its row locked until the transaction ends."""
    row = await connection.fetchrow(SELECT, *key)
    if row is None:
        await connection.execute(
            "INSERT INTO failwatch_printers (owner, printer_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", *key
        )
        row = await connection.fetchrow(SELECT, *key)
        former = await connection.fetchrow(
            f"DELETE FROM failwatch_former_printers {KEY}"  # noqa: S608
            " RETURNING rolling_mean_long, prediction_num_lifetime",
            *key,
        )
        if former is not None:
            return returning(*former)
    if row is None:
        raise Busy("The printer was just deleted from the database.", retry_after=1.0)
    print_id, *numbers = row
    return PrinterRecord.from_row((print_id.decode(), *numbers))


async def _forget(connection: Connection, before: float) -> None:
    """Keep only the lifetime statistics of printers that were not seen since then."""
    await connection.execute(
        "WITH gone AS (DELETE FROM failwatch_printers WHERE seen_at < $1"
        " RETURNING owner, printer_id, rolling_mean_long, prediction_num_lifetime)"
        " INSERT INTO failwatch_former_printers SELECT * FROM gone ON CONFLICT (owner, printer_id) DO UPDATE"
        " SET rolling_mean_long = excluded.rolling_mean_long,"
        " prediction_num_lifetime = excluded.prediction_num_lifetime",
        before,
    )


async def _tidy(connection: Connection, now: float) -> None:
    await connection.execute("DELETE FROM failwatch_pictures WHERE expires_at <= $1", now)
    await connection.execute(
        "DELETE FROM failwatch_pictures WHERE id <= (SELECT max(id) FROM"
        " (SELECT id, SUM(octet_length(jpeg)) OVER (ORDER BY id DESC) AS bytes FROM failwatch_pictures) AS sizes"
        " WHERE bytes > $1)",
        MAX_BYTES,
    )


def _passes(error: Exception) -> bool:
    """Return whether the database is restarting, out of connections, or not up yet."""
    import asyncpg

    passing = (
        OSError,
        TimeoutError,
        asyncpg.InterfaceError,
        asyncpg.PostgresConnectionError,
        asyncpg.InsufficientResourcesError,
        asyncpg.OperatorInterventionError,
        asyncpg.TransactionRollbackError,
    )
    return isinstance(error, passing) and not isinstance(error, asyncpg.ClientConfigurationError)
