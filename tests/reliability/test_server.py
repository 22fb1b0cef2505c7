"""`failwatch serve` under load while the machine below it breaks: power, disk, database and clock."""

from __future__ import annotations

import asyncio
import json
import random
import re
import resource
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest

from .bearing import SEED, WHOLE
from .rows import Row, record
from .serve_program import Farm, farm
from .world import TOKEN

HOUR = 3600.0
KEPT_IN_MEMORY = "The statistics cannot be written"
NO_PICTURES = "Tagged pictures cannot be kept"
WRITTEN_AGAIN = "All statistics are written again."


@asynccontextmanager
async def _killed(served: Farm) -> AsyncIterator[None]:
    await served.kill()
    yield
    await served.start()


@asynccontextmanager
async def _suspended(served: Farm) -> AsyncIterator[None]:
    assert served.process is not None
    served.process.send_signal(signal.SIGSTOP)
    yield
    served.process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def _full(served: Farm) -> AsyncIterator[None]:
    """No file can grow."""
    assert served.process is not None
    _, hard = resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


@asynccontextmanager
async def _locked(served: Farm, name: str = "printers.sqlite") -> AsyncIterator[None]:
    """Another process holds a file for longer than the server waits for it."""
    with closing(sqlite3.connect(served.data / name, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@asynccontextmanager
async def _ahead(served: Farm) -> AsyncIterator[None]:
    served.break_program(clock=HOUR)
    yield


@asynccontextmanager
async def _back(served: Farm) -> AsyncIterator[None]:
    served.break_program(clock=-HOUR)
    yield


async def _answers(served: Farm) -> None:
    """It answers while it is broken."""
    await served.goes_on()


async def _answers_from_memory(served: Farm) -> None:
    await served.until(lambda: any(KEPT_IN_MEMORY in line for _, line in served.log))
    await served.goes_on()


async def _answers_without_pictures(served: Farm) -> None:
    await served.until(lambda: any(NO_PICTURES in line for _, line in served.log))
    await served.goes_on()


async def _is_missed(served: Farm) -> None:
    await served.until(lambda: served.refusals)


async def _some_time(_: Farm) -> None:
    await asyncio.sleep(8)  # this is the fault itself


Breaks = Callable[[Farm], AbstractAsyncContextManager[None]]
FAULTS: dict[str, tuple[Breaks, Callable[[Farm], Awaitable[None]]]] = {
    "SIGKILL, and started again": (_killed, _is_missed),
    "full disk": (_full, _answers_from_memory),
    "database locked": (_locked, _answers_from_memory),
    "tagged pictures locked": (partial(_locked, name="pictures.sqlite"), _answers_without_pictures),
    "suspended": (_suspended, _some_time),
    "an hour ahead": (_ahead, _answers),
    "an hour back": (_back, _answers),
}
CHOSEN = list(FAULTS) if WHOLE else random.Random(SEED).sample(list(FAULTS), 2)


@pytest.mark.parametrize("fault", CHOSEN)
async def test_every_fault_is_outlived_and_no_frame_is_lost_or_counted_twice(
    tmp_path: Path, fault: str
) -> None:
    breaks, until = FAULTS[fault]
    async with farm(tmp_path / "data") as served:
        began = time.monotonic()
        async with breaks(served):
            await until(served)
        mended = time.monotonic()
        await served.goes_on(1)
        back_after = time.monotonic() - mended
        await served.goes_on()
        told, told_after = served.told_since(began)
        if any(KEPT_IN_MEMORY in line for _, line in served.log):
            await served.until(lambda: any(WRITTEN_AGAIN in line for _, line in served.log))
        # What was answered must be on the disk by now.
        await served.kill()
        await served.start()
        await served.goes_on()
    row = Row(
        program="failwatch serve",
        edge="the machine",
        fault=fault,
        told=told,
        told_after=told_after,
        recovered_after=back_after,
        statistics_right=served.is_right(),
    )
    if WHOLE:
        record(row)
    assert row.statistics_right, f"seed {SEED}"
    assert back_after < 60, row
    log = "\n".join(line for _, line in served.log)
    assert "raceback" not in log
    assert TOKEN not in log


async def test_a_database_that_is_damaged_while_it_runs_is_set_aside_and_frames_are_answered(
    tmp_path: Path,
) -> None:
    if not WHOLE:
        pytest.skip("the storage's own tests hold it in the ordinary run")
    async with farm(tmp_path / "data") as served:
        began = time.monotonic()
        file = served.data / "printers.sqlite"
        await served.kill()
        content = file.read_bytes()
        file.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
        for end in ("-wal", "-shm"):
            file.with_name(file.name + end).unlink(missing_ok=True)
        await served.start()
        mended = time.monotonic()
        await served.goes_on()
        back_after = time.monotonic() - mended
        line, told_after = next((line, at - began) for at, line in served.log if "set aside" in line)
        told = json.loads(line)["message"]
    record(
        Row(
            program="failwatch serve",
            edge="the machine",
            fault="damaged database",
            told=told,
            told_after=told_after,
            recovered_after=back_after,
        )
    )
    assert list(served.data.glob("printers.damaged-*.sqlite"))


async def test_a_disk_that_is_read_only_is_told_at_the_start(protected: Path) -> None:
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "octoprint_failwatch", "serve", "--port", "0", "--token", TOKEN),
        *("--data", str(protected / "data")),
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    told = errors.decode().strip()
    row = Row(
        program="failwatch serve",
        edge="the machine",
        fault="disk read-only",
        told=re.sub(r"/\S+/data", "DATA", told),
        told_after=time.monotonic() - began,
        recovered_after=None,
    )
    if WHOLE:
        record(row)
    assert process.returncode == 1
    assert "Read-only file system" in told
    assert "raceback" not in told
