"""Triggers and conditions, as automations use them."""

from dataclasses import replace
from typing import Any

import pytest
from homeassistant.components.device_automation import DeviceAutomationType
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_get_device_automations,
    async_mock_service,
)

from custom_components.failwatch import device_condition, device_trigger
from custom_components.failwatch.condition import async_get_conditions
from custom_components.failwatch.device_trigger import TRIGGER_TYPES
from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.state import Event, EventKind, Phase, WatchState
from custom_components.failwatch.shared.conditions import condition_met
from custom_components.failwatch.trigger import async_get_triggers
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.printer import Printer, until, watch
from tests.patience import eventually

KINDS = {
    "print_started": (EventKind.STARTED, ""),
    "print_ended": (EventKind.ENDED, "done"),
    "failure_detected": (EventKind.FAILURE, ""),
    "suspicion_raised": (EventKind.MAYBE, ""),
    "cleared": (EventKind.CLEARED, ""),
    "sight_lost": (EventKind.BLIND, "frozen"),
    "sight_regained": (EventKind.SEEING, ""),
    "camera_lost": (EventKind.CAMERA_BLIND, "no_snapshot"),
    "camera_regained": (EventKind.CAMERA_SEEING, "no_snapshot"),
    "acknowledged": (EventKind.ACKNOWLEDGED, "failure"),
    "action_announced": (EventKind.COUNTDOWN, "pause"),
    "print_paused": (EventKind.ACTION, "pause"),
    "print_cancelled": (EventKind.ACTION, "cancel"),
    "action_failed": (EventKind.ACTION_FAILED, "pause: no"),
}


@pytest.fixture
def calls(hass: HomeAssistant) -> list[ServiceCall]:
    return async_mock_service(hass, "test", "heard")


async def automate(hass: HomeAssistant, trigger: dict[str, Any], **more: Any) -> None:
    data = {"what": "{{ trigger.print_name | default('') }}", "why": "{{ trigger.description }}"}
    action = {"action": "test.heard", "data": data}
    config = {"alias": "test", "triggers": [trigger], "actions": [action], **more}
    assert await async_setup_component(hass, "automation", {"automation": [config]})
    await hass.async_block_till_done()


async def tell(octoprint: OctoPrintServer, kind: EventKind, detail: str) -> None:
    await octoprint.push(
        state=states.watching(Level.FAILURE, p=0.9),
        events=[Event(kind, states.AT, "print-1", detail, Level.FAILURE)],
    )


async def heard(calls: list[ServiceCall], count: int = 1) -> None:
    await eventually(lambda: len(calls) >= count)


async def enable_new_triggers(hass: HomeAssistant) -> None:
    """Releases before 2026.7 or so keep them behind a switch in the labs."""
    from homeassistant.components import automation

    if hasattr(automation, "NEW_TRIGGERS_CONDITIONS_FEATURE_FLAG"):
        from homeassistant.components import labs

        assert await async_setup_component(hass, "labs", {})
        await labs.async_update_preview_feature(
            hass, "automation", automation.NEW_TRIGGERS_CONDITIONS_FEATURE_FLAG, True
        )


@pytest.mark.parametrize("name", KINDS)
async def test_trigger(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, calls: list[ServiceCall], name: str
) -> None:
    await linked()
    await enable_new_triggers(hass)
    await automate(
        hass, {"trigger": f"failwatch.{name}", "target": {"entity_id": "sensor.ender_3_failure_state"}}
    )
    other = next(kind for kind in KINDS.values() if kind != KINDS[name])
    await tell(octoprint, *other)
    await tell(octoprint, *KINDS[name])
    await heard(calls)
    assert [call.data["what"] for call in calls] == ["benchy.gcode"]


