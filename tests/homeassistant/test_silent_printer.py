"""A printer that falls silent in the middle of a print: told once on the phone, and that it is back."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.engine.errors import Unavailable
from custom_components.failwatch.shared.conditions import condition_met
from tests.homeassistant.phones import Phone, Phones
from tests.homeassistant.printer import STATUS, Printer, until, watch
from tests.patience import eventually

WATCH, PROBLEM = "sensor.voron_watch", "binary_sensor.voron_print_failing"
LOST, BACK = "The print can no longer be watched: the printer says nothing.", "can be watched again"


@pytest.fixture
async def phone(phones: Phones) -> Phone:
    return await phones.add(1)


async def begin(hass: HomeAssistant, printer: Printer, phone: Phone, **settings: Any) -> MockConfigEntry:
    """Watch a print, and tell the phone."""
    entry = await watch(hass, notify_devices=[phone.device], **settings)
    await printer.says("printing")
    await printer.looks(1)
    return entry


async def restart(hass: HomeAssistant, entry: MockConfigEntry, storage: dict[str, Any]) -> None:
    """Set all up again, an hour after it was last known that the print runs."""
    await hass.config_entries.async_unload(entry.entry_id)
    storage[f"failwatch.{entry.entry_id}"]["data"]["camera1"]["print_status"]["silent_since"] -= 3600
    await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, WATCH, ["no_status"], "on_hold")


def told(phone: Phone, words: str) -> int:
    return sum(words in one["message"] for one in phone.messages)


@pytest.mark.parametrize("silence", ["unavailable", "unknown", None], ids=["away", "unknown", "gone"])
async def test_it_is_told_once_and_that_it_is_back(
    hass: HomeAssistant, printer: Printer, phone: Phone, silence: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    await begin(hass, printer, phone)
    if silence is None:
        hass.states.async_remove(STATUS)
    else:
        await printer.says(silence)
    lost = await phone.got(LOST)
    assert (printer.told["blind"], hass.states.get(WATCH).state) == ("no_status", "blind")
    if silence is not None:
        await printer.says("unknown" if silence == "unavailable" else "unavailable")
    await printer.says("printing")
    back = await phone.got(BACK)
    assert back["data"]["tag"] == lost["data"]["tag"], "it takes the other one's place"
    assert printer.told["seeing"] == "no_status"
    await until(hass, WATCH, "watching")
    await printer.looks(3)
    assert (told(phone, LOST), told(phone, BACK)) == (1, 1)
    assert "cannot be watched" not in caplog.text, "the log has a line of its own for it"
    await printer.says("unavailable")
    await eventually(lambda: told(phone, LOST) == 2)


async def test_a_moment_of_silence_is_not_told(hass: HomeAssistant, printer: Printer, phone: Phone) -> None:
    await begin(hass, printer, phone)
    await printer.says("unavailable")
    await printer.looks(3)
    await printer.says("printing")
    await printer.looks(3)
    await printer.says("unavailable")
    await phone.got(LOST)
    assert (told(phone, LOST), told(phone, BACK)) == (1, 0)


async def test_who_asked_for_silence_is_told_when_that_ends(
    hass: HomeAssistant, printer: Printer, phone: Phone
) -> None:
    await begin(hass, printer, phone)
    mute = {"entity_id": "switch.voron_mute_this_print"}
    await hass.services.async_call("switch", "turn_on", mute, blocking=True)
    await printer.says("unavailable")
    await until(hass, WATCH, "no_status", "blind_reason")
    await hass.async_block_till_done()
    assert not phone.messages
    await hass.services.async_call("switch", "turn_off", mute, blocking=True)
    await phone.got(LOST)


async def test_a_paused_print_is_nothing_to_be_told_of(
    hass: HomeAssistant, printer: Printer, phone: Phone
) -> None:
    await begin(hass, printer, phone)
    await printer.says("paused")
    await printer.says("unavailable")
    await until(hass, WATCH, "no_status", "blind_reason")
    await hass.async_block_till_done()
    assert not phone.messages
    await printer.says("printing")
    await printer.looks(1)
    await printer.says("unavailable")
    await phone.got(LOST)


async def test_a_print_that_is_over_when_the_printer_is_back_takes_the_message_with_it(
    hass: HomeAssistant, printer: Printer, phone: Phone
) -> None:
    await begin(hass, printer, phone)
    await printer.says("unavailable")
    message = await phone.got(LOST)
    await printer.says("finished")
    await phone.cleared(message)
    assert not told(phone, BACK)


async def test_a_print_that_its_camera_does_not_show_either_is_back_once_it_does(
    hass: HomeAssistant, printer: Printer, phone: Phone
) -> None:
    await begin(hass, printer, phone)
    printer.detector.error = Unavailable("down")
    await until(hass, WATCH, "blind")
    await printer.says("unavailable")
    await phone.got(LOST)
    await printer.says("printing")
    await printer.looks(2)
    assert not told(phone, BACK)
    printer.detector.error = None
    await phone.got(BACK)


async def test_it_is_told_once_over_a_restart(
    hass: HomeAssistant,
    printer: Printer,
    phone: Phone,
    issue_registry: ir.IssueRegistry,
    hass_storage: dict[str, Any],
) -> None:
    """What was heard before it is not taken for what is heard after it, and the repair issue comes again."""
    entry = await begin(hass, printer, phone)
    await printer.says("unavailable")
    await phone.got(LOST)
    await restart(hass, entry, hass_storage)
    assert not issue_registry.async_get_issue("failwatch", "no_status_camera1")
    await eventually(lambda: issue_registry.async_get_issue("failwatch", "no_status_camera1"))
    await printer.says("printing")
    await phone.got(BACK)
    assert told(phone, LOST) == 1


async def test_a_printer_that_comes_up_after_home_assistant_did_not_fall_silent(
    hass: HomeAssistant, printer: Printer, phone: Phone, hass_storage: dict[str, Any]
) -> None:
    """However long Home Assistant was away."""
    entry = await begin(hass, printer, phone)
    await printer.says("unavailable")
    await restart(hass, entry, hass_storage)
    await printer.says("printing")
    await printer.looks(2)
    assert not phone.messages
    await printer.says("unavailable")
    await phone.got(LOST)


async def test_everything_that_shows_the_watch_says_that_it_cannot_check(
    hass: HomeAssistant, printer: Printer
) -> None:
    entry = await watch(hass)
    watched = entry.runtime_data.printers["camera1"]

    def shown() -> tuple[str, str, str, bool, bool]:
        sight, level, problem = (
            hass.states.get(entity_id).state
            for entity_id in ("binary_sensor.voron_sight", "sensor.voron_failure_state", PROBLEM)
        )
        return (
            sight,
            level,
            problem,
            condition_met("is_blind", watched),
            condition_met("is_watching", watched),
        )

    await printer.says("printing")
    await printer.looks(2)
    await until(hass, WATCH, "watching")
    assert shown() == ("on", "none", "off", False, True)
    await printer.says("unavailable")
    await until(hass, WATCH, "blind")
    assert shown() == ("off", "unknown", "unknown", True, False)
    await printer.says("printing")
    await until(hass, WATCH, "watching")
    assert shown() == ("on", "none", "off", False, True)


async def test_a_printer_that_is_no_longer_watched_is_no_trouble(
    hass: HomeAssistant, printer: Printer, issue_registry: ir.IssueRegistry
) -> None:
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(1)
    await printer.says("unavailable")
    await until(hass, WATCH, "blind")
    assert issue_registry.async_get_issue("failwatch", "no_status_camera1")
    watching = {"entity_id": "switch.voron_watching"}
    await hass.services.async_call("switch", "turn_off", watching, blocking=True)
    await hass.async_block_till_done()
    assert hass.states.get(WATCH).state == "idle"
    assert not condition_met("is_blind", entry.runtime_data.printers["camera1"])
    assert not issue_registry.async_get_issue("failwatch", "no_status_camera1")
    await printer.says("printing")
    await hass.services.async_call("switch", "turn_on", watching, blocking=True)
    await until(hass, WATCH, "watching")


async def test_a_failure_stays_one_while_the_printer_says_nothing(
    hass: HomeAssistant, printer: Printer
) -> None:
    await watch(hass)
    await printer.says("printing")
    printer.detector.p = 0.95
    await until(hass, "sensor.voron_failure_state", "failure")
    await printer.says("unavailable")
    await until(hass, WATCH, "blind")
    assert hass.states.get("sensor.voron_failure_state").state == "failure"


async def test_a_camera_that_was_blind_before_a_restart_takes_its_message_back_once_it_sees(
    hass: HomeAssistant, printer: Printer, phone: Phone
) -> None:
    entry = await begin(hass, printer, phone)
    printer.camera.broken = True
    message = await phone.got("the camera gives no picture")
    await hass.config_entries.async_unload(entry.entry_id)
    assert [one["message"] for one in phone.messages][-1] == message["message"]
    printer.camera.broken = False
    await hass.config_entries.async_setup(entry.entry_id)
    await phone.cleared(message)
