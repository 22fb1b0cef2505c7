"""What a print may need and is gone: told by a repair issue once a print is on, until it is back."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.failwatch.engine.watch.state import Event, EventKind
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.phones import Phones
from tests.homeassistant.printer import PAUSE, Printer, until, watch

WATCH = "sensor.voron_watch"


@pytest.fixture
def told(issue_registry: ir.IssueRegistry) -> Any:
    """Return what is said to be gone, by kind."""

    def gone() -> dict[str, str]:
        return {
            str(issue.translation_key): issue.translation_placeholders["gone"]
            for issue in issue_registry.issues.values()
            if issue.translation_placeholders and "gone" in issue.translation_placeholders
        }

    return gone


async def a_minute_passes(hass: HomeAssistant) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1, seconds=1))
    await hass.async_block_till_done()


async def test_buttons_that_are_gone_are_told_when_a_print_begins_and_until_they_are_back(
    hass: HomeAssistant, printer: Printer, told: Any
) -> None:
    settings = {"pause_with": "button.sold", "resume_with": "script.sold", "cancel_with": "button.sold"}
    await watch(hass, **settings, on_failure="pause")
    await a_minute_passes(hass)
    assert not told(), "between prints nobody needs them"
    await printer.says("printing")
    assert told() == {"orders_gone": "button.sold, script.sold"}
    hass.states.async_set("button.sold", "unknown")
    await a_minute_passes(hass)
    assert told() == {"orders_gone": "script.sold"}
    hass.states.async_set("script.sold", "off")
    await a_minute_passes(hass)
    assert not told()
    hass.states.async_remove("button.sold")
    await a_minute_passes(hass)
    assert not told()
    await printer.says("finished")
    await until(hass, WATCH, "idle")
    await printer.says("printing")
    assert told() == {"orders_gone": "button.sold"}


async def test_a_button_that_is_only_away_is_not_told(
    hass: HomeAssistant, printer: Printer, told: Any
) -> None:
    """Printers' buttons are often unavailable until they can be pressed."""
    hass.states.async_set(PAUSE, "unavailable")
    await watch(hass, pause_with=PAUSE, cancel_with="button.sold", on_failure="pause")
    await printer.says("printing")
    assert told() == {"orders_gone": "button.sold"}


async def test_phones_and_notifiers_that_are_gone_are_told(
    hass: HomeAssistant, printer: Printer, phones: Phones, told: Any
) -> None:
    there, sold, off = await phones.add(1), await phones.add(2), await phones.add(3, "Tablet")
    hass.states.async_set("notify.mail", "unknown")
    await hass.config_entries.async_remove(sold.entry.entry_id)
    await hass.config_entries.async_set_disabled_by(off.entry.entry_id, ConfigEntryDisabler.USER)
    entry = await watch(
        hass,
        notify_devices=[there.device, sold.device, off.device],
        notify_entities=["notify.mail", "notify.sold"],
    )
    await printer.says("printing")
    assert told() == {"recipients_gone": "notify.sold, a phone that was removed, Tablet"}
    await hass.config_entries.async_set_disabled_by(off.entry.entry_id, None)
    hass.states.async_set("notify.sold", "unknown")
    await a_minute_passes(hass)
    assert told() == {"recipients_gone": "a phone that was removed"}
    settings = {**entry.subentries["camera1"].data, "notify_devices": [there.device, off.device]}
    hass.config_entries.async_update_subentry(entry, entry.subentries["camera1"], data=settings)
    await hass.async_block_till_done()
    await until(hass, WATCH, "watching")
    assert not told()


async def test_it_is_told_at_the_start_where_a_print_is_on_and_not_of_a_printer_that_nobody_watches(
    hass: HomeAssistant, printer: Printer, told: Any
) -> None:
    entry = await watch(hass, pause_with=PAUSE, on_failure="pause")
    await printer.says("printing")
    await until(hass, WATCH, "watching")
    await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_remove(PAUSE)
    await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, WATCH, "watching")
    assert told() == {"orders_gone": PAUSE}
    await hass.config_entries.async_unload(entry.entry_id)
    assert not told()


async def test_nobody_is_missed_where_events_are_all_that_is_wanted(
    hass: HomeAssistant, printer: Printer, told: Any
) -> None:
    await watch(hass, tell="events_only", notify_entities=["notify.sold"], cancel_with="button.sold")
    await printer.says("printing")
    assert told() == {"orders_gone": "button.sold"}


@pytest.mark.parametrize("is_on", [True, False], ids=["a print is on", "a print begins"])
async def test_a_phone_that_is_gone_is_told_for_an_octoprint_too(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, link_entry: Any, told: Any, is_on: bool
) -> None:
    if is_on:
        octoprint.state = states.watching()
    link_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(link_entry, options={"notify_entities": ["notify.sold"]})
    assert await hass.config_entries.async_setup(link_entry.entry_id)
    await octoprint.connected()
    if not is_on:
        assert not told()
        started = Event(EventKind.STARTED, states.AT, "print-1")
        await octoprint.push(state=states.watching(), events=[started])
        await until(hass, "sensor.ender_3_watch", "watching")
    assert told() == {"recipients_gone": "notify.sold"}
