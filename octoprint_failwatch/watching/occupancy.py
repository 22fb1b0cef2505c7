"""Tell whether an OctoPrint runs on a folder, to notice that another one runs on a copy of it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import IO, Any

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows, where such a copy is not noticed
    fcntl = None

NAME = "running.lock"


def occupy(folder: Path) -> IO[bytes] | None:
    """Mark a folder as in use until the file is closed, or the program is gone; None if that cannot be done."""
    with suppress(OSError):
        mark = (folder / NAME).open("ab")
        if _lock(mark):
            return mark
        mark.close()
    return None


def is_occupied(folder: Path) -> bool:
    """Return whether somebody uses a folder at this moment."""
    with suppress(OSError), _open(folder / NAME) as mark:
        return not _lock(mark)
    return False


def _open(mark: Path) -> IO[bytes]:
    try:
        return mark.open("r+b")  # a network disk locks only what may be written
    except PermissionError:
        return mark.open("rb")  # another user's OctoPrint


def _lock(file: IO[bytes]) -> bool:
    """Lock a file, and return False if somebody else has done so. Raises OSError where the disk has no locks."""
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
