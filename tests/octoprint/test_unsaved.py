"""A disk that takes nothing is told in the tab and once in the log, and prints are watched all the same."""

from __future__ import annotations

import errno
import logging
import sqlite3
from pathlib import Path

import pytest

from octoprint_failwatch.engine.history import History, HistoryError
from octoprint_failwatch.engine.history.retention import Retention
from octoprint_failwatch.engine.storage import unstored, write_json
from octoprint_failwatch.watching import unsaved as module
from octoprint_failwatch.watching.unsaved import Unsaved, can_store, unsaved

pytestmark = pytest.mark.one_octoprint


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says")
    error.sqlite_errorcode = code
    return error


def caused(error: Exception) -> HistoryError:
    wrapped = HistoryError("It cannot be opened.")
    wrapped.__cause__ = error
    return wrapped


@pytest.mark.parametrize(
    ("problem", "free", "says"),
    [
        (None, 0, None),
        (OSError(errno.ENOSPC, ""), 1e9, Unsaved.FULL),
        (OSError(errno.EDQUOT, ""), 1e9, Unsaved.FULL),
        (OSError(errno.EROFS, ""), 1e9, Unsaved.READ_ONLY),
        (OSError(errno.EACCES, ""), 1e9, Unsaved.FAILED),
        (sqlite_error(sqlite3.SQLITE_FULL), 1e9, Unsaved.FULL),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), 1e9, Unsaved.FAILED),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), 100, Unsaved.FULL),
        (sqlite_error(sqlite3.SQLITE_READONLY_DIRECTORY), 1e9, Unsaved.READ_ONLY),
        (caused(sqlite_error(sqlite3.SQLITE_FULL)), 1e9, Unsaved.FULL),
        (caused(OSError(errno.EROFS, "")), 1e9, Unsaved.READ_ONLY),
    ],
)
def test_why_nothing_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception | None, free: float, says: object
) -> None:
    monkeypatch.setattr(module, "_free", lambda _: free)
    history = History(tmp_path / "history.db")
    history.problem = problem
    assert unsaved(history, tmp_path) is says
    history.close()


def test_a_disk_without_room_is_told_once_and_so_is_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file, history = tmp_path / "state.json", History(tmp_path / "history.db")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with caplog.at_level(logging.WARNING), monkeypatch.context() as disk:
        disk.setattr("octoprint_failwatch.engine.storage.os.fsync", full)
        for number in range(3):
            assert not write_json(file, number)
            history.write(lambda _: full())
        history.settle()
        assert unsaved(history, tmp_path) is Unsaved.FULL
        assert not can_store(tmp_path)
    assert [record.getMessage() for record in caplog.records] == [
        "state.json cannot be stored: [Errno 28] No space left on device",
        "The history could not be written: [Errno 28] No space left on device",
    ]
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        for number in range(2):
            assert write_json(file, number)
            history.write(lambda _: None)
        history.settle()
    assert [record.getMessage() for record in caplog.records] == [
        "state.json is stored again.",
        "The history is written again.",
    ]
    assert (unstored(tmp_path), unsaved(history, tmp_path)) == (None, None)
    assert can_store(tmp_path)
    history.close()
    assert {path.name for path in tmp_path.iterdir()} == {"state.json", "history.db"}


def test_a_history_that_cannot_be_made_is_told_and_made_as_soon_as_it_can(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    place = tmp_path / "data" / "history.db"
    with pytest.raises(HistoryError) as caught:
        History.of_host(place, Retention())
    history = History(place, blocked=caught.value)
    assert unsaved(history, place.parent) is Unsaved.FAILED
    (tmp_path / "data").unlink()
    history.write(lambda _: None)
    history.settle()
    assert (unsaved(history, place.parent), history.prints()) == (None, [])
    history.close()
