"""Open the server's storage: statistics and tagged pictures, in files or in a database."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from ..engine.errors import BadSetting
from .database import is_full
from .postgresql import PostgresPictures, PostgresPrinters, opened_database
from .printer_statistics import Printers
from .settings import ServerSettings
from .sqlite_printers import SqlitePrinters
from .tagged_pictures import Pictures, SqlitePictures


@dataclass(frozen=True, slots=True)
class Storage:
    """The server's storage."""

    printers: Printers
    pictures: Pictures


@asynccontextmanager
async def opened_storage(settings: ServerSettings) -> AsyncIterator[Storage]:
    """Open the storage while the server runs. Raises BadSetting if it cannot be used."""
    opened = _in_files(settings) if settings.database is None else _in_postgresql(settings, settings.database)
    async with opened as storage:
        yield storage


@asynccontextmanager
async def _in_postgresql(settings: ServerSettings, url: str) -> AsyncIterator[Storage]:
    async with opened_database(url) as database:
        yield Storage(
            PostgresPrinters(database, forget_after=settings.forget_after),
            PostgresPictures(database, settings.keep_pictures),
        )


@asynccontextmanager
async def _in_files(settings: ServerSettings) -> AsyncIterator[Storage]:
    pictures = SqlitePictures(settings.data_dir / "pictures.sqlite", settings.keep_pictures)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(pictures.close)
        try:
            printers = _printers(settings, pictures)
        except BadSetting as error:
            if not (isinstance(error.__cause__, sqlite3.Error) and is_full(error.__cause__)):
                raise
            await pictures.make_room()
            printers = _printers(settings, pictures)
        stack.push_async_callback(printers.close)
        yield Storage(printers, pictures)


def _printers(settings: ServerSettings, pictures: SqlitePictures) -> SqlitePrinters:
    return SqlitePrinters(
        settings.data_dir / "printers.sqlite",
        forget_after=settings.forget_after,
        make_room=pictures.make_room,
    )
