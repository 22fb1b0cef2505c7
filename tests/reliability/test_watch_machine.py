"""`failwatch watch` while the machine below it breaks: clock, sleep, power, disk, and the file of its history."""

from __future__ import annotations

import asyncio
import random
import resource
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest

from octoprint_failwatch.engine.history import History

from .bearing import SEED, WHOLE, statistics_are_right
from .rows import Row, record
from .watch_program import WatchProgram, watch_program

QUICK = ("--interval", "1")
HOUR = 3600.0
KILLS = 6 if WHOLE else 2


async def _clock_ahead(program: WatchProgram) -> None:
    program.break_program(clock=HOUR)


async def _clock_back(program: WatchProgram) -> None:
    program.break_program(clock=-HOUR)


async def _asleep(program: WatchProgram) -> None:
    program.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(8)  # longer than the interval: this is the fault itself
    program.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize(
    ("fault", "breaks", "off_by"),
    [
        ("an hour ahead", _clock_ahead, HOUR),
        ("an hour back", _clock_back, -HOUR),
        ("suspended", _asleep, 0.0),
    ],
)
async def test_a_clock_that_jumps_and_a_machine_that_sleeps_change_nothing(
    tmp_path: Path, fault: str, breaks: Callable[[WatchProgram], Awaitable[None]], off_by: float
) -> None:
    async with watch_program(tmp_path / "lab", SEED, 1.0, *QUICK) as (program, world):
        await program.looked(3)
        await breaks(program)
        began = time.monotonic()
        await program.looked(1)
        back_after = time.monotonic() - began
        await program.looked(3)
        last = program.looks[-1]
        code = await program.stop()
    events = [line["event"] for _, line in program.said if "event" in line]
    row = Row(
        program="failwatch watch",
        edge="the machine",
        fault=fault,
        told="nothing: it goes on",
        told_after=None,
        recovered_after=back_after,
        print_goes_on=code == 0 and events == ["started", "ended"],
        statistics_right=statistics_are_right(program.looks, world.answered),
    )
    if WHOLE:
        record(row)
    assert row.print_goes_on, (events, program.errors)
    assert row.statistics_right, [
        [(look["p"], look["prediction_num"], look["rolling_mean_long"]) for look in program.looks],
        world.answered,
    ]
    assert abs(last["time"] - (time.time() + off_by)) < 60, "its times are those of the clock"
    assert back_after < 30


async def test_killed_at_any_moment_what_was_seen_is_known_and_what_was_learned_goes_on(
    tmp_path: Path,
) -> None:
    draw = random.Random(SEED)
    database = tmp_path / "history.db"
    learned = 0
    for number in range(KILLS):
        where = ("--history", str(database), *QUICK)
        async with watch_program(tmp_path / f"lab{number}", SEED + number, 1.0, *where) as (program, world):
            await program.looked(draw.randint(1, 4))
            await asyncio.sleep(draw.random())  # any moment between two pictures
            program.process.kill()
            await program.process.wait()
        first = program.looks[0]
        assert first["prediction_num_lifetime"] == learned + 1
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        history = History(database)
        frames = list(history.frames(history.prints()[0].print_id))
        standing = history.standing("camera")
        history.close()
        assert standing is not None
        learned = standing.memory.statistics.prediction_num_lifetime
        assert len(program.looks) - 1 <= len(frames) <= len(program.looks) + 1, f"seed {SEED}"
        numbers = [asdict(frame.look.statistics) for frame in frames]
        assert [one["prediction_num"] for one in numbers] == list(range(1, len(frames) + 1))
        assert {frame.look.p for frame in frames} <= set(world.answered)
    if WHOLE:
        record(
            Row(
                program="failwatch watch",
                edge="the machine",
                fault=f"SIGKILL, {KILLS} times",
                told="nothing; the next start goes on with what was learned",
                told_after=None,
                recovered_after=None,
            )
        )


async def test_a_full_disk_stops_nothing_and_once_there_is_room_the_history_goes_on(tmp_path: Path) -> None:
    async with watch_program(tmp_path / "lab", SEED, 1.0, *QUICK) as (program, world):
        await program.looked(3)
        _, hard = resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (0, hard))
        await program.looked(4)
        resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        began = time.monotonic()
        await program.looked(4)
        code = await program.stop()
    history = History(tmp_path / "lab" / "history.db")
    frames = list(history.frames(history.prints()[0].print_id))
    history.close()
    numbers = [frame.look.number for frame in frames]
    row = Row(
        program="failwatch watch",
        edge="the machine",
        fault="full disk",
        told=_said(program.errors) or "nothing: it goes on",
        told_after=None,
        recovered_after=time.monotonic() - began,
        print_goes_on=code == 0,
        statistics_right=statistics_are_right(program.looks, world.answered),
    )
    if WHOLE:
        record(row)
    assert row.print_goes_on, program.errors
    assert row.statistics_right
    assert numbers[0] == 1
    assert numbers[-1] >= len(program.looks) - 1, "it is written again"
    assert "Traceback" not in program.errors, program.errors


def _said(errors: str) -> str:
    return errors.strip().splitlines()[-1] if errors.strip() else ""


async def test_a_history_that_is_damaged_is_told_and_nothing_of_it_is_overwritten(tmp_path: Path) -> None:
    database = tmp_path / "history.db"
    database.write_bytes(b"no database" * 999)
    await _ends_at_the_start(tmp_path / "lab", database, "damaged history")
    assert database.read_bytes() == b"no database" * 999


async def test_a_disk_that_is_read_only_is_told_at_the_start(tmp_path: Path, protected: Path) -> None:
    await _ends_at_the_start(tmp_path / "lab", protected / "history.db", "disk read-only")


async def _ends_at_the_start(lab: Path, database: Path, fault: str) -> None:
    """Watch with a history that cannot be used: the program names it and ends."""
    async with watch_program(lab, SEED, 1.0, *QUICK, "--history", str(database)) as (program, _):
        began = time.monotonic()
        code = await program.process.wait()
        told_after = time.monotonic() - began
        await asyncio.sleep(0)
    row = Row(
        program="failwatch watch",
        edge="the machine",
        fault=fault,
        told=_said(program.errors),
        told_after=told_after,
        recovered_after=None,
    )
    if WHOLE:
        record(row)
    assert code == 1
    assert "history.db" in row.told
    assert "Traceback" not in program.errors
