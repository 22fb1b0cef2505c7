"""An OctoPrint link from set-up to removal."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.failwatch.detection.rules import FailWatchRules
from custom_components.failwatch.detection.state import Event, EventKind, Phase
from custom_components.failwatch.detection.verdict import Level
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import UUID, Linked, OctoPrintServer


async def until(hass: HomeAssistant, entity_id: str, wanted: str) -> None:
    async with asyncio.timeout(60):
        while (state := hass.states.get(entity_id)) is None or state.state != wanted:
            await asyncio.sleep(0.01)


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


async def test_all_entities_are_unavailable_while_the_link_is_down(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("custom_components.failwatch.link.FIRST_WAIT", 0.05)
    await linked()
    octoprint.plugin = False
    await octoprint.drop()
    await until(hass, "sensor.ender_3_p", "unavailable")
    down = {
        state.entity_id
        for state in hass.states.async_all()
        if state.state != "unavailable" and "connectivity" not in state.attributes.get("device_class", "")
    }
    assert not down
    assert hass.states.get("binary_sensor.ender_3_sight").state == "off"

    octoprint.plugin = True
    await until(hass, "sensor.ender_3_failure_state", "none")
    assert caplog.text.count("Error requesting Ender 3 data") == 1
    assert caplog.text.count("Ender 3 answers again") == 1


async def test_a_refused_key_starts_reauthentication(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    entry = await linked()
    octoprint.key = "another"
    await octoprint.drop()
    async with asyncio.timeout(60):
        while not hass.config_entries.flow.async_progress():
            await asyncio.sleep(0.01)
    flow = hass.config_entries.flow.async_progress()[0]
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["context"]["entry_id"] == entry.entry_id


@pytest.mark.parametrize(
    ("service", "entity", "data", "command"),
    [
        (
            "button.press",
            "button.ender_3_not_a_failure",
            {},
            {"command": "acknowledge", "answer": "not_a_failure"},
        ),
        ("button.press", "button.ender_3_it_failed", {}, {"command": "acknowledge", "answer": "failure"}),
        ("button.press", "button.ender_3_snooze_for_15_minutes", {}, {"command": "snooze", "seconds": 900}),
        ("button.press", "button.ender_3_check_now", {}, {"command": "check"}),
        ("switch.turn_off", "switch.ender_3_watching", {}, {"command": "watching", "enabled": False}),
        ("switch.turn_on", "switch.ender_3_mute_this_print", {}, {"command": "mute", "muted": True}),
        (
            "number.set_value",
            "number.ender_3_failing_above",
            {"value": 0.7},
            {"command": "rules", "numbers": {"failure": 0.7}},
        ),
        (
            "select.select_option",
            "select.ender_3_rule_set",
            {"option": "obico"},
            {"command": "rules", "name": "obico"},
        ),
    ],
)
async def test_what_the_user_asks_reaches_the_plugin(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    service: str,
    entity: str,
    data: dict[str, object],
    command: dict[str, object],
) -> None:
    await linked()
    domain, name = service.split(".")
    await hass.services.async_call(domain, name, {"entity_id": entity, **data}, blocking=True)
    assert octoprint.commands == [command]


async def test_what_the_keys_user_may_not_do_is_no_reason_for_another_key(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    await linked()
    octoprint.forbidden = ("rules",)
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(
            "number", "set_value", {"entity_id": "number.ender_3_failing_above", "value": 0.7}, blocking=True
        )
    assert raised.value.translation_key == "not_allowed"
    assert not hass.config_entries.flow.async_progress()


@pytest.mark.parametrize(
    ("button", "job"),
    [
        ("pause_print", {"command": "pause", "action": "pause"}),
        ("resume_print", {"command": "pause", "action": "resume"}),
        ("cancel_print", {"command": "cancel"}),
    ],
)
async def test_job_buttons(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, button: str, job: dict[str, str]
) -> None:
    await linked()
    await hass.services.async_call(
        "button", "press", {"entity_id": f"button.ender_3_{button}"}, blocking=True
    )
    assert octoprint.jobs == [job]


async def test_the_numbers_are_those_of_the_rule_set_in_force(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    await linked()
    assert float(hass.states.get("number.ender_3_failing_above").state) == FailWatchRules().failure
    assert hass.states.get("number.ender_3_escalation_factor") is None
    octoprint.rules = {"name": "obico", "numbers": {"escalation": 2.0}}
    await octoprint.push()
    await until(hass, "number.ender_3_escalation_factor", "2.0")
    assert hass.states.get("number.ender_3_failing_above") is None


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
    async with asyncio.timeout(60):
        while not link.recent_events:
            await asyncio.sleep(0.01)
    assert not told
    assert link.is_connected


async def test_an_action_that_this_release_does_not_know_is_no_event(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    entry = await linked()
    await octoprint.push(
        state=states.watching(Level.FAILURE, p=0.9),
        events=[Event(EventKind.ACTION, states.AT, "print-1", "fly", Level.FAILURE)],
    )
    await until(hass, "sensor.ender_3_failure_state", "failure")
    assert hass.states.get("event.ender_3_events").state == "unknown"
    assert entry.runtime_data.printers[None].is_connected


async def test_a_missing_plugin_is_a_repair_issue_that_goes_away(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    link_entry,
    issue_registry: ir.IssueRegistry,
) -> None:
    octoprint.plugin = False
    link_entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(link_entry.entry_id)
    assert link_entry.state is ConfigEntryState.SETUP_RETRY
    issue = issue_registry.async_get_issue("failwatch", f"plugin_{link_entry.entry_id}")
    assert issue.translation_key == "plugin_missing"

    octoprint.plugin = True
    assert await hass.config_entries.async_reload(link_entry.entry_id)
    await octoprint.connected()
    assert not issue_registry.issues


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


async def test_a_key_that_is_refused_at_set_up(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    octoprint.key = "another"
    link_entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(link_entry.entry_id)
    assert link_entry.state is ConfigEntryState.SETUP_ERROR
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == [
        SOURCE_REAUTH
    ]


async def test_an_octoprint_that_is_off_at_set_up(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    octoprint.failing = 503
    link_entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(link_entry.entry_id)
    assert link_entry.state is ConfigEntryState.SETUP_RETRY
    assert "503" in str(link_entry.reason)


@pytest.mark.parametrize(
    "rules", [{"name": "of_the_future", "numbers": {"x": 1}}, {"name": "obico", "numbers": {"low": "odd"}}]
)
async def test_rules_that_this_release_does_not_know(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, rules: dict[str, Any]
) -> None:
    await linked()
    octoprint.rules = rules
    await octoprint.push()
    await until(hass, "select.ender_3_rule_set", "unknown")
    assert hass.states.get("number.ender_3_failing_above") is None


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


async def test_news_that_nobody_understands_are_not_taken_for_good_ones(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("custom_components.failwatch.link.FIRST_WAIT", 0.05)
    await linked()
    octoprint.rules = ["of", "the", "future"]  # type: ignore[assignment]
    await octoprint.push()
    await until(hass, "sensor.ender_3_p", "unavailable")
    assert caplog.text.count("The link to Ender 3 broke off") == 1
    octoprint.rules = {"name": "failwatch", "numbers": {}}
    await until(hass, "sensor.ender_3_failure_state", "none")


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
    monkeypatch.setattr("custom_components.failwatch.link.FIRST_WAIT", 0.01)
    entry = await linked()
    octoprint.version = "0.2.0"
    await octoprint.drop()
    await octoprint.connected()

    def version() -> str | None:
        (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
        return device.sw_version

    async with asyncio.timeout(60):
        while version() != "0.2.0":
            await asyncio.sleep(0.01)
