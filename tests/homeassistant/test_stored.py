"""Files of a later release, as after a downgrade or from a backup, and damaged ones: watching begins anew."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.printer import Printer, service_entry, until

WATCH = "sensor.voron_watch"


def stored(key: str, data: Any, version: int = 1) -> dict[str, Any]:
    return {key: {"version": version, "minor_version": 1, "key": key, "data": data}}


ODD = [
    ({"camera1": {"phase": "watching"}}, 2),
    ("gibberish", 1),
    ([], 1),
    ({"camera1": 5}, 1),
    ({"camera1": {"print_status": {"print_id": 7}, "phase": "dancing"}}, 1),
]


@pytest.mark.parametrize(("data", "version"), ODD)
async def test_a_state_that_cannot_be_read_keeps_no_printer_from_being_watched(
    hass: HomeAssistant, printer: Printer, hass_storage: dict[str, Any], data: Any, version: int
) -> None:
    entry = service_entry()
    key = f"failwatch.{entry.entry_id}"
    hass_storage |= stored(key, data, version)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await printer.says("printing")
    await until(hass, WATCH, "watching")
    await hass.config_entries.async_unload(entry.entry_id)
    assert hass_storage[key]["data"]["camera1"]["print_id"], "what is known from now on is kept again"


@pytest.mark.parametrize(("data", "version"), ODD)
async def test_messages_that_cannot_be_read_keep_no_printer_from_being_watched(
    hass: HomeAssistant, printer: Printer, hass_storage: dict[str, Any], data: Any, version: int
) -> None:
    hass_storage |= stored("failwatch.messages", data, version)
    entry = service_entry()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await printer.says("printing")
    await until(hass, WATCH, "watching")


@pytest.mark.parametrize(("data", "version"), ODD)
async def test_a_link_follows_its_octoprint_whatever_was_stored(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    link_entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    data: Any,
    version: int,
) -> None:
    hass_storage |= stored(f"failwatch.{link_entry.entry_id}", data, version)
    await linked()
    await until(hass, "sensor.ender_3_watch", "idle")
