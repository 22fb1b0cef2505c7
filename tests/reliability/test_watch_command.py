"""`failwatch watch` while its camera, its detection service, or the machine's names and clock break."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from .bearing import (
    LOOK_TIMEOUT,
    SEED,
    WHOLE,
    as_shipped,
    chosen,
    latest_back,
    latest_told,
    proxied,
    statistics_are_right,
)
from .rows import Row, record
from .watch_program import watch_program
from .world import PASSWORD, TOKEN

SAMPLE = 4
SPEED = 1.0 if WHOLE else 20.0
MEMORY = 200_000_000


@pytest.mark.parametrize("edge", ["camera", "detector"])
async def test_every_fault_is_told_and_outlived(tmp_path: Path, edge: str) -> None:
    """All at the same time: each has a program of its own, which mostly waits."""
    names = chosen(SAMPLE, always=("hang",))
    outcomes = await asyncio.gather(
        *(_bear(tmp_path / f"{number}", edge, name) for number, name in enumerate(names)),
        return_exceptions=True,
    )
    wrong = {name: repr(one) for name, one in zip(names, outcomes, strict=True) if one is not None}
    assert not wrong, f"seed {SEED}: {wrong}"


async def _bear(folder: Path, edge: str, name: str) -> None:
    async with watch_program(folder, SEED, SPEED) as (program, world):
        proxy = program.proxies[edge]
        switch = proxied(proxy, name, lambda ports: program.break_program(dns=ports))
        await program.looked(2)
        before, looks = len(program.said), len(program.looks)
        began = time.monotonic()
        await switch(True)
        told_at = await program.until(lambda line: line.get("event") == "blind", before)
        told = next(line for _, line in program.said[before:] if line.get("event") == "blind")
        told_after = as_shipped(told_at - began, proxy.waited, SPEED, name)
        seen_meanwhile = len(program.looks) - looks
        await switch(False)
        mended = time.monotonic()
        before = len(program.said)
        back_at = await program.until(lambda line: line.get("event") == "seeing", before)
        back_after = as_shipped(back_at - mended, proxy.waited, SPEED)
        await program.looked(2)
        memory = program.most_memory()
        code = await program.stop()
        row = Row(
            program="failwatch watch",
            edge=edge,
            fault=name,
            told=str(told.get("problem") or told["detail"]),
            told_after=told_after,
            recovered_after=back_after,
            print_goes_on=code == 0 and not (folder / "acted").exists(),
            statistics_right=statistics_are_right(program.looks, world.answered),
        )
    if WHOLE:
        record(row)
    assert seen_meanwhile <= 1, "what came of the fault was taken for a picture or an answer"
    assert row.print_goes_on, (code, program.errors)
    assert row.statistics_right
    # A busy machine takes longer for its own work, however fast the clock is.
    assert told_at - began < latest_told(name) / SPEED + 2 * LOOK_TIMEOUT * (SPEED > 1), row
    assert back_at - mended < latest_back(name) / SPEED + 2 * LOOK_TIMEOUT * (SPEED > 1), row
    assert memory < MEMORY
    everything = program.errors + repr(program.said)
    assert "Traceback" not in everything
    assert PASSWORD not in everything
    assert TOKEN not in everything
