"""A real Home Assistant that watches a camera by itself, while the camera or the detection service breaks."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from octoprint_failwatch.engine.history.records import FrameRecord
from stack.homeassistant import HomeAssistant
from stack.processes import free_port
from tests.e2e.watching import PRINTER, watch_camera
from tests.patience import eventually

from .bearing import (
    DNS,
    LOOK_TIMEOUT,
    LOOKS_UNTIL_TOLD,
    PAUSES,
    SEED,
    WHOLE,
    as_shipped,
    chosen,
    latest_back,
)
from .faults import FAULTS
from .machine import full_disk, recorded
from .program_faults import variables
from .proxy import FaultProxy
from .recorded import recorded_is_right
from .rows import Row, record
from .world import TOKEN, World, breakable

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 20.0


@dataclass
class Lab:
    """A Home Assistant that watches a print, and what it depends on."""

    home_assistant: HomeAssistant
    world: World
    proxies: Mapping[str, FaultProxy]
    entities: dict[str, str]

    async def shown(self, key: str) -> dict[str, Any]:
        """Return an entity's state and attributes."""
        return (await self.home_assistant.states())[self.entities[key]]

    async def until(self, phase: str) -> dict[str, Any]:
        """Wait for a phase, and return what stands behind it."""

        async def watch_state() -> dict[str, Any]:
            return await self.shown("watch_state")

        return dict((await eventually(watch_state, lambda shown: shown["state"] == phase))["attributes"])

    async def looked(self, more: int = 1) -> None:
        """Wait until so many more pictures were judged than by now."""

        async def number() -> int:
            state = (await self.shown("prediction_num"))["state"]
            return int(state) if state.isdigit() else 0

        wanted = await number() + more
        await eventually(number, lambda seen: seen >= wanted)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    folder: Path = tmp_path_factory.mktemp("homeassistant")
    world = World(SEED)
    async with aiohttp.ClientSession() as session, breakable(world, folder) as proxies:
        home_assistant = HomeAssistant(
            session,
            folder / "homeassistant",
            free_port(),
            clock_speed=SPEED,
            more_configuration=PRINTER,
            variables=variables(folder / "faults.json", folder / "authority.pem"),
        )
        home_assistant.create()
        try:
            await home_assistant.start()
            entities = await _watch(home_assistant, str(proxies["camera"].url), str(proxies["detector"].url))
            lab = Lab(home_assistant, world, proxies, entities)
            printing = {"entity_id": "input_select.printer", "option": "printing"}
            await home_assistant.post("/api/services/input_select/select_option", printing)
            await lab.until("watching")
            yield lab
        finally:
            home_assistant.program.stop()


async def _watch(home_assistant: HomeAssistant, camera: str, detector: str) -> dict[str, str]:
    picture = f"{camera}/snapshot.jpg"
    settings = {"name": "Room", "verify_ssl": True, "mjpeg_url": picture, "still_image_url": picture}
    made = await home_assistant.configure(settings, handler="mjpeg")
    assert made["type"] == "create_entry", made
    return await watch_camera(
        home_assistant,
        "camera.room",
        veto=60,
        wanted={"watch_state", "failure_state", "prediction_num", "connectivity"},
        detector=("super_api", {"url": detector, "token": TOKEN}),
        rules="super_api",
    )


# Home Assistant looks names up by a library of its own, and its camera takes a body whatever its status is.
CASES = [
    *(("camera", name) for name in chosen(1, always=("hang",), never=(DNS,))),
    *(("detector", name) for name in chosen(2, never=(DNS,) if WHOLE else (DNS, "hang", "slow drip"))),
]


def _logged(lab: Lab) -> str:
    """Return what the log says of the last trouble; people are told in their own language what to do."""
    log = (lab.home_assistant.folder / "console.log").read_text()
    return re.findall(r"cannot be watched: (.*)$", log, re.MULTILINE)[-1]


@pytest.mark.parametrize(("edge", "name"), CASES)
async def test_every_fault_is_told_and_outlived(lab: Lab, edge: str, name: str) -> None:
    await lab.until("watching")
    await lab.looked(2)
    proxy = lab.proxies[edge]
    began = time.monotonic()
    await proxy.switch(FAULTS[name])
    await lab.until("blind")
    told_in = time.monotonic() - began
    told_after = as_shipped(told_in, proxy.waited, SPEED, name)
    assert (await lab.shown("connectivity"))["state"] == "off"
    await proxy.switch(None)
    mended = time.monotonic()
    await lab.until("watching")
    back_in = time.monotonic() - mended
    back_after = as_shipped(back_in, proxy.waited, SPEED)
    await lab.looked()
    pressed = (await lab.home_assistant.states())["input_button.pause_printer"]["state"]
    history = lab.home_assistant.folder / ".storage"
    row = Row(
        program="Home Assistant",
        edge=edge,
        fault=name,
        told=_logged(lab),
        told_after=told_after,
        recovered_after=back_after,
        print_goes_on=pressed == "unknown",
        statistics_right=await recorded_is_right(history, lab.world),
    )
    if WHOLE:
        record(row)
    assert row.print_goes_on
    assert row.statistics_right
    # Home Assistant's own camera waits where the proxy does not see it: pauses are shorter here, waits are not.
    assert told_in < PAUSES / SPEED + LOOKS_UNTIL_TOLD * LOOK_TIMEOUT, row
    assert back_in < latest_back(name) / SPEED + LOOKS_UNTIL_TOLD * LOOK_TIMEOUT, row
    log = (lab.home_assistant.folder / "console.log").read_text()
    assert TOKEN not in log
    assert "A look failed" not in log


