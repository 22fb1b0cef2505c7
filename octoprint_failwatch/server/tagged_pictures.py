"""Tagged pictures, stored for a while under names that nobody can guess."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from ..engine import serialization
from ..engine.imaging.annotation import tagged
from ..engine.models import Box
from .database import Database, is_held

_LOGGER = logging.getLogger(__name__)

PICTURES = """
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

RESERVE = 64 * 2**20
"""Bytes of the disk that are left for statistics."""

REST_SECONDS = 60.0
"""How long no pictures are kept after they had to make room."""

HELD_SECONDS = 5.0
"""How long no pictures are kept after another process held their file."""

TIDY_SECONDS = 60.0
"""How long expired pictures, which nobody is shown, may stay on the disk: finding them means reading the whole table."""


class Pictures(Protocol):
    """Keeps tagged pictures for a while."""

    async def keep(self, jpeg: bytes, boxes: Sequence[Box]) -> str | None:
        """Store a picture and return its name; None if there is no room, which does not fail the request."""

    async def take(self, name: str) -> tuple[bytes, float] | None:
        """Return a tagged picture as JPEG and the seconds until it expires, None if there is none."""

    async def close(self) -> None:
        """Release all resources."""


class SqlitePictures:
    """Pictures with their boxes in one file, each for `keep` seconds.

    Boxes are drawn when a picture is first fetched, since most never are.
    """

    def __init__(self, path: Path, keep: float, *, now: Callable[[], float] = time.time) -> None:
        """Open or create the file; raises BadSetting."""
        self._database = Database(path, ((PICTURES,),))
        self._keep = keep
        self._now = now
        self._bytes = 0.0
        self._counted: sqlite3.Connection | None = None
        self._tidied_at = 0.0
        self._rests_until = 0.0
        self._failing = False

    async def keep(self, jpeg: bytes, boxes: Sequence[Box]) -> str | None:
        """Keep a picture, and return its name."""
        name = secrets.token_urlsafe(24)
        now = self._now()
        if self._keep <= 0 or now < self._rests_until:
            return None
        row = (name, now + self._keep, boxes_to_text(boxes), jpeg)

        def work(connection: sqlite3.Connection) -> None:
            if shutil.disk_usage(self._database.path.parent).free < RESERVE + len(jpeg):
                raise sqlite3.OperationalError("the disk is almost full")
            connection.execute(
                "INSERT INTO pictures (name, expires_at, boxes, jpeg) VALUES (?, ?, ?, ?)", row
            )
            self._limit(connection, len(jpeg), now)

        try:
            await self._database.run(work)
        except (sqlite3.Error, OSError) as error:
            self._counted = None
            if not self._failing:
                _LOGGER.warning("Tagged pictures cannot be kept: %s", error)
            self._failing = True
            if is_held(error):  # the next frames need not wait for it, too
                self._rests_until = self._now() + HELD_SECONDS
            return None
        self._failing = False
        return name

    async def take(self, name: str) -> tuple[bytes, float] | None:
        """Return a tagged picture as JPEG and the seconds until it expires, None if there is none."""

        def read(connection: sqlite3.Connection) -> tuple[float, str | None, bytes] | None:
            row: tuple[float, str | None, bytes] | None = connection.execute(
                "SELECT expires_at, boxes, jpeg FROM pictures WHERE name = ?", (name,)
            ).fetchone()
            return row

        row = await self._database.call(read)
        if row is None or row[0] <= self._now():
            return None
        expires_at, boxes, jpeg = row
        if boxes is not None:
            jpeg = await drawn(jpeg, boxes)
            try:
                await self._database.run(
                    lambda connection: connection.execute(
                        "UPDATE pictures SET boxes = NULL, jpeg = ? WHERE name = ?", (jpeg, name)
                    )
                )
            except sqlite3.Error as error:  # it is drawn again the next time
                _LOGGER.debug("A drawn picture could not be kept: %s", error)
        return jpeg, expires_at - self._now()

    async def make_room(self) -> None:
        """Delete all pictures and store none for a while: statistics matter more."""
        if self._now() >= self._rests_until:
            _LOGGER.warning("The disk is full: all tagged pictures are deleted to make room.")
            self._rests_until = self._now() + REST_SECONDS
            await self._database.clear()

    async def close(self) -> None:
        """Close the file."""
        await self._database.close()

    def _limit(self, connection: sqlite3.Connection, added: int, now: float) -> None:
        """Delete expired pictures now and then, and at once the oldest of those that take too much."""
        self._bytes += added
        if connection is not self._counted or abs(now - self._tidied_at) >= TIDY_SECONDS:
            connection.execute("DELETE FROM pictures WHERE expires_at <= ?", (now,))
            (self._bytes,) = connection.execute("SELECT TOTAL(LENGTH(jpeg)) FROM pictures").fetchone()
            self._counted, self._tidied_at = connection, now
        oldest = "SELECT id, LENGTH(jpeg) FROM pictures ORDER BY id LIMIT 1"
        while self._bytes > MAX_BYTES and (found := connection.execute(oldest).fetchone()) is not None:
            connection.execute("DELETE FROM pictures WHERE id = ?", found[:1])
            self._bytes -= found[1]


def boxes_to_text(boxes: Sequence[Box]) -> str:
    """Return boxes as text for the database."""
    return json.dumps(serialization.to_json(boxes))


async def drawn(jpeg: bytes, boxes: str) -> bytes:
    """Return a picture with its boxes drawn."""
    found = [serialization.from_json(Box, box) for box in json.loads(boxes)]
    return await asyncio.to_thread(tagged, jpeg, found)
