"""Store small JSON files and SQLite databases so that a crash at any moment leaves the old or the new."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_LOGGER = logging.getLogger(__name__)
_unstored: dict[Path, OSError] = {}
"""Why a file could not be stored when that was last tried; it leaves with the next try that succeeds."""


def read_json(path: Path) -> Any:
    """Return a file's content, None if it is missing or cannot be read."""
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        _LOGGER.warning("%s cannot be read and is left aside: %s", path.name, error)
        return None


def write_json(path: Path, content: Any) -> bool:
    """Replace a file in one step and return whether it is stored.

    A full or broken disk is logged where it begins and where it is over: a print is watched all the same.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, json.dumps(content))
    except OSError as error:
        if path not in _unstored:
            _LOGGER.warning("%s cannot be stored: %s", path.name, error)
        _unstored[path] = error
        return False
    if _unstored.pop(path, None) is not None:
        _LOGGER.warning("%s is stored again.", path.name)
    return True


def unstored(folder: Path) -> OSError | None:
    """Return why a file of a folder could not be stored at the last try, None if all could."""
    return next((error for path, error in tuple(_unstored.items()) if path.parent == folder), None)


def replace_file(path: Path, text: str) -> None:
    """Replace a file in one step: readers see the old text or the new. Its permissions stay.

    Raises OSError.
    """
    draft = path.with_name(f".{path.name}.new")
    if path.exists():
        # Before there is anything to read in it.
        draft.touch(mode=0o600)
        draft.chmod(path.stat().st_mode & 0o777)
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


# What a new file looks like has to be said before anything is written, so auto_vacuum comes first.
DURABLE = ("auto_vacuum = INCREMENTAL", "journal_mode = WAL", "synchronous = NORMAL")


def open_database(
    path: Path, *, newest: int, wait: float, pragmas: Sequence[str] = DURABLE
) -> sqlite3.Connection:
    """Return a connection, for one thread at a time, that begins no transaction by itself.

    `newest` is the version that this release writes. A database of a later one is left as it is. Raises
    sqlite3.Error.
    """
    connection = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
    try:
        version_of(connection, newest)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def version_of(connection: sqlite3.Connection, newest: int) -> int:
    """Return a database's version, 0 for a new one; raises sqlite3.Error for a later release's."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > newest:
        raise sqlite3.NotSupportedError(
            f"it was written by a later release of FailWatch (version {version}; this one knows {newest})"
        )
    return int(version)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit everything done within, or nothing if something raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:  # a full disk may have ended it already
            connection.execute("ROLLBACK")