@pytest.mark.parametrize("modern", [True, False])
async def test_triggers_leave_out_what_people_need_not_be_told(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    calls: list[ServiceCall],
    device_registry: dr.DeviceRegistry,
    modern: bool,
) -> None:
    entry = await linked()
    if modern:
        await enable_new_triggers(hass)
        target = {"entity_id": "sensor.ender_3_failure_state"}
        trigger = {"trigger": "failwatch.sight_lost", "target": target}
    else:
        (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
        trigger = {"platform": "device", "domain": "failwatch", "device_id": device.id, "type": "blind"}
    await automate(hass, trigger)
    told = async_capture_events(hass, "failwatch_event")
    for detail, minor in (("unavailable", False), ("server_failed", True), ("dark", False)):
        event = Event(EventKind.BLIND, states.AT, "print-1", detail, minor=minor)
        await octoprint.push(state=states.watching(), events=[event])
    await heard(calls, 2)
    assert [(event.data["detail"], event.data["minor"]) for event in told] == [
        ("unavailable", False),
        ("server_failed", True),
        ("dark", False),
    ]
    assert len(calls) == 2


async def test_a_trigger_hears_only_the_printers_meant(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, calls: list[ServiceCall]
) -> None:
    await linked()
    await enable_new_triggers(hass)
    await automate(hass, {"trigger": "failwatch.failure_detected", "target": {"device_id": "another"}})
    await tell(octoprint, EventKind.FAILURE, "")
    await until(hass, "sensor.ender_3_failure_state", "failure")
    await hass.async_block_till_done()
    assert not calls


async def test_a_trigger_says_which_printer_it_was(
    hass: HomeAssistant, printer: Printer, calls: list[ServiceCall]
) -> None:
    await watch(hass)
    await enable_new_triggers(hass)
    target = {"entity_id": "sensor.voron_failure_state"}
    await automate(hass, {"trigger": "failwatch.failure_detected", "target": target})
    printer.detector.p = 0.95
    await printer.says("printing")
    await heard(calls)
    assert calls[0].data["why"] == "failure of Voron"


async def test_all_kinds_are_triggers(hass: HomeAssistant) -> None:
    assert set(await async_get_triggers(hass)) == set(KINDS)


CALM = states.watching()
LATER = dt_util.utcnow().timestamp() + 86_400  # the test may run long after the import
ANSWERS = [
    ("is_failing", states.watching(Level.FAILURE), True),
    ("is_failing", states.watching(Level.MAYBE), False),
    ("is_suspicious", states.watching(Level.MAYBE), True),
    ("is_suspicious", CALM, False),
    ("is_watching", CALM, True),
    ("is_watching", replace(CALM, phase=Phase.PAUSED), False),
    ("is_paused", replace(CALM, phase=Phase.PAUSED), True),
    ("is_paused", CALM, False),
    ("is_blind", replace(CALM, phase=Phase.BLIND), True),
    ("is_blind", CALM, False),
    ("is_silenced", replace(CALM, muted=True), True),
    ("is_silenced", replace(CALM, snoozed_until=LATER), True),
    ("is_silenced", replace(CALM, snoozed_until=states.AT), False),
    ("is_silenced", replace(CALM, holds=("command",)), True),
    ("is_silenced", replace(CALM, holds=("heating",)), False),
    ("is_silenced", CALM, False),
]


@pytest.mark.parametrize("on_device", [False, True])
@pytest.mark.parametrize(("name", "state", "holds"), ANSWERS)
async def test_condition(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    calls: list[ServiceCall],
    device_registry: dr.DeviceRegistry,
    name: str,
    state: WatchState,
    holds: bool,
    on_device: bool,
) -> None:
    entry = await linked()
    await enable_new_triggers(hass)
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    condition: dict[str, Any] = {
        "condition": f"failwatch.{name}",
        "target": {"entity_id": "sensor.ender_3_failure_state"},
    }
    if on_device:
        condition = {"condition": "device", "domain": "failwatch", "device_id": device.id, "type": name}
    await automate(hass, {"trigger": "event", "event_type": "try"}, conditions=[condition])
    await octoprint.push(state=replace(state, print_name="the last state"))
    await until(hass, "sensor.ender_3_failure_state", "the last state", "print_name")
    hass.bus.async_fire("try")
    await hass.async_block_till_done()
    assert bool(calls) is holds


@pytest.mark.parametrize(("left", "holds"), [(1800, True), (-60, False)])
async def test_a_snooze_ends_by_the_clock_of_the_watch(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    calls: list[ServiceCall],
    left: float,
    holds: bool,
) -> None:
    """A Raspberry Pi without a clock may be an hour behind."""
    octoprint.now = dt_util.utcnow().timestamp() - 3600
    await linked()
    await enable_new_triggers(hass)
    condition = {
        "condition": "failwatch.is_silenced",
        "target": {"entity_id": "sensor.ender_3_failure_state"},
    }
    await automate(hass, {"trigger": "event", "event_type": "try"}, conditions=[condition])
    await octoprint.push(state=replace(CALM, snoozed_until=octoprint.now + left, print_name="the last state"))
    await until(hass, "sensor.ender_3_failure_state", "the last state", "print_name")
    hass.bus.async_fire("try")
    await hass.async_block_till_done()
    assert bool(calls) is holds


async def test_conditions_are_offered(
    hass: HomeAssistant, linked: Linked, device_registry: dr.DeviceRegistry
) -> None:
    names = {name for name, _, _ in ANSWERS}
    assert set(await async_get_conditions(hass)) == names
    entry = await linked()
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    offered = await async_get_device_automations(hass, DeviceAutomationType.CONDITION, device.id)
    assert {one["type"] for one in offered if one["domain"] == "failwatch"} == names


async def test_of_a_printer_without_news_nothing_is_so(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, device_registry: dr.DeviceRegistry
) -> None:
    entry = await linked()
    printer = entry.runtime_data.printers[None]
    await octoprint.push(state=states.watching(Level.FAILURE))
    await until(hass, "sensor.ender_3_failure_state", "failure")
    assert condition_met("is_failing", printer)
    await octoprint.stop()
    await until(hass, "binary_sensor.ender_3_sight", "off")
    assert not condition_met("is_failing", printer)


async def test_device_triggers(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    calls: list[ServiceCall],
    device_registry: dr.DeviceRegistry,
) -> None:
    entry = await linked()
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    offered = await async_get_device_automations(hass, DeviceAutomationType.TRIGGER, device.id)
    ours = [one for one in offered if one["domain"] == "failwatch"]
    assert {one["type"] for one in ours} == set(TRIGGER_TYPES)
    await automate(
        hass, {"platform": "device", "domain": "failwatch", "device_id": device.id, "type": "failure"}
    )
    await tell(octoprint, EventKind.MAYBE, "")
    await tell(octoprint, EventKind.FAILURE, "")
    await heard(calls)
    assert len(calls) == 1


async def test_nothing_on_the_devices_of_others(
    hass: HomeAssistant, linked: Linked, device_registry: dr.DeviceRegistry
) -> None:
    await linked()
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = device_registry.async_get_or_create(config_entry_id=other.entry_id, identifiers={("other", "1")})
    assert not await device_trigger.async_get_triggers(hass, device.id)
    assert not await device_condition.async_get_conditions(hass, device.id)
    check = device_condition.async_condition_from_config(hass, {"device_id": device.id, "type": "is_failing"})
    assert check(hass) is False
