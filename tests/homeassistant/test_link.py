"""An OctoPrint link: what it shows, and to which device it belongs."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.state import Event, EventKind, Phase
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import UUID, Linked, OctoPrintServer
from tests.homeassistant.printer import until
from tests.patience import eventually


async def test_a_failing_print_shows(hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked) -> None:
    await linked()
    assert hass.states.get("sensor.ender_3_failure_state").state == "none"

    await octoprint.push(
        state=states.watching(Level.FAILURE, p=0.9),
        events=[Event(EventKind.FAILURE, states.AT, "print-1", "because", Level.FAILURE)],
    )
    await until(hass, "sensor.ender_3_failure_state", "failure")

    state = hass.states.get("sensor.ender_3_failure_state")
    assert state.attributes["rule"] == "high"
    assert state.attributes["print_name"] == "benchy.gcode"
    assert hass.states.get("binary_sensor.ender_3_print_failing").state == "on"
    assert float(hass.states.get("sensor.ender_3_p").state) == pytest.approx(0.9)
    assert float(hass.states.get("sensor.ender_3_ewm_mean").state) == pytest.approx(0.81)
    assert hass.states.get("event.ender_3_events").attributes["event_type"] == "failure"
    assert octoprint.subscriptions == [{"state": False, "plugins": ["failwatch"], "events": False}]


@pytest.mark.parametrize("first", ["ours", "theirs"])
async def test_below_cores_octoprint_device(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    device_registry: dr.DeviceRegistry,
    first: str,
) -> None:
    if first == "ours":
        entry = await linked()
    core = MockConfigEntry(domain="octoprint", unique_id=UUID)
    core.add_to_hass(hass)
    theirs = device_registry.async_get_or_create(
        config_entry_id=core.entry_id, identifiers={("octoprint", UUID)}, name="OctoPrint"
    )
    if first == "theirs":
        entry = await linked()
    await hass.async_block_till_done()
    (ours,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert ours.via_device_id == theirs.id


async def test_not_below_the_device_of_another_octoprint(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, device_registry: dr.DeviceRegistry
) -> None:
    entry = await linked()
    core = MockConfigEntry(domain="octoprint", unique_id="another")
    core.add_to_hass(hass)
    device_registry.async_get_or_create(config_entry_id=core.entry_id, identifiers={("octoprint", "another")})
    await hass.async_block_till_done()
    (ours,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert ours.via_device_id is None


async def test_without_its_device_nothing_is_told_of_it(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, device_registry: dr.DeviceRegistry
) -> None:
    entry = await linked()
    told = async_capture_events(hass, "failwatch_event")
    (ours,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    device_registry.async_remove_device(ours.id)
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device_registry.async_get_or_create(config_entry_id=other.entry_id, identifiers={("other", "1")})
    await octoprint.push(
        state=states.watching(Level.FAILURE, p=0.9),
        events=[Event(EventKind.FAILURE, states.AT, "print-1", "", Level.FAILURE)],
    )
    link = entry.runtime_data.printers[None]
    await eventually(lambda: link.recent_events)
    assert not told
    assert link.is_connected


async def test_pictures_are_fetched_once_per_look(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, hass_client
) -> None:
    await linked()
    client = await hass_client()
    await octoprint.push(state=states.watching(Level.MAYBE, p=0.5))
    await until(hass, "sensor.ender_3_failure_state", "maybe")
    state = hass.states.get("image.ender_3_last_look")
    for _ in range(2):
        answer = await client.get(state.attributes["entity_picture"])
        assert answer.status == 200
    assert octoprint.pictures == 1


async def test_unload(hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked) -> None:
    entry = await linked()
    await octoprint.push(state=replace(states.idle(), phase=Phase.WATCHING, print_id="x"))
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED


async def test_a_picture_that_cannot_be_had_leaves_the_last_one(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, hass_client: Any
) -> None:
    await linked()
    link = hass.config_entries.async_entries("failwatch")[0].runtime_data.printers[None]
    assert await link.async_picture() is None
    await octoprint.push(state=states.watching(Level.MAYBE, p=0.5))
    await until(hass, "sensor.ender_3_failure_state", "maybe")
    octoprint.failing = 500
    assert await link.async_picture() is None
    octoprint.failing = 0
    picture = await link.async_picture()
    assert picture
    await octoprint.push(state=states.watching(Level.FAILURE, p=0.9, at=states.AT + 10))
    await until(hass, "sensor.ender_3_failure_state", "failure")
    octoprint.failing = 500
    assert await link.async_picture() == picture


async def test_the_last_picture_stays_while_a_new_print_has_none(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, hass_client: Any
) -> None:
    await linked()
    client = await hass_client()
    await octoprint.push(state=states.watching(Level.MAYBE, p=0.5))
    await until(hass, "sensor.ender_3_failure_state", "maybe")
    address = hass.states.get("image.ender_3_last_look").attributes["entity_picture"]
    assert (await client.get(address)).status == 200
    await octoprint.push(state=replace(states.watching(print_id="print-2"), look=None))
    await until(hass, "sensor.ender_3_failure_state", "none")
    assert (await client.get(address)).status == 200


async def test_the_times_of_a_wrong_clock_are_put_right(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    await linked()
    octoprint.now = time.time() - 86_400
    await octoprint.push(state=states.watching(at=octoprint.now - 60))
    await until(hass, "sensor.ender_3_watch", "watching")
    shown = datetime.fromisoformat(hass.states.get("image.ender_3_last_look").state)
    assert abs((datetime.now(UTC) - shown).total_seconds() - 60) < 30


async def test_an_update_of_the_plugin_shows_at_the_device(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    device_registry: dr.DeviceRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.FIRST_WAIT", 0.01)
    entry = await linked()
    octoprint.version = "0.2.0"
    await octoprint.drop()
    await octoprint.connected()

    def version() -> str | None:
        (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
        return device.sw_version

    await eventually(lambda: version() == "0.2.0")
