"""`failwatch watch` while its camera, its detection service, or the machine's names and clock break."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from . import reference
from .faults import FAULTS
from .rows import Row, record
from .watch_program import INTERVAL, PASSWORD, TOKEN, WatchProgram, watch_program

WHOLE = os.environ.get("FAILWATCH_SLOW") == "1"
SEED = int(os.environ.get("FAILWATCH_SEED", "0")) or random.SystemRandom().randrange(10**6)
SAMPLE = 4
SPEED = 1.0 if WHOLE else 20.0
LOOK_TIMEOUT = 30.0
LOOKS_UNTIL_TOLD = 3
MEMORY = 200_000_000
DNS = "DNS failure"

Switch = Callable[[bool], Awaitable[None]]


def chosen() -> list[str]:
    """Return all faults, or those that the seed draws; a hang is always one of them."""
    names = [*FAULTS, DNS]
    if WHOLE:
        return names
    return ["hang", *random.Random(SEED).sample([name for name in names if name != "hang"], SAMPLE)]


@pytest.mark.parametrize("edge", ["camera", "detector"])
async def test_every_fault_is_told_and_outlived(tmp_path: Path, edge: str) -> None:
    """All at the same time: each has a program of its own, which mostly waits."""
    names = chosen()
    outcomes = await asyncio.gather(
        *(_bear(tmp_path / f"{number}", edge, name) for number, name in enumerate(names)),
        return_exceptions=True,
    )
    wrong = {name: repr(one) for name, one in zip(names, outcomes, strict=True) if one is not None}
    assert not wrong, f"seed {SEED}: {wrong}"


async def _bear(folder: Path, edge: str, name: str) -> None:
    async with watch_program(folder, SEED, SPEED) as (program, world):
        switch = _switch(program, edge, name)
        await program.looked(2)
        before, looks = len(program.said), len(program.looks)
        loop = asyncio.get_running_loop()
        await switch(True)
        began = loop.time()
        told_at = await program.until(lambda line: line.get("event") == "blind", before)
        told = next(line for _, line in program.said[before:] if line.get("event") == "blind")
        seen_meanwhile = len(program.looks) - looks
        await switch(False)
        mended = loop.time()
        before = len(program.said)
        back_at = await program.until(lambda line: line.get("event") == "seeing", before)
        await program.looked(2)
        memory = program.most_memory()
        code = await program.stop()
        row = Row(
            program="failwatch watch",
            edge=edge,
            fault=name,
            told=str(told.get("problem") or told["detail"]),
            told_after=told_at - began,
            recovered_after=back_at - mended,
            print_goes_on=code == 0 and not (folder / "acted").exists(),
            statistics_right=_statistics_are_right(program, world.answered),
        )
    if WHOLE:
        record(row)
    assert seen_meanwhile <= 1, "what came of the fault was taken for a picture or an answer"
    assert row.print_goes_on, (code, program.errors)
    assert row.statistics_right
    assert row.told_after is not None
    assert row.recovered_after is not None
    fault = FAULTS.get(name)
    if fault is not None and fault.is_silent:
        assert row.told_after < INTERVAL / SPEED + LOOK_TIMEOUT
    else:
        back_off = sum(INTERVAL * 2**number for number in range(LOOKS_UNTIL_TOLD - 1))
        assert row.told_after < (INTERVAL + back_off) / SPEED + LOOK_TIMEOUT
    waits = max(INTERVAL * 2**LOOKS_UNTIL_TOLD, fault.asks_to_wait if fault else 0.0)
    assert row.recovered_after < waits / SPEED + LOOK_TIMEOUT
    assert memory < MEMORY
    everything = program.errors + repr(program.said)
    assert "Traceback" not in everything
    assert PASSWORD not in everything
    assert TOKEN not in everything


def _switch(program: WatchProgram, edge: str, name: str) -> Switch:
    proxy = program.proxies[edge]

    async def switch(broken: bool) -> None:
        if name == DNS:
            program.break_program(dns=[proxy.url.port] if broken else [])
        else:
            await proxy.switch(FAULTS[name] if broken else None)

    return switch


def _statistics_are_right(program: WatchProgram, answered: list[float]) -> bool:
    """Compare each picture's statistics with those of the reference. What was answered and lost is not counted."""
    values = [look["p"] for look in program.looks]
    left = iter(answered)
    in_order = all(any(p == other for other in left) for p in values)
    return in_order and all(
        look["prediction_num"] == number
        and abs(look["ewm_mean"] - reference.ewm_mean(values[:number])) < 1e-12
        and abs(look["rolling_mean_short"] - reference.rolling_mean(values[:number], reference.SHORT)) < 1e-12
        and abs(look["rolling_mean_long"] - reference.rolling_mean(values[:number], reference.LONG)) < 1e-12
        for number, look in enumerate(program.looks, 1)
    )
