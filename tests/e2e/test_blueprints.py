"""An automation from each blueprint, in a real Home Assistant, set off by prints that fail before its camera."""

import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, expect

from stack.browser import open_home_assistant
from tests.e2e.house import House, add_camera, open_house
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

BLUEPRINTS = ("notify", "pause_with_veto", "cut_power_when_cool", "light_when_dark", "siren_at_night")
PATIENCE = {"seconds": 5}
"""Less than FailWatch's own pause would take at the speed of its clock."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        phone = {"phone": house.phone_device}
        await house.automate("notify", **phone, when=["failure"])
        await house.automate("pause_with_veto", **phone, patience=PATIENCE)
        await house.automate("cut_power_when_cool", temperature="sensor.hot_end", plug="switch.plug", cool=50)
        await house.automate("light_when_dark", light="light.lamp")
        await house.automate(
            "siren_at_night",
            siren="switch.siren",
            after="00:00:00",
            before="23:59:59",
            longest={"minutes": 10},
        )
        yield house


async def test_a_print_that_goes_well_sets_nothing_off(house: House) -> None:
    await house.prints_well()
    states = await house.home_assistant.states()
    assert not [name for name in BLUEPRINTS if states[f"automation.{name}"]["attributes"]["last_triggered"]]
    assert house.phone.messages == []


async def test_the_phone_shows_the_failure_with_its_picture(house: House) -> None:
    house.room.fails = True
    message = await house.phone.got("is failing.")
    assert message["title"] == "Room"
    picture = await house.home_assistant.picture(message["data"]["image"])
    assert Image.open(io.BytesIO(picture)).size == (640, 480)
    assert [button["title"] for button in message["data"]["actions"]] == [
        "Not a failure",
        "Pause",
        "Cancel print",
    ]


async def test_the_siren_sounds(house: House) -> None:
    await house.until("switch.siren", "on")


async def test_nobody_says_no_and_the_print_is_paused(house: House) -> None:
    await house.phone.got("will be paused")

    async def pressed() -> bool:
        return await house.state("input_button.pause_printer") != "unknown"

    await eventually(pressed)
    await house.printer_is("paused")
    await house.until(house.entities["watch_state"], "paused")


async def test_the_answer_on_the_phone_ends_the_alarm_and_the_siren(house: House) -> None:
    await house.phone.press(await house.phone.got("is failing."), "Not a failure")
    await house.until(house.entities["failure_state"], "none")
    await house.until("switch.siren", "off")


async def test_the_power_is_cut_once_the_hot_end_is_cool(house: House) -> None:
    for name in ("notify", "pause_with_veto", "siren_at_night"):
        await house.call("automation.turn_off", f"automation.{name}")
    await house.prints_well()
    before = await house.state("input_button.pause_printer")
    house.room.fails = True

    async def pressed() -> bool:
        return await house.state("input_button.pause_printer") != before

    # Now it is FailWatch itself that pauses, when the time to say no is over; the power waits for the printer.
    await eventually(pressed)
    assert not await house.runs("cut_power_when_cool")
    await house.printer_is("paused")
    await eventually(lambda: house.runs("cut_power_when_cool"))
    assert await house.state("switch.plug") == "on"
    await house.call("input_number.set_value", "input_number.hot_end", value=40)
    await house.until("switch.plug", "off")


async def test_the_light_comes_on_in_the_dark_and_goes_out_after_the_print(house: House) -> None:
    await house.prints_well()
    house.room.night = True
    await house.until("light.lamp", "on")
    assert house.room.lamp
    await house.until(house.entities["watch_state"], "watching")
    await house.printer_is("idle")
    await house.until("light.lamp", "off")


@pytest.mark.parametrize("name", BLUEPRINTS)
async def test_its_trace_tells_of_a_run_to_the_end(house: House, name: str) -> None:
    async def finished() -> bool:
        return any(run["script_execution"] == "finished" for run in await house.runs(name))

    await eventually(finished)
    assert not [run["error"] for run in await house.runs(name) if "error" in run]


async def test_a_camera_that_is_removed_is_replaced_in_the_repairs(house: House, browser: Browser) -> None:
    house.room.night = False
    await house.prints_well()
    home = house.home_assistant
    entries = await home.command("config_entries/get", domain="mjpeg")
    await home.delete(f"/api/config/config_entries/entry/{entries[0]['entry_id']}")
    await house.until(house.entities["watch_state"], "blind")
    await add_camera(home, "New", house.snapshot_url)

    page = await open_home_assistant(browser, home.url, f"{home.url}/config/repairs")
    await page.get_by_text("Room: the camera is gone").click()
    await expect(page.get_by_text("camera.room no longer exists")).to_be_visible()
    await page.context.close()

    fix = "/api/repairs/issues/fix"
    (issue,) = await house.issues()
    form = await home.post(fix, {"handler": "failwatch", "issue_id": issue["issue_id"]})
    await home.post(f"{fix}/{form['flow_id']}", {"picture_entity": "camera.new"})
    await house.until(house.entities["watch_state"], "watching")
    assert await house.issues() == []
