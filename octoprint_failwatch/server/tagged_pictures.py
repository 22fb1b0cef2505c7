"""Tagged pictures: kept for a while under names that nobody can guess."""

from __future__ import annotations

import asyncio
import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ..engine import serialization
from ..engine.imaging.annotation import tagged
from ..engine.models import Box
from .database import Database

SCHEMA = """
CREATE TABLE pictures (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  expires_at REAL NOT NULL,
  boxes TEXT,
  jpeg BLOB NOT NULL
)
"""

MAX_BYTES = 512 * 2**20
"""What all kept pictures may take; beyond it the oldest go before their time."""

TIDY_EVERY = 50


class TaggedPictures:
    """Pictures with their boxes, each for `keep` seconds.

    The boxes are drawn when a picture is first fetched, since most never are.
    """

    def __init__(self, path: Path, keep: float, *, now: Callable[[], float] = time.time) -> None:
        """Open or create the file; raises BadSetting."""
        self._database = Database(path, SCHEMA)
        self._keep = keep
        self._now = now
        self._kept = 0

    async def keep(self, jpeg: bytes, boxes: Sequence[Box]) -> str:
        """Keep a picture, and return its name."""
        name = secrets.token_urlsafe(24)
        row = (name, self._now() + self._keep, json.dumps(serialization.to_json(boxes)), jpeg)
        tidy = self._kept % TIDY_EVERY == 0
        self._kept += 1

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO pictures (name, expires_at, boxes, jpeg) VALUES (?, ?, ?, ?)", row
            )
            if tidy:
                _tidy(connection, self._now())

        await self._database.run(work)
        return name

    async def take(self, name: str) -> tuple[bytes, float] | None:
        """Return a tagged picture as JPEG and for how many seconds it stays, None where there is none."""

        def read(connection: sqlite3.Connection) -> tuple[float, str | None, bytes] | None:
            row: tuple[float, str | None, bytes] | None = connection.execute(
                "SELECT expires_at, boxes, jpeg FROM pictures WHERE name = ?", (name,)
            ).fetchone()
            return row

        row = await self._database.run(read)
        if row is None or row[0] <= self._now():
            return None
        expires_at, boxes, jpeg = row
        if boxes is not None:
            found = [serialization.from_json(Box, box) for box in json.loads(boxes)]
            jpeg = await asyncio.to_thread(tagged, jpeg, found)
            await self._database.run(
                lambda connection: connection.execute(
                    "UPDATE pictures SET boxes = NULL, jpeg = ? WHERE name = ?", (jpeg, name)
                )
            )
        return jpeg, expires_at - self._now()

    async def close(self) -> None:
        """Close the file."""
        await self._database.close()


def _tidy(connection: sqlite3.Connection, now: float) -> None:
    connection.execute("DELETE FROM pictures WHERE expires_at <= ?", (now,))
    connection.execute(
        "DELETE FROM pictures WHERE id <= (SELECT id FROM"
        " (SELECT id, SUM(LENGTH(jpeg)) OVER (ORDER BY id DESC) AS bytes FROM pictures)"
        " WHERE bytes > ? ORDER BY id DESC LIMIT 1)",
        (MAX_BYTES,),
    )