async def test_a_full_disk_is_told_and_stops_nothing_and_once_there_is_room_the_history_goes_on(
    lab: Lab,
) -> None:
    async def issues() -> list[str]:
        listed = (await lab.home_assistant.command("repairs/list_issues"))["issues"]
        return [issue["translation_key"] for issue in listed if issue["domain"] == "failwatch"]

    await lab.until("watching")
    await lab.looked(2)
    before, answered = await _counted(lab)
    began = time.monotonic()
    with full_disk(lab.home_assistant.program):
        await eventually(issues, lambda told: told == ["not_recorded"])
        told_in = time.monotonic() - began
        await lab.looked(4)
    mended = time.monotonic()
    await eventually(issues, lambda told: not told)
    await lab.looked(2)
    seconds = time.monotonic() - mended
    wanted, _ = await _counted(lab)
    folder = lab.home_assistant.folder / ".storage"

    async def recorded_up_to() -> int:
        (frames,) = (await asyncio.to_thread(recorded, folder)).values()
        return frames[-1].look.statistics.prediction_num

    await eventually(recorded_up_to, lambda number: number >= wanted)

    async def counted() -> tuple[int, int]:
        return await _counted(lab)

    now = await eventually(counted, lambda now: now[0] - before == now[1] - answered)
    row = Row(
        program="Home Assistant",
        edge="the machine",
        fault="full disk",
        told="a repair: prints are not recorded",
        told_after=told_in * SPEED,
        recovered_after=seconds * SPEED,
        print_goes_on=(await lab.home_assistant.states())["input_button.pause_printer"]["state"] == "unknown",
        statistics_right=now[0] > before,
    )
    if WHOLE:
        record(row)
    assert row.print_goes_on
    assert row.statistics_right


@pytest.mark.skipif(not WHOLE, reason="starts Home Assistant again")
async def test_killed_in_mid_print_what_was_seen_is_known_and_what_was_learned_goes_on(lab: Lab) -> None:
    await lab.until("watching")
    await lab.looked(2)
    seen, _ = await _counted(lab)

    async def stored() -> int:
        return await asyncio.to_thread(_stored_lifetime, lab.home_assistant.folder / ".storage")

    # Looks are stored once a minute.
    await eventually(stored, lambda lifetime: lifetime >= seen)
    await asyncio.to_thread(lab.home_assistant.program.kill)
    killed = time.monotonic()
    learned = await stored()
    folder = lab.home_assistant.folder / ".storage"
    before = sum(map(len, (await asyncio.to_thread(recorded, folder)).values()))
    await lab.home_assistant.start()
    printing = {"entity_id": "input_select.printer", "option": "printing"}
    await lab.home_assistant.post("/api/services/input_select/select_option", printing)
    await lab.until("watching")
    seconds = time.monotonic() - killed

    async def newer() -> list[FrameRecord]:
        prints = await asyncio.to_thread(recorded, folder)
        return sorted((frame for found in prints.values() for frame in found), key=lambda frame: frame.id)[
            before:
        ]

    first, *_ = await eventually(newer, bool)
    record(
        Row(
            program="Home Assistant",
            edge="the machine",
            fault="SIGKILL, and started again",
            told="nothing; it goes on with what was learned, up to the last minute",
            told_after=None,
            recovered_after=seconds,
        )
    )
    assert first.look.statistics.prediction_num_lifetime == learned + 1


def _stored_lifetime(storage: Path) -> int:
    """Return how many pictures of the watched camera are counted in what is stored, 0 if nothing is."""
    for file in storage.glob("failwatch.*"):
        # The history and its log lie beside it.
        content = file.read_bytes() if file.is_file() else b""
        if content.startswith(b"{") and b'"prediction_num_lifetime"' in content:
            (state,) = json.loads(content)["data"].values()
            return int(state["memory"]["statistics"]["prediction_num_lifetime"])
    return 0


async def _counted(lab: Lab) -> tuple[int, int]:
    """Return how many pictures of the print were counted, and how many the service answered in all."""
    return int((await lab.shown("prediction_num"))["state"]), len(lab.world.answered)
