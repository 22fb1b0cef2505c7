"""Disturbances during a print: the camera fails, programs end, a key is withdrawn."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from stack.workshop import LAYERS, Plan, Workshop, open_workshop
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 20.0
GOOD_PRINT = ("--follow", "print", "--layers", str(LAYERS), "--fails-at", "-1")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workshop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workshop]:
    plan = Plan(seconds=6000, clock_speed=SPEED, camera=GOOD_PRINT)
    async with open_workshop(tmp_path_factory.mktemp("workshop"), plan) as workshop:
        await workshop.start_print()
        yield workshop


async def _shown(workshop: Workshop, key: str) -> str:
    entities, states = await workshop.home_assistant.entities(), await workshop.home_assistant.states()
    return str(states[entities[key]]["state"])


async def _frames(workshop: Workshop) -> int:
    look = (await workshop.octoprint.failwatch())["state"]["look"]
    return look["statistics"]["prediction_num_lifetime"] if look else 0


async def test_a_camera_that_is_gone_is_said_everywhere_and_again_when_it_is_back(workshop: Workshop) -> None:
    async def watching() -> bool:
        return await _frames(workshop) > 2 and await _shown(workshop, "watch_state") == "watching"

    async def blind() -> bool:
        return await _shown(workshop, "watch_state") == "blind"

    await eventually(watching)
    workshop.camera.program.kill()
    await eventually(blind)
    state = (await workshop.octoprint.failwatch())["state"]
    assert state["phase"] == "blind"
    assert state["blind"]["detail"]
    assert await _shown(workshop, "connectivity") == "off"
    await workshop.camera.start()
    await eventually(watching)
    assert (await workshop.octoprint.failwatch())["state"]["blind"] is None


async def test_home_assistant_shows_the_running_print_again_after_its_own_restart(workshop: Workshop) -> None:
    print_id = (await workshop.octoprint.failwatch())["state"]["print_id"]
    workshop.home_assistant.program.stop()
    await workshop.home_assistant.start()

    async def watching() -> bool:
        return await _shown(workshop, "watch_state") == "watching"

    await eventually(watching)
    states, entities = await workshop.home_assistant.states(), await workshop.home_assistant.entities()
    assert states[entities["failure_state"]]["attributes"]["print_id"] == print_id


async def test_what_was_learned_of_the_printer_outlives_a_power_cut(workshop: Workshop) -> None:
    before = await _frames(workshop)
    workshop.octoprint.program.kill()

    async def unavailable() -> bool:
        return await _shown(workshop, "p") == "unavailable"

    await eventually(unavailable)
    assert await _shown(workshop, "connectivity") == "off"
    await workshop.octoprint.start()
    await workshop.octoprint.connect_printer()
    await workshop.start_print()

    async def goes_on() -> bool:
        return await _frames(workshop) > before and await _shown(workshop, "watch_state") == "watching"

    await eventually(goes_on)


async def test_a_withdrawn_key_is_asked_for_again(workshop: Workshop) -> None:
    await workshop.octoprint.revoke_keys("Home Assistant")
    # A connection that stands stays allowed; the next one is refused.
    workshop.octoprint.program.stop()
    await workshop.octoprint.start()

    async def asks_for_a_key() -> bool:
        flows = await workshop.home_assistant.command("config_entries/flow/progress")
        return any(f["handler"] == "failwatch" and f["context"]["source"] == "reauth" for f in flows)

    await eventually(asks_for_a_key)
