"""What breaks below a real program: its disk, and its power."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from octoprint_failwatch.engine.history import History
from octoprint_failwatch.engine.history.records import FrameRecord
from stack.processes import Program


@contextmanager
def full_disk(program: Program) -> Iterator[None]:
    """Let nothing that a program started write another byte to a file, as on a full disk."""
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in program.processes()}
    for pid, (_, hard) in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limit in limits.items():
            if Path(f"/proc/{pid}").exists():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


def recorded(folder: Path) -> dict[str, list[FrameRecord]]:
    """Return the frames of every print in a folder's history, oldest print first; the file must be sound."""
    (file,) = folder.glob("*history.db")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    history = History(file)
    try:
        return {
            record.print_id: list(history.frames(record.print_id)) for record in reversed(history.prints())
        }
    finally:
        history.close()
