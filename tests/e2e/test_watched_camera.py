"""Home Assistant alone: a printer that it knows by a camera and a state is watched by the built-in detector."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
import pytest_asyncio

from stack.camera import SimulatedCamera
from stack.homeassistant import HomeAssistant
from stack.processes import free_port
from tests.e2e.watching import PRINTER, watch_camera
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 10.0


@dataclass(frozen=True)
class Watched:
    """A Home Assistant, and the entity ids of the printer that it watches."""

    home_assistant: HomeAssistant
    entities: dict[str, str]

    async def shown(self, key: str) -> str:
        return await self.state(self.entities[key])

    async def state(self, entity: str) -> str:
        return str((await self.home_assistant.states())[entity]["state"])

    async def printer_is(self, state: str) -> None:
        chosen = {"entity_id": "input_select.printer", "option": state}
        await self.home_assistant.post("/api/services/input_select/select_option", chosen)

    async def until(self, key: str, *values: str) -> None:
        async def reached() -> bool:
            return await self.shown(key) in values

        await eventually(reached)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    fails_soon = ["--follow", "snapshots", "--layers", "60", "--fails-at", "20", "--seed", "4"]
    async with aiohttp.ClientSession() as session:
        camera = SimulatedCamera(session, folder, free_port(), fails_soon)
        home_assistant = HomeAssistant(
            session, folder / "homeassistant", free_port(), clock_speed=SPEED, more_configuration=PRINTER
        )
        try:
            home_assistant.create()
            await camera.start()
            await home_assistant.start()
            await _add_camera(home_assistant, camera)
            wanted = {"watch_state", "failure_state", "problem", "p", "ewm_mean"}
            entities = await watch_camera(home_assistant, "camera.printer", veto=0, wanted=wanted)
            yield Watched(home_assistant, entities)
        finally:
            home_assistant.program.stop()
            camera.program.stop()


async def _add_camera(home_assistant: HomeAssistant, camera: SimulatedCamera) -> None:
    addresses = {"mjpeg_url": camera.stream_url, "still_image_url": camera.snapshot_url}
    made = await home_assistant.configure(
        {"name": "Printer", "verify_ssl": False, **addresses}, handler="mjpeg"
    )
    assert made["type"] == "create_entry", made


async def test_nothing_is_watched_before_a_print(watched: Watched) -> None:
    await watched.until("watch_state", "idle")
    assert await watched.state("input_button.pause_printer") == "unknown"


async def test_the_failing_print_is_seen_and_the_pause_button_pressed(watched: Watched) -> None:
    await watched.printer_is("printing")
    await watched.until("watch_state", "watching")
    await watched.until("failure_state", "failure")

    async def pressed() -> bool:
        return await watched.state("input_button.pause_printer") != "unknown"

    await eventually(pressed)
    assert await watched.shown("problem") == "on"
    assert float(await watched.shown("p")) > 0.5


async def test_the_pause_is_followed(watched: Watched) -> None:
    await watched.printer_is("paused")
    await watched.until("watch_state", "paused")


async def test_a_restart_keeps_the_alarm_and_what_was_learned(watched: Watched) -> None:
    ewm_mean = float(await watched.shown("ewm_mean"))
    watched.home_assistant.program.stop()
    await watched.home_assistant.start()
    await watched.printer_is("paused")
    await watched.until("failure_state", "failure")
    assert float(await watched.shown("ewm_mean")) == pytest.approx(ewm_mean)


async def test_resuming_says_that_it_is_no_failure(watched: Watched) -> None:
    await watched.printer_is("printing")
    await watched.until("failure_state", "none")
    await watched.until("watch_state", "watching")


async def test_the_end_of_the_print_is_followed(watched: Watched) -> None:
    await watched.printer_is("idle")
    await watched.until("watch_state", "idle")
    assert await watched.shown("problem") == "off"
