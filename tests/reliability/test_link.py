"""A real Home Assistant linked to a real OctoPrint, while what lies between them breaks."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from stack.gcode import cylinder
from stack.homeassistant import HomeAssistant
from stack.octoprint import OctoPrint
from stack.processes import free_port
from tests.emulators.running import running
from tests.patience import eventually

from .bearing import DNS, LOOK_TIMEOUT, SEED, WHOLE, chosen
from .certificates import certificates
from .faults import FAULTS
from .program_faults import variables
from .proxy import FaultProxy, fault_proxy
from .rows import Row, record
from .world import TOKEN, World

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 5.0
LONGEST_WAIT = 72.0
"""Seconds that the link waits at most before it tries again."""
BUSY = 0.0 if WHOLE else 2 * LOOK_TIMEOUT
"""Seconds that a busy machine may take for its own work, in the run that is not there to measure."""


@dataclass
class Lab:
    """Both, linked by way of a proxy."""

    octoprint: OctoPrint
    home_assistant: HomeAssistant
    proxy: FaultProxy
    key: str

    async def shown(self, name: str) -> str:
        """Return an entity's state."""
        entities = await self.home_assistant.entities()
        return str((await self.home_assistant.states())[entities[name]]["state"])

    async def until(self, name: str, wanted: str) -> None:
        """Wait for a state."""

        async def state() -> str:
            return await self.shown(name)

        await eventually(state, lambda shown: shown == wanted)

    async def told(self) -> str:
        """Return what is said where somebody looks: entities, repairs, requests to log in again."""
        says = [f"connectivity {await self.shown('connectivity')}, values {await self.shown('p')}"]
        issues = (await self.home_assistant.command("repairs/list_issues"))["issues"]
        says += [f"repair: {one['translation_key']}" for one in issues if one["domain"] == "failwatch"]
        says += [f"asks for: {flow['step_id']}" for flow in await self.requests()]
        return "; ".join(says)

    async def requests(self) -> list[dict[str, Any]]:
        """Return the dialogs that wait for somebody to log in again."""
        flows = await self.home_assistant.command("config_entries/flow/progress")
        return [
            flow for flow in flows if flow["handler"] == "failwatch" and flow["context"]["source"] == "reauth"
        ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    folder: Path = tmp_path_factory.mktemp("link")
    shown = certificates(folder / "authority.pem")
    world = World(SEED)
    async with aiohttp.ClientSession() as session, running(world.application()) as url:
        own = variables(folder / "faults.json", folder / "authority.pem")
        octoprint = OctoPrint(
            session,
            folder / "octoprint",
            free_port(),
            snapshot_url=str(url / "snapshot.jpg"),
            failwatch={"detector": {"kind": "super_api", "url": str(url), "token": TOKEN}},
            clock_speed=SPEED,
            variables=own,
        )
        home_assistant = HomeAssistant(
            session, folder / "homeassistant", free_port(), clock_speed=SPEED, variables=own
        )
        await asyncio.gather(asyncio.to_thread(octoprint.create), asyncio.to_thread(home_assistant.create))
        try:
            await asyncio.gather(octoprint.start(), home_assistant.start())
            await octoprint.finish_wizards()
            await octoprint.connect_printer()
            await octoprint.print_file("long.gcode", cylinder(7200, 50))
            key = await octoprint.new_key("Home Assistant")
            async with fault_proxy(URL(octoprint.url), shown) as proxy:
                made = await home_assistant.configure(
                    {"next_step_id": "octoprint"}, {"url": str(proxy.url), "api_key": key}
                )
                assert made["type"] == "create_entry", json.dumps(made)
                lab = Lab(octoprint, home_assistant, proxy, key)
                await eventually(home_assistant.entities, lambda known: "connectivity" in known)
                await lab.until("watch_state", "watching")
                yield lab
        finally:
            home_assistant.program.stop()
            await asyncio.to_thread(octoprint.program.stop)


@pytest.mark.parametrize("name", chosen(1, always=("hang",), never=(DNS,)))
async def test_every_fault_is_told_and_outlived(lab: Lab, name: str) -> None:
    await lab.until("connectivity", "on")
    began = time.monotonic()
    await lab.proxy.switch(FAULTS[name])
    await lab.until("connectivity", "off")
    told_after = time.monotonic() - began
    await _after_another_try(lab)
    told = await lab.told()
    asked = await lab.requests()
    await lab.proxy.switch(None)
    mended = time.monotonic()
    await lab.until("connectivity", "on")
    back_after = time.monotonic() - mended
    await lab.until("watch_state", "watching")
    row = Row(
        program="Home Assistant",
        edge="the link to OctoPrint",
        fault=name,
        told=told,
        told_after=told_after,
        recovered_after=back_after,
        print_goes_on=await lab.octoprint.flag("printing"),
        statistics_right=await _shows_what_octoprint_has(lab),
    )
    if WHOLE:
        record(row)
    assert not asked, "only OctoPrint itself can refuse the key"
    assert row.print_goes_on
    assert row.statistics_right
    assert told_after < LOOK_TIMEOUT + 10 + BUSY, row
    assert back_after < LONGEST_WAIT + LOOK_TIMEOUT + BUSY, row
    assert lab.key not in (lab.home_assistant.folder / "console.log").read_text()


async def _after_another_try(lab: Lab) -> None:
    """Wait until a new connection has met the fault, so that what it says is told; refused ones are not seen."""
    fault = lab.proxy.fault
    if fault is not None and fault.listens and fault.is_trusted:
        met = lab.proxy.broken

        async def broken() -> int:
            return lab.proxy.broken

        await eventually(broken, lambda now: now > met)


async def _shows_what_octoprint_has(lab: Lab) -> bool:
    async def both() -> tuple[str, str]:
        look = (await lab.octoprint.failwatch())["state"]["look"]
        return await lab.shown("prediction_num"), str(look["number"]) if look else ""

    shown, there = await eventually(both, lambda pair: pair[0] == pair[1])
    return shown == there
