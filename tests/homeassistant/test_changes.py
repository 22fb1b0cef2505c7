"""Printers that are added, changed and removed while others print, and what is known right after a restart."""

from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import ATTR_AREA_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant import printer as printers
from tests.homeassistant.printer import Printer, until, watch

OTHER = {**printers.SETTINGS, "status_entity": "sensor.other_status", "picture_entity": printers.IMAGE}


async def printing(hass: HomeAssistant, printer: Printer, **settings: Any) -> MockConfigEntry:
    entry = await watch(hass, **settings)
    await printer.says("printing")
    await printer.looks(2)
    return entry


def second(title: str = "Prusa") -> ConfigSubentry:
    return ConfigSubentry(
        data=MappingProxyType(OTHER),
        subentry_id="camera2",
        subentry_type="camera",
        title=title,
        unique_id="second",
    )


async def test_adding_and_removing_a_printer_leaves_the_others_alone(
    hass: HomeAssistant, printer: Printer
) -> None:
    entry = await printing(hass, printer)
    first = entry.runtime_data.printers["camera1"]
    print_id = first.data.print_id
    hass.states.async_set("sensor.other_status", "idle")
    hass.config_entries.async_add_subentry(entry, second())
    await hass.async_block_till_done()
    await until(hass, "sensor.prusa_watch", "idle")
    hass.states.async_set("sensor.other_status", "printing")
    await until(hass, "sensor.prusa_watch", "watching")
    assert entry.runtime_data.printers["camera1"] is first
    assert first.data.print_id == print_id
    closed = printer.detector.closed

    hass.config_entries.async_remove_subentry(entry, "camera2")
    await hass.async_block_till_done()
    assert hass.states.get("sensor.prusa_watch") is None
    assert "camera2" not in entry.runtime_data.printers
    await printer.looks(2)
    assert entry.runtime_data.printers["camera1"] is first
    assert printer.detector.closed == closed
    assert first.data.print_id == print_id


async def test_saving_a_printer_leaves_the_others_alone_and_its_own_print_goes_on(
    hass: HomeAssistant, printer: Printer, entity_registry: er.EntityRegistry
) -> None:
    entry = await printing(hass, printer)
    hass.states.async_set("sensor.other_status", "printing")
    hass.config_entries.async_add_subentry(entry, second())
    await until(hass, "sensor.prusa_watch", "watching")
    first, other = entry.runtime_data.printers["camera1"], entry.runtime_data.printers["camera2"]
    print_id = other.data.print_id
    entity_registry.async_update_entity("sensor.prusa_watch", new_entity_id="sensor.my_own")
    hass.config_entries.async_update_subentry(
        entry, entry.subentries["camera2"], data={**OTHER, "interval": 20}, title="Prusa 2"
    )
    await hass.async_block_till_done()
    await until(hass, "sensor.my_own", "watching")
    renewed = entry.runtime_data.printers["camera2"]
    assert renewed is not other
    assert renewed.settings["interval"] == 20
    assert renewed.data.print_id == print_id
    assert entry.runtime_data.printers["camera1"] is first
    assert dr.async_get(hass).async_get(renewed.device.id).name == "Prusa 2"


async def test_settings_that_cannot_work_are_shown_by_the_entry(
    hass: HomeAssistant, printer: Printer
) -> None:
    entry = await printing(hass, printer)
    data = {**printers.SETTINGS, "numbers": {"failure": -1}, "interval": 20}
    hass.config_entries.async_update_subentry(entry, entry.subentries["camera1"], data=data)
    await hass.async_block_till_done()
    assert entry.state.value == "setup_error"


async def test_nothing_is_known_of_a_print_right_after_a_restart(
    hass: HomeAssistant, printer: Printer
) -> None:
    entry = await printing(hass, printer)
    printer.detector.p = 0.9
    await until(hass, "sensor.voron_failure_state", "failure")
    seen: list[tuple[str, str]] = []

    def note(event: Any) -> None:
        before, now = event.data["old_state"], event.data["new_state"]
        if event.data["entity_id"] == "sensor.voron_failure_state" and now is not None:
            seen.append((before.state if before else "", now.state))

    hass.bus.async_listen("state_changed", note)
    hass.states.async_set(printers.STATUS, "unavailable")
    printer.told.clear()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    for entity in ("sensor.voron_failure_state", "sensor.voron_watch", "binary_sensor.voron_print_failing"):
        assert hass.states.get(entity).state == "unknown", entity
    await printer.says("printing")
    await until(hass, "sensor.voron_failure_state", "failure")
    assert ("none", "failure") not in seen
    assert "failure" not in printer.told, "nothing repeats"


@pytest.mark.parametrize("entity_id", ["switch.voron_watching", "switch.voron_mute_this_print"])
async def test_watching_stays_on_when_everything_in_the_area_goes_off(
    hass: HomeAssistant,
    printer: Printer,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
    area_registry: ar.AreaRegistry,
    entity_id: str,
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    entry = await printing(hass, printer)
    area = area_registry.async_create("Attic")
    device = entry.runtime_data.printers["camera1"].device
    device_registry.async_update_device(device.id, area_id=area.id)
    light = entity_registry.async_get(printers.LIGHT)
    entity_registry.async_update_entity(light.entity_id, area_id=area.id)
    hass.states.async_set(entity_id, "on")
    await hass.services.async_call(
        "homeassistant", "turn_off", {}, target={ATTR_AREA_ID: area.id}, blocking=True
    )
    assert printer.light.switched[-1:] == [False], "the light is one of those that go off"
    assert hass.states.get(entity_id).state == "on"
    assert not async_should_expose(hass, "conversation", entity_id)
