"""Nothing is lost and nothing counted twice: full disks, damaged files, repeated requests, old printers."""

import logging
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from octoprint_failwatch.engine.errors import BadSetting
from octoprint_failwatch.engine.statistics import TemporalStatistics, advance
from octoprint_failwatch.server.printer_statistics import MAX_RECENT, Look, PrinterRecord
from octoprint_failwatch.server.settings import ServerSettings
from octoprint_failwatch.server.sqlite_printers import PRINTERS, SqlitePrinters
from octoprint_failwatch.server.storage import opened_storage
from octoprint_failwatch.server.tagged_pictures import PICTURES, SqlitePictures
from tests.server.serving import JPEG, TOKEN, another, printers_of, serving

DAY = 86400.0


def look(number: int, print_id: str = "print", at: float | None = None, p: float = 0.5) -> Look:
    """Return a frame's result that is like no other."""
    at = time.time() if at is None else at
    return Look(print_id, p, f"{print_id}/{number}", at, at + 60)


async def lifetime(printers: SqlitePrinters, printer_id: str, number: int, at: float | None = None) -> int:
    """Count a frame and return the printer's count."""
    counted = await printers.advance("owner", printer_id, look(number, at=at))
    return counted.statistics.prediction_num_lifetime


# Repetitions


async def test_a_repeated_request_counts_once(tmp_path: Path) -> None:
    """The same bytes for the same print; and it is answered as the first one was."""
    async with serving(tmp_path, [0.1, 0.9, 0.5]) as served:
        picture = another()
        first = await served.result(img=picture)
        again = await served.result(img=picture)
        assert (again["p"], again["temporal_stats"]) == (first["p"], first["temporal_stats"])
        other_print = await served.result(img=picture, print_id="other")
        assert other_print["temporal_stats"]["prediction_num_lifetime"] == 2
        other_printer = await served.result("other", img=picture)
        assert other_printer["temporal_stats"]["prediction_num_lifetime"] == 1


async def test_a_repeated_key_counts_once_whatever_the_bytes(tmp_path: Path) -> None:
    async with serving(tmp_path, [0.1, 0.9, 0.5, 0.7]) as served:
        numbers = []
        for key in ("a", "a", "b", None):
            result = await served.result(headers={"Idempotency-Key": key} if key else {})
            numbers.append(result["temporal_stats"]["prediction_num"])
        assert numbers == [1, 1, 2, 3]
        picture = another()
        for number, key in ((4, "c"), (5, "d")):  # the same bytes on purpose
            result = await served.result(img=picture, headers={"Idempotency-Key": key})
            assert result["temporal_stats"]["prediction_num"] == number
        refused = await served.predict(headers={"Idempotency-Key": "x" * 257})
        assert refused.status == 400


def test_repetitions_are_remembered_for_their_time_and_in_bounds() -> None:
    record, first = PrinterRecord().count(look(1, at=1000.0))
    assert record.count(look(1, at=1059.9))[1] is first
    later, counted = record.count(look(1, at=1060.0))
    assert counted.statistics.prediction_num == 2
    assert len(later.recent) == 1
    for number in range(200):
        record, _ = record.count(look(number + 2, at=1001.0))
    assert len(record.recent) == MAX_RECENT
    assert PrinterRecord.from_row(record.to_row()).to_row() == record.to_row()


async def test_repetitions_are_known_after_a_restart(tmp_path: Path) -> None:
    for _ in range(3):
        async with printers_of(tmp_path) as printers:
            assert await lifetime(printers, "printer", 7) == 1


# Printers that are gone


async def test_a_printer_unseen_for_a_year_leaves_its_lifetime(tmp_path: Path) -> None:
    now = 1000.0
    async with printers_of(tmp_path, now=lambda: now) as printers:
        for number in range(3):
            await lifetime(printers, "old", number, at=now)
        await lifetime(printers, "busy", 1, at=now)
        now += 200 * DAY
        await lifetime(printers, "busy", 2, at=now)
        now += 200 * DAY
        await lifetime(printers, "busy", 3, at=now)
        assert await printers.count() == 1
        back = (await printers.advance("owner", "old", look(9, at=now))).statistics
        assert (back.prediction_num, back.prediction_num_lifetime) == (1, 4)
        expected = TemporalStatistics()
        for _ in range(4):
            expected = advance(expected, 0.5)
        assert back.rolling_mean_long == pytest.approx(expected.rolling_mean_long)
        assert await printers.count() == 2
        now += 400 * DAY
        await lifetime(printers, "busy", 4, at=now)
        assert await printers.count() == 1
        assert await lifetime(printers, "old", 10, at=now) == 5


