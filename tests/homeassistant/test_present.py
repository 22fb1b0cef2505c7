"""Entities show how the print looks now, never an earlier result."""

from dataclasses import replace
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.state import Blind, Event, EventKind, Phase, WatchState
from custom_components.failwatch.shared.conditions import condition_met
from custom_components.failwatch.shared.targets import async_printers
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.printer import Printer, until, watch
from tests.patience import eventually

SEEN = states.watching(Level.FAILURE, p=0.95)

NOT_SEEN = {
    "ended": replace(SEEN, phase=Phase.IDLE, print_id=None),
    "blind": replace(SEEN, phase=Phase.BLIND, blind=Blind("dark", "It is dark.", states.AT)),
    "on hold": replace(SEEN, holds=("heating",)),
    "switched off by the file, before FailWatch looked on": replace(SEEN, holds=("command",)),
    "gone on after an hour": replace(SEEN, since=states.AT + 3600),
}

PRESENT = ("p", "ewm_mean", "score", "short_mean")
LASTING = {"long_mean": "0.02", "looks_at_this_print": "12"}


def shown(hass: HomeAssistant, name: str) -> str:
    return hass.states.get(f"sensor.ender_3_{name}").state


async def attribute(hass: HomeAssistant, entity_id: str, name: str) -> Any:
    """Return an attribute once there is one."""
    return await eventually(
        lambda: hass.states.get(entity_id).attributes.get(name), lambda value: value is not None
    )


@pytest.mark.parametrize("state", NOT_SEEN.values(), ids=NOT_SEEN.keys())
async def test_numbers_are_unknown_while_nothing_is_seen(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, state: WatchState
) -> None:
    await linked()
    await octoprint.push(state=SEEN)
    await until(hass, "sensor.ender_3_p", "0.95")
    await octoprint.push(state=state)
    await until(hass, "sensor.ender_3_p", "unknown")
    assert {name: shown(hass, name) for name in PRESENT} == dict.fromkeys(PRESENT, "unknown")
    assert {name: shown(hass, name) for name in LASTING} == LASTING
    await octoprint.push(state=states.watching(p=0.31, at=states.AT + 3610, number=13))
    await until(hass, "sensor.ender_3_p", "0.31")


UNANSWERED = {
    "a look failed": {"failed_looks": 1},
    "blind": {"phase": Phase.BLIND, "blind": Blind("dark", "It is dark.", states.AT), "failed_looks": 3},
}


@pytest.mark.parametrize("changes", UNANSWERED.values(), ids=UNANSWERED.keys())
async def test_from_the_first_unanswered_look_on_nothing_is_said_to_be_fine(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, changes: dict[str, Any]
) -> None:
    await linked()
    await octoprint.push(state=states.watching())
    await until(hass, "sensor.ender_3_failure_state", "benchy.gcode", "print_name")
    assert hass.states.get("sensor.ender_3_failure_state").state == "none"
    checked = hass.states.get("sensor.ender_3_failure_state").attributes["checked"]
    assert checked.timestamp() == pytest.approx(states.AT, abs=1)
    await octoprint.push(state=replace(states.watching(), **changes))
    await until(hass, "sensor.ender_3_failure_state", "unknown")
    assert hass.states.get("binary_sensor.ender_3_print_failing").state == "unknown"
    assert hass.states.get("sensor.ender_3_failure_state").attributes["checked"] == checked
    await octoprint.push(state=replace(SEEN, **changes))
    await until(hass, "sensor.ender_3_failure_state", "failure")
    assert hass.states.get("binary_sensor.ender_3_print_failing").state == "on"
    await octoprint.push(state=states.watching(at=states.AT + 30, number=13))
    await until(hass, "sensor.ender_3_failure_state", "none")
    assert hass.states.get("binary_sensor.ender_3_print_failing").state == "off"


