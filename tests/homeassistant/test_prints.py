"""A watched printer's entities flicker, vanish and report unknown states."""

from typing import Any

import pytest
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant.printer import JOB, LIGHT, STATUS, Printer, until, watch
from tests.patience import eventually

WATCH = "sensor.voron_watch"
LONG = {"settling": 1e8, "power_cut": 1e6}
"""Times that no slow machine runs through, however fast the tests' clock is."""


async def switch(hass: HomeAssistant, service: str, entity_id: str) -> None:
    await hass.services.async_call("homeassistant", service, {"entity_id": entity_id}, blocking=True)
    await hass.async_block_till_done()


@pytest.mark.parametrize("blip", ["offline", "attention", "idle", "Pausing", "Resuming", "unavailable"])
async def test_a_moment_of_another_state_keeps_the_print_and_what_was_said_of_it(
    hass: HomeAssistant, printer: Printer, blip: str
) -> None:
    await watch(hass, **LONG)
    await printer.says("printing")
    await printer.looks(2)
    first = printer.detector.frames[-1].print_id
    await async_setup_component(hass, "homeassistant", {})
    await switch(hass, "turn_on", "switch.voron_mute_this_print")
    await printer.says(blip)
    await printer.says("printing")
    await printer.looks(2)
    assert printer.detector.frames[-1].print_id == first
    assert hass.states.get("switch.voron_mute_this_print").state == "on"
    assert "ended" not in printer.told


async def test_another_job_without_a_pause_between_is_another_print(
    hass: HomeAssistant, printer: Printer
) -> None:
    hass.states.async_set(JOB, "benchy")
    await watch(hass, job_entity=JOB)
    await printer.says("printing")
    await printer.looks(1)
    first = printer.detector.frames[-1].print_id
    hass.states.async_set(JOB, "vase")
    await until(hass, "sensor.voron_failure_state", "vase", "print_name")
    await printer.looks(2)
    assert printer.detector.frames[-1].print_id != first


async def test_a_power_cut_ends_the_print_and_switches_the_light_off(
    hass: HomeAssistant, printer: Printer
) -> None:
    off_before_the_end: list[bool] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if event.data["new_state"].state == "off":
            off_before_the_end.append("ended" not in printer.told)

    await watch(hass, light=LIGHT, power_cut=1)
    await printer.says("printing")
    await printer.looks(2)
    async_track_state_change_event(hass, LIGHT, note)
    await printer.says("unavailable")
    await until(hass, WATCH, "blind")
    assert hass.states.get(WATCH).attributes["blind_reason"] == "no_status"
    await until(hass, LIGHT, "off")
    await until(hass, WATCH, "idle")
    assert printer.told["ended"] == "no_status"
    assert printer.light.switched == [True, False]
    assert off_before_the_end == [True], "it does not shine until the print is given up"


async def repair(
    hass: HomeAssistant, hass_client: Any, issue_id: str, answer: dict[str, Any]
) -> dict[str, Any]:
    """Go through the flow that fixes an issue."""
    assert await async_setup_component(hass, REPAIRS, {})
    client = await hass_client()
    begun = await client.post("/api/repairs/issues/fix", json={"handler": "failwatch", "issue_id": issue_id})
    page = await begun.json()
    assert page["type"] == "form", page
    ended = await client.post(f"/api/repairs/issues/fix/{page['flow_id']}", json=answer)
    await hass.async_block_till_done()
    return dict(await ended.json())