async def test_an_older_file_is_taken_over(tmp_path: Path) -> None:
    """As 0.1.0 left it."""
    with sqlite3.connect(tmp_path / "printers.sqlite") as connection:
        connection.execute(PRINTERS)
        row = ("owner", "printer", "print", 0.1, 0.2, 0.3, 5, 6)
        connection.execute("INSERT INTO printers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    expected = advance(TemporalStatistics(0.1, 0.2, 0.3, 5, 6, 5.0, 6.0), 0.5)
    async with printers_of(tmp_path) as printers:
        assert (await printers.advance("owner", "printer", look(1))).statistics == expected


# Full disks


def fill(printers: SqlitePrinters, *, full: bool) -> None:
    """Let a database grow no more, or grow again."""
    connection = printers._database._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages if full else 2**30}")


async def test_a_full_disk_costs_no_statistics(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """They go on in memory, room is asked for, and they are written when there is some."""
    asked: list[str] = []

    async def make_room() -> None:
        asked.append("room")

    async with printers_of(tmp_path, make_room=make_room) as printers:
        for number in range(20):
            await lifetime(printers, f"printer-{number}" + "x" * 200, 1)
        fill(printers, full=True)
        for number in range(40):
            for frame in range(3):
                assert await lifetime(printers, f"new-{number}" + "x" * 200, frame) == frame + 1
        assert asked
        assert await lifetime(printers, "new-39" + "x" * 200, 2) == 3, "a repetition"
        assert caplog.text.count("cannot be written") == 1
        fill(printers, full=False)
        assert await lifetime(printers, "one more", 1) == 1
        assert await lifetime(printers, "one more", 2) == 2
        assert "written again" in caplog.text
        assert not printers._unsaved
    async with printers_of(tmp_path) as printers:
        for number in range(40):
            assert await lifetime(printers, f"new-{number}" + "x" * 200, 9) == 4


async def test_what_is_unsaved_is_saved_at_the_end(tmp_path: Path) -> None:
    async with printers_of(tmp_path) as printers:
        fill(printers, full=True)
        for number in range(200):
            await lifetime(printers, f"printer-{number}" + "x" * 200, 1)
        assert printers._unsaved
        fill(printers, full=False)
    async with printers_of(tmp_path) as printers:
        assert await printers.count() == 200


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        mounted = None
    if not mounted or mounted.returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def use_up(disk: Path) -> None:
    """Leave no room on a disk."""
    with (disk / "filler").open("ab", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))


def set_aside(folder: Path) -> Path:
    """Return the damaged file that was set aside."""
    (aside,) = folder.glob("printers.damaged-*.sqlite")
    return aside


def names(folder: Path) -> list[str]:
    """Return the names of a folder's files."""
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


async def test_pictures_make_room_on_a_full_disk(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A real one: every answer comes, with p and statistics, and the last of them are on the disk."""
    monkeypatch.setattr("octoprint_failwatch.server.tagged_pictures.RESERVE", 0)
    large = JPEG + bytes(100_000)
    async with serving(small_disk / "data", [0.5]) as served:
        for number in range(1, 31):
            result = await served.result(f"printer-{number % 3}" + "x" * 200, img=another(large))
            assert result["p"] == 0.5
            assert result["temporal_stats"]["prediction_num"] == (number + 2) // 3
    assert "cannot be kept" in caplog.text
    async with serving(small_disk / "data", [0.5]) as served:
        assert (await served.result("another", img=another(large)))["tagged_img_url"]
    use_up(small_disk)
    async with serving(small_disk / "data", [0.5]) as served:
        for number in range(31, 61):
            result = await served.result(f"printer-{number % 3}" + "x" * 200, img=another(large))
            assert result["temporal_stats"]["prediction_num"] == (number + 2) // 3
    (small_disk / "filler").unlink()
    async with serving(small_disk / "data", [0.5]) as served:
        result = await served.result("printer-0" + "x" * 200)
        assert result["temporal_stats"]["prediction_num"] == 21


async def test_a_first_start_on_a_full_disk_leaves_nothing(small_disk: Path) -> None:
    use_up(small_disk)
    chosen = ServerSettings(data_dir=small_disk / "data", tokens=(TOKEN,))
    with pytest.raises(BadSetting, match="cannot be used"):
        async with opened_storage(chosen):
            raise AssertionError
    assert not names(small_disk / "data")
    (small_disk / "filler").unlink()
    async with opened_storage(chosen) as storage:
        assert (await storage.printers.advance("owner", "printer", look(1))).statistics.prediction_num == 1


# Damaged files


async def many(folder: Path, count: int = 400) -> None:
    """Write a file with so many printers."""
    async with printers_of(folder) as printers:
        for number in range(count):
            await lifetime(printers, f"printer-{number:03}" + "x" * 100, 1)


async def test_of_a_damaged_file_what_can_be_read_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The file is set aside, and it is told."""
    await many(tmp_path)
    file = tmp_path / "printers.sqlite"
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = b"\xff" * 8192
    file.write_bytes(content)
    with caplog.at_level(logging.ERROR):
        async with printers_of(tmp_path) as printers:
            saved = await printers.count()
            assert 200 < saved < 400
            assert await lifetime(printers, "printer-000" + "x" * 100, 2) == 2
            assert await lifetime(printers, "printer-399" + "x" * 100, 2) == 2
    aside = set_aside(tmp_path)
    assert aside.read_bytes()[4096 : len(content)] == content[4096:]
    assert f"{saved} rows" in caplog.text
    assert aside.name in caplog.text


async def test_a_file_that_is_none_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "printers.sqlite").write_bytes(b"no database" * 999)
    async with printers_of(tmp_path) as printers:
        assert await lifetime(printers, "printer", 1) == 1
    aside = set_aside(tmp_path)
    assert aside.read_bytes().startswith(b"no database")


