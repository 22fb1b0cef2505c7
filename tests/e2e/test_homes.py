"""A watched printer at home: entities flicker and vanish, phones are added and removed, Home Assistant restarts."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from environments import REPOSITORY
from stack.browser import open_home_assistant
from tests.e2e.house import CAMERA, House, Phone, open_house, pair
from tests.emulators.running import running
from tests.patience import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

TRANSLATIONS = REPOSITORY / "custom_components" / "failwatch" / "translations"
WORDS = ["idle", "printing", "paused", "offline", "attention", "Pausing", "Resuming"]


@dataclass(frozen=True)
class Voron:
    """A second printer before the same camera, whose printing entity was made in the user interface."""

    house: House
    first: Phone
    second: Phone
    """A phone of the same name as the first."""
    second_entry: str
    subentry: str

    async def says(self, word: str) -> None:
        await self.house.call("input_select.select_option", "input_select.maker", option=word)

    async def shown(self, key: str) -> dict[str, Any]:
        """Return what an entity says, {} while there is none."""
        registry = await self.house.home_assistant.command("config/entity_registry/list")
        mine = (one for one in registry if one["config_subentry_id"] == self.subentry)
        entity_id = next((one["entity_id"] for one in mine if one["translation_key"] == key), "")
        return dict((await self.house.home_assistant.states()).get(entity_id, {}))

    async def until(self, key: str, wanted: str) -> dict[str, Any]:
        return await eventually(lambda: self.shown(key), lambda state: state.get("state") == wanted)

    async def looks(self) -> None:
        """Wait for another picture to be checked."""
        before = await self.shown("prediction_num")
        await eventually(
            lambda: self.shown("prediction_num"),
            lambda state: state["state"].isdigit() and state["state"] != before["state"],
        )


async def _notes(house: House) -> list[str]:
    """Return the messages that Home Assistant itself shows."""
    notes = await house.home_assistant.command("persistent_notification/get")
    return [note["message"] for note in notes if note["notification_id"].startswith("failwatch")]


async def _create_printing_entity(house: House, name: str) -> None:
    await house.home_assistant.command("input_select/create", name=name, options=WORDS)
    await house.until(f"input_select.{name.lower()}", "idle")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("home")) as house:
        house.log.new_lines()
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voron(house: House) -> AsyncIterator[Voron]:
    home, second = house.home_assistant, Phone(house.phone.session)
    known = {one["entry_id"] for one in await home.command("config_entries/get", domain="mobile_app")}
    async with running(second.application()) as url:
        second_device = await pair(home, second, str(url / "push"), "phone-2")
        phones = {one["entry_id"] for one in await home.command("config_entries/get", domain="mobile_app")}
        await _create_printing_entity(house, "Maker")
        made = await home.configure(
            {"picture_entity": CAMERA, "status_entity": "input_select.maker"},
            {"printing_states": ["printing"], "paused_states": ["paused"], "times": {"settling": 600}},
            {
                "name": "Voron",
                "interval": 10,
                "rules": "failwatch",
                "actions": {"pause_with": "input_button.pause_printer"},
                "messages": {"notify_devices": [house.phone_device, second_device]},
            },
            handler=[house.service, "camera"],
        )
        assert made["type"] == "create_entry", made
        subentries = await home.command("config_entries/subentries/list", entry_id=house.service)
        mine = next(one["subentry_id"] for one in subentries if one["title"] == "Voron")
        voron = Voron(house, house.phone, second, (phones - known).pop(), mine)
        await voron.until("watch_state", "idle")
        yield voron


async def test_without_a_phone_home_assistant_shows_the_message(house: House) -> None:
    await house.prints_well()
    house.room.fails = True

    async def told() -> bool:
        return any("is failing." in text for text in await _notes(house))

    await eventually(told)
    await house.call("button.press", house.entities["not_a_failure"])
    await eventually(lambda: _notes(house), lambda notes: not notes)
    await house.printer_is("idle")
    await house.until(house.entities["watch_state"], "idle")
    assert house.log.new_lines() == []


@pytest.mark.parametrize(
    ("language", "colours", "width"), [("en", "light", 1280), ("de", "dark", 390)], ids=["wide", "phone"]
)
async def test_the_forms_work_in_a_browser(
    house: House, browser: Browser, language: str, colours: Literal["light", "dark"], width: int
) -> None:
    texts = json.loads((TRANSLATIONS / f"{language}.json").read_text())
    url = house.home_assistant.url
    integrations = f"{url}/config/integrations"
    page = await open_home_assistant(
        browser,
        url,
        f"{integrations}/dashboard/add?domain=failwatch",
        language=language,
        colours=colours,
        width=width,
    )
    go_on = page.get_by_role("button", name=re.compile("^(Submit|OK|Absenden|Senden)$")).last
    form = page.locator("dialog-data-entry-flow")
    await go_on.click()
    await page.get_by_text(texts["config"]["step"]["user"]["menu_options"]["octoprint"]).first.click()
    address = texts["config"]["step"]["octoprint"]
    await expect(page.get_by_text(address["title"])).to_be_visible()
    await expect(page.get_by_text(address["data_description"]["api_key"])).to_be_visible()
    await form.locator("input").first.fill("127.0.0.1:1")
    await go_on.click()
    error = texts["config"]["error"]["cannot_connect"].replace("{problem}", "127.0.0.1:1")
    await expect(page.get_by_text(error)).to_be_visible()

    await page.goto(f"{integrations}/integration/failwatch")
    await expect(page.get_by_text("Room").first).to_be_visible()
    change = texts["config_subentries"]["camera"]["initiate_flow"]["reconfigure"]
    await page.get_by_role("button", name=change).last.click()
    steps = texts["config_subentries"]["camera"]["step"]
    for step in ("user", "states", "judgement"):
        await expect(page.get_by_text(steps[step]["title"], exact=True)).to_be_visible()
        await go_on.click()
    # Home Assistant says in its own words that it worked; what did not work would leave the page open.
    await expect(page.get_by_text(steps["judgement"]["title"], exact=True)).to_be_hidden()
    await page.context.close()
    assert house.log.new_lines() == []


async def test_a_moment_of_another_state_ends_no_print(house: House, voron: Voron) -> None:
    house.room.fails = False
    await voron.says("printing")
    await voron.until("watch_state", "watching")
    await voron.looks()
    print_id = (await voron.shown("failure_state"))["attributes"]["print_id"]
    mute = (await voron.shown("mute"))["entity_id"]
    await house.call("switch.turn_on", mute)
    for word in ("offline", "attention", "idle", "Pausing", "Resuming"):
        await voron.says(word)
        await voron.says("printing")
    await voron.until("watch_state", "watching")
    await voron.looks()
    assert (await voron.shown("failure_state"))["attributes"]["print_id"] == print_id
    assert (await voron.shown("mute"))["state"] == "on"
    await house.call("switch.turn_off", mute)
    assert house.log.new_lines() == []


async def test_two_phones_of_one_name_both_get_the_message(house: House, voron: Voron) -> None:
    watch = (await voron.shown("watch_state"))["entity_id"]
    await house.call("failwatch.notify", watch, kind="maybe")
    assert (await voron.first.got("looks suspicious."))["title"] == "Voron"
    assert (await voron.second.got("looks suspicious."))["title"] == "Voron"
    assert house.log.new_lines() == []


async def test_a_phone_that_is_deleted_in_mid_print_keeps_nobody_from_hearing(
    house: House, voron: Voron
) -> None:
    await house.home_assistant.delete(f"/api/config/config_entries/entry/{voron.second_entry}")
    house.room.fails = True
    await voron.first.got("is failing.")
    await voron.until("failure_state", "failure")
    assert house.log.new_lines() == []


async def test_a_button_works_though_home_assistant_was_restarted_after_the_alarm(
    house: House, voron: Voron
) -> None:
    message = await voron.first.got("is failing.")
    before = await house.state("input_button.pause_printer")
    house.home_assistant.program.stop()
    await house.home_assistant.start()

    async def sent_again() -> list[dict[str, Any]]:
        return [one for one in voron.first.messages if one["message"].endswith("is failing.")][1:]

    (again,) = await eventually(sent_again)
    assert again["data"]["tag"] == message["data"]["tag"], "it takes the first one's place"
    assert again["data"]["alert_once"], "without a sound where that is still shown"
    await voron.first.press(message, "Pause")

    async def pressed() -> bool:
        return await house.state("input_button.pause_printer") not in ("", "unavailable", before)

    async def cleared() -> bool:
        tag = message["data"]["tag"]
        return any(
            one["message"] == "clear_notification" and one["data"]["tag"] == tag
            for one in voron.first.messages
        )

    await eventually(pressed)
    await voron.says("paused")
    await eventually(cleared)
    assert await sent_again() == [again]
    assert house.log.new_lines(of_failwatch=True) == []
    # The phone that was deleted is missed as soon as a print is found to be on.
    await eventually(lambda: house.issues("recipients_gone"))
    await voron.says("printing")


async def test_a_printing_entity_that_is_deleted_in_mid_print_is_told_once_and_replaced(
    house: House, voron: Voron
) -> None:
    home = house.home_assistant
    await voron.until("watch_state", "watching")
    print_id = (await voron.shown("failure_state"))["attributes"]["print_id"]
    await home.command("input_select/delete", input_select_id="maker")
    (issue,) = await eventually(lambda: house.issues("status_gone"))
    assert (await voron.shown("watch_state"))["attributes"]["blind_reason"] == "status_gone"
    await _create_printing_entity(house, "Other")
    await house.call("input_select.select_option", "input_select.other", option="printing")
    fix = "/api/repairs/issues/fix"
    form = await home.post(fix, {"handler": "failwatch", "issue_id": issue["issue_id"]})
    await home.post(f"{fix}/{form['flow_id']}", {"status_entity": "input_select.other"})
    await voron.until("watch_state", "watching")
    assert (await voron.shown("failure_state"))["attributes"]["print_id"] == print_id
    assert await house.issues("status_gone") == []
    begins, ends = house.log.new_lines()
    assert "It is not known when Voron prints" in begins
    assert "It is known again when Voron prints" in ends