async def test_a_printing_entity_that_is_gone_is_told_and_another_can_be_picked(
    hass: HomeAssistant,
    printer: Printer,
    issue_registry: ir.IssueRegistry,
    hass_client: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(1)
    hass.states.async_remove(STATUS)
    await until(hass, WATCH, "status_gone", "blind_reason")
    assert hass.states.get(WATCH).state == "blind"
    assert issue_registry.async_get_issue("failwatch", "status_gone_camera1")
    told = [one for one in caplog.records if "It is not known when Voron prints" in one.getMessage()]
    assert [one.levelname for one in told] == ["WARNING"]
    hass.states.async_set("sensor.new_status", "running", {"options": ["idle", "running", "pause"]})
    await repair(hass, hass_client, "status_gone_camera1", {"status_entity": "sensor.new_status"})
    data = entry.subentries["camera1"].data
    assert (data["status_entity"], data["printing_states"], data["paused_states"]) == (
        "sensor.new_status",
        ["running"],
        ["pause"],
    )
    assert not issue_registry.async_get_issue("failwatch", "status_gone_camera1")
    await printer.looks(1)
    assert caplog.text.count("It is known again when Voron prints") == 1


async def test_a_disabled_printing_entity_is_gone_too(
    hass: HomeAssistant,
    printer: Printer,
    entity_registry: er.EntityRegistry,
    issue_registry: ir.IssueRegistry,
) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    entity = entity_registry.async_get_or_create("sensor", "other", "1", config_entry=other)
    hass.states.async_set(entity.entity_id, "idle")
    await watch(hass, status_entity=entity.entity_id)
    entity_registry.async_update_entity(entity.entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    hass.states.async_remove(entity.entity_id)
    await until(hass, WATCH, "blind")
    assert issue_registry.async_get_issue("failwatch", "status_gone_camera1")


async def test_a_printer_that_is_switched_off_between_prints_is_no_trouble(
    hass: HomeAssistant, printer: Printer, issue_registry: ir.IssueRegistry
) -> None:
    await watch(hass)
    await printer.says("printing")
    await printer.looks(1)
    await printer.says("finished")
    await printer.says("unavailable")
    await until(hass, WATCH, "idle")
    assert printer.told["ended"] == "ended"
    assert not issue_registry.issues


async def test_a_word_that_nobody_knows_is_told_once_and_can_be_sorted_in(
    hass: HomeAssistant,
    printer: Printer,
    issue_registry: ir.IssueRegistry,
    hass_client: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await watch(hass, **LONG)
    await printer.says("printing")
    await printer.looks(1)
    for word in ("wiping", "printing", "wiping"):
        await printer.says(word)
    assert caplog.text.count("'wiping'") == 1
    assert issue_registry.async_get_issue("failwatch", "unknown_state_camera1")
    await repair(hass, hass_client, "unknown_state_camera1", {"meaning": "preparing_states"})
    assert caplog.text.count("It is known what Voron means by 'wiping'") == 1
    assert entry.subentries["camera1"].data["preparing_states"] == ["wiping"]
    assert not issue_registry.async_get_issue("failwatch", "unknown_state_camera1")
    await until(hass, WATCH, ["preparing"], "on_hold")
    assert "ended" not in printer.told


async def test_a_light_is_switched_once_for_a_print(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, light=LIGHT)
    await printer.says("printing")
    await printer.looks(10)
    assert printer.light.switched == [True]
    await printer.says("paused")
    await printer.says("printing")
    await printer.looks(2)
    assert printer.light.switched == [True]
    await printer.says("finished")
    await until(hass, LIGHT, "off")
    assert printer.light.switched == [True, False]


async def test_what_a_person_switches_while_printing_stays(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, light=LIGHT)
    await async_setup_component(hass, "homeassistant", {})
    await printer.says("printing")
    await printer.looks(2)
    await switch(hass, "turn_off", LIGHT)
    await printer.looks(5)
    assert printer.light.switched == [True, False]
    await printer.says("finished")
    await until(hass, WATCH, "idle")
    await printer.says("printing")
    await until(hass, LIGHT, "on")
    await switch(hass, "turn_on", LIGHT)
    await printer.says("finished")
    await until(hass, WATCH, "idle")
    await hass.async_block_till_done()
    assert hass.states.get(LIGHT).state == "on"


async def test_a_light_for_dark_pictures_is_left_off_by_day(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, light=LIGHT, light_mode="look", dark_below=30)
    await printer.says("printing")
    await printer.looks(4)
    assert printer.light.switched == []
    printer.camera.brightness = 10
    await eventually(lambda: printer.light.switched)


async def test_a_light_that_is_never_to_be_switched(hass: HomeAssistant, printer: Printer) -> None:
    printer.camera.brightness = 30
    await watch(hass, light=LIGHT, light_mode="never")
    await printer.says("printing")
    await printer.looks(4)
    assert printer.light.switched == []


async def test_a_light_goes_off_after_the_print_also_over_a_restart(
    hass: HomeAssistant, printer: Printer
) -> None:
    entry = await watch(hass, light=LIGHT)
    await printer.says("printing")
    await printer.looks(1)
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert printer.light.switched == [True], "the print goes on, and so does its light"
    await hass.config_entries.async_setup(entry.entry_id)
    await printer.looks(1)
    await printer.says("finished")
    await until(hass, LIGHT, "off")
    assert printer.light.switched == [True, False]


async def test_a_plug_that_tells_its_power_in_another_unit_tells_the_same(
    hass: HomeAssistant, printer: Printer
) -> None:
    """As where its user chose kW in the settings of the entity."""
    hass.states.async_set(STATUS, "0.03", {"unit_of_measurement": "kW"})
    await watch(hass, power_above=40, printing_states=[], paused_states=[])
    await until(hass, WATCH, "idle")
    hass.states.async_set(STATUS, "0.12", {"unit_of_measurement": "kW"})
    await until(hass, WATCH, "watching")
    hass.states.async_set(STATUS, "120", {"unit_of_measurement": "W"})
    await printer.looks(1)
    hass.states.async_set(STATUS, "30000", {"unit_of_measurement": "mW"})
    await printer.tells("ended")
