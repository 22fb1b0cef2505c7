"""A real OctoPrint with the plugin while its camera, its detection service or its names break in mid print."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from stack.gcode import cylinder
from stack.octoprint import OctoPrint
from stack.processes import free_port
from tests.patience import eventually

from .bearing import DNS, LOOK_TIMEOUT, SEED, WHOLE, as_shipped, chosen, latest_back, latest_told, proxied
from .machine import full_disk, recorded
from .program_faults import variables
from .proxy import FaultProxy
from .recorded import recorded_is_right
from .rows import Row, record
from .world import TOKEN, World, breakable

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 20.0
PRINT = "long.gcode"


@dataclass
class Lab:
    """An OctoPrint that prints, and what it depends on."""

    octoprint: OctoPrint
    world: World
    proxies: Mapping[str, FaultProxy]
    faults: Path

    def break_names(self, ports: list[int]) -> None:
        """Have no name be known at these ports."""
        self.faults.write_text(json.dumps({"dns": ports}))

    async def state(self) -> dict[str, Any]:
        return dict((await self.octoprint.failwatch())["state"])

    async def until(self, phase: str) -> dict[str, Any]:
        """Wait for a phase."""
        return await eventually(self.state, lambda state: state["phase"] == phase)

    async def looked(self, more: int = 1) -> dict[str, Any]:
        """Return the state once so many more pictures were judged than by now."""
        look = (await self.state())["look"]
        wanted = more + (look["number"] if look else 0)
        return await eventually(
            self.state, lambda state: bool(state["look"]) and state["look"]["number"] >= wanted
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    folder: Path = tmp_path_factory.mktemp("octoprint")
    world = World(SEED)
    async with aiohttp.ClientSession() as session, breakable(world, folder) as proxies:
        octoprint = OctoPrint(
            session,
            folder / "octoprint",
            free_port(),
            snapshot_url=str(proxies["camera"].url / "snapshot.jpg"),
            failwatch={
                "detector": {"kind": "super_api", "url": str(proxies["detector"].url), "token": TOKEN},
                "rules": {"name": "super_api"},
                "on_failure": "pause",
            },
            clock_speed=SPEED,
            variables=variables(folder / "faults.json", folder / "authority.pem"),
        )
        await asyncio.to_thread(octoprint.create)
        try:
            await octoprint.start()
            await octoprint.finish_wizards()
            await octoprint.connect_printer()
            await octoprint.print_file(PRINT, cylinder(7200, 50))
            lab = Lab(octoprint, world, proxies, folder / "faults.json")
            await lab.looked()
            yield lab
        finally:
            await asyncio.to_thread(octoprint.program.stop)


# The plugin's client remembers a name for ten seconds, which the faster clock makes minutes of.
CASES = [
    *(("camera", name) for name in chosen(2, always=("hang",))),
    *(("detector", name) for name in chosen(2, never=(DNS,) if WHOLE else (DNS, "hang", "slow drip"))),
]


@pytest.mark.parametrize(("edge", "name"), CASES)
async def test_every_fault_is_told_and_outlived(lab: Lab, edge: str, name: str) -> None:
    await lab.until("watching")
    await lab.looked(2)
    proxy = lab.proxies[edge]
    switch = proxied(proxy, name, lab.break_names)
    began = time.monotonic()
    await switch(True)
    blind = (await lab.until("blind"))["blind"]
    told_in = time.monotonic() - began
    told_after = as_shipped(told_in, proxy.waited, SPEED, name)
    before = (await lab.state())["look"]["number"]
    await switch(False)
    mended = time.monotonic()
    await lab.until("watching")
    await lab.looked()
    back_in = time.monotonic() - mended
    back_after = as_shipped(back_in, proxy.waited, SPEED)
    assert before > 0
    row = Row(
        program="OctoPrint",
        edge=edge,
        fault=name,
        told=blind["detail"],
        told_after=told_after,
        recovered_after=back_after,
        print_goes_on=await lab.octoprint.flag("printing"),
        statistics_right=await recorded_is_right(lab.octoprint.folder / "data" / "failwatch", lab.world),
    )
    if WHOLE:
        record(row)
    assert row.told, row
    assert row.print_goes_on
    assert row.statistics_right
    # The clock runs faster, and a busy machine does not: what it takes for its own work is no pause.
    assert told_in < latest_told(name) / SPEED + 2 * LOOK_TIMEOUT, row
    assert back_in < latest_back(name) / SPEED + 2 * LOOK_TIMEOUT, row
    log = (lab.octoprint.folder / "logs" / "octoprint.log").read_text()
    assert TOKEN not in log
    assert "A look failed" not in log


async def test_a_full_disk_stops_nothing_and_once_there_is_room_the_history_goes_on(lab: Lab) -> None:
    await lab.until("watching")
    await lab.looked(2)
    before, answered = await _counted(lab)
    with full_disk(lab.octoprint.program):
        await lab.looked(4)
        printing = await lab.octoprint.flag("printing")
    mended = time.monotonic()
    after = await lab.looked(2)
    seconds = time.monotonic() - mended
    last = after["look"]["number"]
    folder = lab.octoprint.folder / "data" / "failwatch"

    async def recorded_up_to() -> int:
        (frames,) = (await asyncio.to_thread(recorded, folder)).values()
        return frames[-1].look.number

    await eventually(recorded_up_to, lambda number: number >= last)

    async def counted() -> tuple[int, int]:
        return await _counted(lab)

    now = await eventually(counted, lambda now: now[0] - before == now[1] - answered)
    row = Row(
        program="OctoPrint",
        edge="the machine",
        fault="full disk",
        told="its log: The history could not be written" if _logged(lab) else "nothing: it goes on",
        told_after=None,
        recovered_after=seconds * SPEED,
        print_goes_on=printing,
        statistics_right=now[0] > before,
    )
    if WHOLE:
        record(row)
    assert row.print_goes_on
    assert row.statistics_right


@pytest.mark.skipif(not WHOLE, reason="starts OctoPrint again")
async def test_killed_in_mid_print_what_was_seen_is_known_and_what_was_learned_goes_on(lab: Lab) -> None:
    """OctoPrint's own print ends with it; the last test of this OctoPrint."""
    await lab.until("watching")
    await lab.looked(3)
    await asyncio.to_thread(lab.octoprint.program.kill)
    killed = time.monotonic()
    folder = lab.octoprint.folder / "data" / "failwatch"
    (frames,) = (await asyncio.to_thread(recorded, folder)).values()
    await lab.octoprint.start()
    await lab.octoprint.connect_printer()
    await lab.octoprint.print_file("again.gcode", cylinder(7200, 50))
    await lab.looked()
    row = Row(
        program="OctoPrint",
        edge="the machine",
        fault="SIGKILL, and started again",
        told="nothing; the next print goes on with what was learned",
        told_after=None,
        recovered_after=time.monotonic() - killed,
    )
    again = await eventually(lambda: asyncio.to_thread(recorded, folder), lambda prints: len(prints) == 2)
    old, new = again.values()
    record(row)
    assert [frame.id for frame in old][: len(frames)] == [frame.id for frame in frames]
    assert new[0].look.statistics.prediction_num == 1
    # What was seen in the moment before was perhaps not stored yet.
    lifetime = frames[-1].look.statistics.prediction_num_lifetime
    assert 0 <= lifetime + 1 - new[0].look.statistics.prediction_num_lifetime <= 1


async def _counted(lab: Lab) -> tuple[int, int]:
    """Return how many pictures of the print were counted, and how many the service answered in all."""
    statistics = (await lab.state())["memory"]["statistics"]
    return statistics["prediction_num"], len(lab.world.answered)


def _logged(lab: Lab) -> bool:
    return "could not be written" in lab.octoprint.program.log.read_text()