async def test_a_silence_is_shown_beside_what_is_seen(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    """The failure stays one, and the watch says until when nobody is told of it."""
    await linked()
    await octoprint.push(state=SEEN)
    await until(hass, "sensor.ender_3_failure_state", "failure")
    assert hass.states.get("sensor.ender_3_watch").attributes["snoozed_until"] is None
    await octoprint.push(state=replace(SEEN, snoozed_until=states.AT + 600))
    snoozed_until = (await attribute(hass, "sensor.ender_3_watch", "snoozed_until")).timestamp()
    assert snoozed_until == pytest.approx(states.AT + 600, abs=1)
    assert hass.states.get("sensor.ender_3_failure_state").state == "failure"
    await octoprint.push(state=replace(SEEN, muted=True))
    await until(hass, "sensor.ender_3_watch", True, "muted")
    held_back = Event(EventKind.FAILURE, states.AT, "print-1", "", Level.FAILURE, minor=True)
    await octoprint.push(state=replace(SEEN, muted=True), events=[held_back])
    await until(hass, "event.ender_3_events", "failure", "event_type")
    assert hass.states.get("event.ender_3_events").attributes["minor"] is True
    assert hass.states.get("sensor.ender_3_watch").attributes["snoozed_until"] is None
    assert hass.states.get("sensor.ender_3_failure_state").state == "failure"


async def test_a_print_whose_file_switched_failwatch_off_shows_what_is_seen_all_the_same(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    await linked()
    off = {"holds": ("command",), "next_look_at": states.AT + 10}
    await octoprint.push(state=replace(SEEN, **off))
    await until(hass, "sensor.ender_3_failure_state", "failure")
    assert await attribute(hass, "sensor.ender_3_watch", "on_hold") == ["command"]
    assert shown(hass, "p") == "0.95"
    assert hass.states.get("sensor.ender_3_failure_state").attributes["p"] == 0.95
    await octoprint.push(state=replace(states.watching(), failed_looks=1, **off))
    await until(hass, "sensor.ender_3_failure_state", "unknown")
    await octoprint.push(state=replace(SEEN, holds=("heating",)))
    await until(hass, "sensor.ender_3_watch", ["heating"], "on_hold")
    assert hass.states.get("sensor.ender_3_failure_state").state == "failure"
    assert hass.states.get("sensor.ender_3_failure_state").attributes["p"] is None


async def test_a_paused_print_keeps_the_numbers_that_it_was_paused_for(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    await linked()
    await octoprint.push(state=replace(SEEN, phase=Phase.PAUSED, since=states.AT + 3600))
    await until(hass, "sensor.ender_3_watch", "paused")
    assert shown(hass, "p") == "0.95"
    assert "unknown" not in {shown(hass, name) for name in PRESENT}


async def test_a_print_that_is_over_leaves_no_reason_behind(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    await linked()
    await octoprint.push(state=states.watching(Level.MAYBE, p=0.95))
    await until(hass, "sensor.ender_3_failure_state", "high", "rule")
    await octoprint.push(state=NOT_SEEN["ended"])
    await until(hass, "sensor.ender_3_failure_state", None, "rule")
    assert hass.states.get("sensor.ender_3_failure_state").attributes["score"] is None


async def test_after_a_restart_nothing_is_failing_until_the_print_is_known_to_run(
    hass: HomeAssistant, printer: Printer
) -> None:
    entry = await watch(hass)
    printer.detector.p = 0.95
    await printer.says("printing")
    await until(hass, "binary_sensor.voron_print_failing", "on")
    await hass.config_entries.async_unload(entry.entry_id)
    await printer.says("unavailable")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("binary_sensor.voron_print_failing").state == "unknown"
    assert hass.states.get("sensor.voron_failure_state").state == "unknown"
    (voron,) = async_printers(hass)
    assert not condition_met("is_failing", voron)
    assert not condition_met("is_suspicious", voron)
    await printer.says("paused")
    await until(hass, "binary_sensor.voron_print_failing", "on")
    assert condition_met("is_failing", voron)


async def test_an_automation_on_p_hears_of_each_print_once(hass: HomeAssistant, printer: Printer) -> None:
    alarms: list[Any] = []
    hass.bus.async_listen("alarm", alarms.append)
    await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {"trigger": "numeric_state", "entity_id": "sensor.voron_p", "above": 0.9},
                "actions": {"event": "alarm"},
            }
        },
    )
    entry = await watch(hass)
    printer.detector.p = 0.95
    await printer.says("printing")
    await until(hass, "sensor.voron_p", "0.95")
    await printer.says("finished")
    await until(hass, "sensor.voron_p", "unknown")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert len(alarms) == 1