async def test_rows_that_cannot_be_right_are_not_taken_over(tmp_path: Path) -> None:
    await many(tmp_path, 300)
    with sqlite3.connect(tmp_path / "printers.sqlite") as connection:
        connection.execute("UPDATE printers SET ewm_mean = 7 WHERE printer_id LIKE 'printer-000%'")
        connection.execute("UPDATE printers SET recent = 'x' WHERE printer_id LIKE 'printer-001%'")
        connection.execute("UPDATE printers SET prediction_num = 'x' WHERE printer_id LIKE 'printer-002%'")
    connection.close()
    file = tmp_path / "printers.sqlite"
    content = bytearray(file.read_bytes())
    content[-4096:] = b"\xff" * 4096
    file.write_bytes(content)
    async with printers_of(tmp_path) as printers:
        for number in range(3):
            assert await lifetime(printers, f"printer-00{number}" + "x" * 100, 2) == 1
        assert await lifetime(printers, "printer-003" + "x" * 100, 2) == 2


async def test_damage_while_it_runs_is_mended(tmp_path: Path) -> None:
    """No answer is lost, and what could be read goes on."""
    async with printers_of(tmp_path) as printers:
        for number in range(400):
            await lifetime(printers, f"printer-{number:03}" + "x" * 100, 1)
        connection = printers._database._connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA shrink_memory")
        size = (tmp_path / "printers.sqlite").stat().st_size
        with (tmp_path / "printers.sqlite").open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (size - 4096))
        connection.close()
        printers._database._connection = sqlite3.connect(
            tmp_path / "printers.sqlite", isolation_level=None, check_same_thread=False
        )
        assert await lifetime(printers, "printer-000" + "x" * 100, 2) in (1, 2)
        assert await lifetime(printers, "printer-000" + "x" * 100, 3) in (2, 3)
    assert set_aside(tmp_path)


@pytest.mark.parametrize("damage", [b"no database" * 999, b"SQLite format 3\0" + b"\xff" * 9000], ids=len)
async def test_a_damaged_picture_file_is_replaced(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "pictures.sqlite").write_bytes(damage)
    pictures = SqlitePictures(tmp_path / "pictures.sqlite", 60.0)
    name = await pictures.keep(JPEG, ())
    assert name is not None
    assert await pictures.take(name) is not None
    await pictures.close()
    assert names(tmp_path) == ["pictures.sqlite", "pictures.sqlite-journal"]


# Permissions


async def test_the_files_are_their_owners_alone(tmp_path: Path) -> None:
    """Also those that an earlier version left readable."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "printers.sqlite").touch(mode=0o644)
    async with serving(data) as served:
        await served.result()
        files = names(data)
        assert set(files) >= {"printers.sqlite", "pictures.sqlite", "printers.sqlite-wal"}
        assert {(data / name).stat().st_mode & 0o777 for name in files} == {0o600}


async def test_pictures_of_an_older_release_are_still_there(tmp_path: Path) -> None:
    """It wrote them twice, first into a log of its own, and in smaller pages."""
    path = tmp_path / "pictures.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(PICTURES)
        row = ("a-name", time.time() + 60, None, JPEG)
        connection.execute("INSERT INTO pictures (name, expires_at, boxes, jpeg) VALUES (?, ?, ?, ?)", row)
        connection.execute("PRAGMA user_version = 1")
    pictures = SqlitePictures(path, 60.0)
    name = await pictures.keep(JPEG, ())
    assert name is not None
    old, new = await pictures.take("a-name"), await pictures.take(name)
    assert old is not None
    assert old[0] == JPEG
    assert new is not None
    await pictures.close()
    assert names(tmp_path) == ["pictures.sqlite", "pictures.sqlite-journal"]
