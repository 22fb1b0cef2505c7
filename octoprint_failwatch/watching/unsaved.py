"""Find out whether FailWatch can store what it knows: a full disk ends no watch, but people have to be told."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from ..engine.history import History
from ..engine.storage import replace_file, unstored

FULL_BELOW = 1_000_000
"""Free bytes below which whatever fails is put down to a full disk: SQLite calls that an I/O error."""
PROBE = 65_536  # bytes: more than a state has


class Unsaved(StrEnum):
    """Why something cannot be stored, as the page is told."""

    FULL = "full"
    READ_ONLY = "read_only"
    FAILED = "failed"


def unsaved(history: History, folder: Path) -> Unsaved | None:
    """Return why history, state or identity could not be stored at the last try, None if they could."""
    problem = history.problem or unstored(folder)
    return None if problem is None else _reason(problem, folder)


def can_store(folder: Path) -> bool:
    """Return whether a file can be written now. Blocks."""
    probe = folder / "probe.txt"
    try:
        replace_file(probe, " " * PROBE)
    except OSError:
        return False
    finally:
        for left in (probe, probe.with_name(f".{probe.name}.new")):
            with suppress(OSError):
                left.unlink()
    return True


def _reason(problem: Exception, folder: Path) -> Unsaved:
    cause = problem.__cause__ or problem
    number = cause.errno if isinstance(cause, OSError) else None
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    if number in (errno.ENOSPC, errno.EDQUOT) or code == sqlite3.SQLITE_FULL or _free(folder) < FULL_BELOW:
        return Unsaved.FULL
    if number == errno.EROFS or code == sqlite3.SQLITE_READONLY:
        return Unsaved.READ_ONLY
    return Unsaved.FAILED


def _free(folder: Path) -> float:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return float("inf")
