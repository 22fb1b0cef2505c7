"""A camera that Home Assistant itself watches, through the life of its prints."""

import asyncio
from unittest.mock import AsyncMock, Mock, patch

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.cameras import print_status_listener
from custom_components.failwatch.engine.history import Recorder
from tests.homeassistant.printer import (
    CANCEL,
    JOB,
    PAUSE,
    STATUS,
    Printer,
    service_entry,
    until,
    watch,
)
from tests.patience import PATIENCE


async def test_looks_only_while_the_printer_prints(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass)
    assert hass.states.get("sensor.voron_watch").state == "idle"
    assert not printer.detector.frames

    await printer.says("printing")
    await until(hass, "sensor.voron_watch", "watching")
    await printer.looks(3)
    await printer.says("paused")
    await until(hass, "sensor.voron_watch", "paused")
    seen = len(printer.detector.frames)

    await printer.says("printing")
    await printer.looks(1)
    assert printer.detector.frames[0].print_id == printer.detector.frames[-1].print_id
    await printer.says("finished")
    await until(hass, "sensor.voron_watch", "idle")
    assert len(printer.detector.frames) > seen

    before = printer.detector.frames[-1].print_id
    await printer.says("printing")
    await printer.looks(1)
    assert printer.detector.frames[-1].print_id != before


@pytest.mark.parametrize("state", ["unknown", "unavailable"])
async def test_nothing_is_done_about_a_state_that_says_nothing(
    hass: HomeAssistant, printer: Printer, state: str
) -> None:
    await watch(hass)
    await printer.says(state)
    assert hass.states.get("sensor.voron_watch").state == "idle"
    await printer.says("printing")
    await printer.looks(1)
    first = printer.detector.frames[-1].print_id
    await printer.says(state)
    assert hass.states.get("sensor.voron_watch").state == "watching"
    await printer.says("printing")
    await printer.looks(1)
    assert printer.detector.frames[-1].print_id == first


async def test_a_failure_pauses_by_the_button_once(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An answer is kept for half an hour, which is four seconds here: fifteen looks may take longer.
    monkeypatch.setattr("custom_components.failwatch.engine.judging.acceptance.LASTS", 1e6)
    await watch(hass, on_failure="pause", pause_with=PAUSE)
    await printer.says("printing")
    await printer.looks(2)
    printer.detector.p = 0.95
    await until(hass, "sensor.voron_failure_state", "failure")
    await printer.tells("paused")
    await hass.async_block_till_done()
    assert printer.pause.presses == 1
    assert hass.states.get("binary_sensor.voron_print_failing").state == "on"

    await printer.says("paused")
    await printer.says("printing")
    await printer.tells("acknowledged")
    await until(hass, "sensor.voron_failure_state", "none")
    await printer.looks(15)
    assert printer.pause.presses == 1


async def test_a_print_is_paused_as_often_as_the_user_set(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.failwatch.engine.judging.acceptance.LASTS", 120.0)
    await watch(hass, on_failure="pause", pause_with=PAUSE, max_pauses=1)
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("paused")
    assert printer.pause.presses == 1
    await until(hass, "sensor.voron_watch", "paused")
    del printer.told["failure"]
    await printer.says("printing")
    await printer.tells("failure")
    await printer.looks(5)
    assert printer.pause.presses == 1


async def test_a_print_that_cannot_be_checked_is_paused_by_choice(
    hass: HomeAssistant, printer: Printer
) -> None:
    await watch(hass, pause_when_blind=2, pause_with=PAUSE)
    await printer.says("printing")
    await printer.looks(1)
    printer.camera.broken = True
    await printer.tells("paused")
    assert printer.pause.presses == 1
    assert hass.states.get("sensor.voron_failure_state").state == "unknown"


async def test_what_goes_wrong_with_showing_keeps_no_print_from_being_paused(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch(hass, on_failure="pause", pause_with=PAUSE)
    monkeypatch.setattr(Recorder, "record", Mock(side_effect=OSError("disk")))
    pressed = asyncio.Event()
    monkeypatch.setattr(printer.pause, "async_press", AsyncMock(side_effect=pressed.set))
    printer.detector.p = 0.95
    await printer.says("printing")
    async with asyncio.timeout(PATIENCE):
        await pressed.wait()


async def test_a_button_that_does_not_work_is_told(hass: HomeAssistant, printer: Printer) -> None:
    printer.pause.jammed = True
    await watch(hass, on_failure="pause", pause_with=PAUSE)
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("action_failed")
    assert "jammed" in printer.told["action_failed"]


@pytest.mark.parametrize("error", [HomeAssistantError(), TimeoutError(), KeyError("session")])
async def test_whatever_a_button_raises_is_told(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(printer.pause, "async_press", AsyncMock(side_effect=error))
    await watch(hass, on_failure="pause", pause_with=PAUSE)
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("action_failed")
    assert printer.told["action_failed"].startswith(type(error).__name__)


async def test_a_button_that_is_gone_is_told(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, on_failure="cancel", cancel_with="button.nowhere")
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("action_failed")
    assert "not available" in printer.told["action_failed"]


async def test_a_script_that_pauses(
    hass: HomeAssistant, printer: Printer, entity_registry: er.EntityRegistry
) -> None:
    """It may be called otherwise than it is written, and what fails in it is told."""
    press = {"action": "button.press", "target": {"entity_id": PAUSE}}
    assert await async_setup_component(hass, "script", {"script": {"stop_it": {"sequence": [press]}}})
    entity_registry.async_update_entity("script.stop_it", new_entity_id="script.rest")
    await hass.async_block_till_done()
    printer.pause.jammed = True
    await watch(hass, on_failure="pause", pause_with="script.rest")
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("action_failed")
    assert "jammed" in printer.told["action_failed"]
    printer.pause.jammed = False
    await hass.services.async_call(
        "failwatch", "control", {"entity_id": "sensor.voron_watch", "command": "pause"}, blocking=True
    )
    assert printer.pause.presses == 1


async def test_cancelling(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, on_failure="cancel", cancel_with=CANCEL)
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("cancelled")
    await hass.async_block_till_done()
    assert (printer.cancel.presses, printer.pause.presses) == (1, 0)


async def test_no_within_the_time_to_say_no(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, on_failure="pause", pause_with=PAUSE, veto=3600)
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("countdown")
    await until(hass, "sensor.voron_watch", "pause", "coming_action")
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.voron_not_a_failure"}, blocking=True
    )
    await until(hass, "sensor.voron_watch", None, "coming_action")
    assert printer.pause.presses == 0


async def test_a_restart_goes_on_with_the_print_and_what_was_learned(
    hass: HomeAssistant, printer: Printer
) -> None:
    entry = await watch(hass, job_entity=JOB)
    hass.states.async_set(JOB, "benchy")
    await printer.says("printing")
    await printer.looks(5)
    first = printer.detector.frames[-1].print_id
    number = int(hass.states.get("sensor.voron_looks_at_this_print").state)
    assert number
    await hass.config_entries.async_unload(entry.entry_id)
    await printer.says("unavailable")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.voron_watch").state == "unknown"
    seen = len(printer.detector.frames)
    await printer.says("printing")
    await printer.looks(1)
    assert printer.detector.frames[-1].print_id == first
    assert len(printer.detector.frames) > seen
    await printer.looks(8)
    assert int(hass.states.get("sensor.voron_looks_at_this_print").state) > number


async def test_what_is_said_while_home_assistant_starts_ends_no_print(
    hass: HomeAssistant, printer: Printer
) -> None:
    """A template may say that nothing prints as long as what it is made of is not there."""
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(1)
    first = printer.detector.frames[-1].print_id
    await hass.config_entries.async_unload(entry.entry_id)
    hass.set_state(CoreState.starting)
    await printer.says("idle")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await printer.says("finished")
    await printer.says("printing")
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await printer.looks(1)
    assert printer.detector.frames[-1].print_id == first


async def test_another_job_after_a_restart_is_another_print(hass: HomeAssistant, printer: Printer) -> None:
    entry = await watch(hass, job_entity=JOB)
    hass.states.async_set(JOB, "benchy")
    await printer.says("printing")
    await printer.looks(1)
    first = printer.detector.frames[-1].print_id
    await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_set(JOB, "vase")
    await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, "sensor.voron_failure_state", "vase", "print_name")
    await printer.looks(2)
    assert printer.detector.frames[-1].print_id != first


async def test_a_job_that_is_not_known_yet_after_a_restart_is_no_other_print(
    hass: HomeAssistant, printer: Printer
) -> None:
    entry = await watch(hass, job_entity=JOB)
    hass.states.async_set(JOB, "benchy")
    await printer.says("printing")
    await printer.looks(1)
    first = printer.detector.frames[-1].print_id
    await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_set(JOB, "unknown")
    await hass.config_entries.async_setup(entry.entry_id)
    await printer.looks(1)
    assert printer.detector.frames[-1].print_id == first
    assert hass.states.get("sensor.voron_failure_state").attributes["print_name"] == "benchy"


async def test_a_job_may_be_named_a_moment_after_it_began(hass: HomeAssistant, printer: Printer) -> None:
    """As where one integration has an entity for each, and writes their states one after the other."""
    await watch(hass, job_entity=JOB)
    hass.states.async_set(JOB, "the one before")
    await printer.says("idle")
    hass.states.async_set(STATUS, "printing")
    hass.states.async_set(JOB, "benchy")
    await printer.looks(1)
    await until(hass, "sensor.voron_failure_state", "benchy", "print_name")


async def test_what_else_the_printing_entity_tells_puts_nothing_off(
    hass: HomeAssistant, printer: Printer
) -> None:
    """As where its attributes tell the progress, every second."""
    await watch(hass, job_entity=JOB)
    hass.states.async_set(JOB, "benchy")
    await hass.async_block_till_done()
    with patch.object(
        print_status_listener, "async_call_later", wraps=print_status_listener.async_call_later
    ) as planned:
        for progress in range(5):
            hass.states.async_set(STATUS, "printing", {"progress": progress})
            await asyncio.sleep(0)
    assert planned.call_count == 1
    await printer.looks(1)


async def test_a_job_that_is_over_before_its_name_is_known_is_no_print(
    hass: HomeAssistant, printer: Printer
) -> None:
    await watch(hass, job_entity=JOB)
    hass.states.async_set(STATUS, "printing")
    hass.states.async_set(STATUS, "finished")
    hass.states.async_set(STATUS, "printing", {"again": True})
    hass.states.async_set(STATUS, "finished")
    hass.states.async_set(JOB, "benchy")
    await printer.says("printing")
    await printer.looks(1)
    await until(hass, "sensor.voron_failure_state", "benchy", "print_name")
    assert set(printer.told) == {"started"}
    assert len({frame.print_id for frame in printer.detector.frames}) == 1


async def test_off_means_off(hass: HomeAssistant, printer: Printer) -> None:
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(1)
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.voron_watching"}, blocking=True
    )
    await until(hass, "sensor.voron_watch", "idle")
    assert hass.states.get("switch.voron_watching").state == "off"
    assert entry.subentries["camera1"].data["watching"] is False
    seen = len(printer.detector.frames)
    await printer.says("paused")
    await printer.says("printing")
    assert len(printer.detector.frames) == seen
    await hass.services.async_call("switch", "turn_on", {"entity_id": "switch.voron_watching"}, blocking=True)
    await printer.looks(1)


async def test_thresholds_change_without_losing_the_print(hass: HomeAssistant, printer: Printer) -> None:
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(3)
    first = printer.detector.frames[-1].print_id
    await hass.services.async_call(
        "number", "set_value", {"entity_id": "number.voron_failing_above", "value": 0.8}, blocking=True
    )
    assert float(hass.states.get("number.voron_failing_above").state) == 0.8
    assert entry.subentries["camera1"].data["numbers"] == {"failure": 0.8}
    await printer.looks(2)
    assert printer.detector.frames[-1].print_id == first

    await hass.services.async_call(
        "select", "select_option", {"entity_id": "select.voron_rule_set", "option": "obico"}, blocking=True
    )
    await hass.async_block_till_done()
    assert entry.subentries["camera1"].data["numbers"] == {}
    assert hass.states.get("number.voron_escalation_factor").state == "1.75"
    assert entry.state is ConfigEntryState.LOADED


async def test_the_users_answers(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass)
    await printer.says("printing")
    await printer.looks(1)

    async def press(name: str) -> None:
        await hass.services.async_call(
            "button", "press", {"entity_id": f"button.voron_{name}"}, blocking=True
        )

    await press("it_failed")
    await until(hass, "sensor.voron_failure_state", "failure")
    assert hass.states.get("sensor.voron_failure_state").attributes["confirmed"] is True
    await press("snooze_for_10_minutes")
    await printer.looks(3)
    assert hass.states.get("sensor.voron_failure_state").state == "failure", "silence hides nothing"
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": "switch.voron_mute_this_print"}, blocking=True
    )
    await until(hass, "switch.voron_mute_this_print", "on")
    await press("check_now")


async def test_nothing_to_check(hass: HomeAssistant, printer: Printer) -> None:
    from homeassistant.exceptions import ServiceValidationError

    await watch(hass)
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call(
            "button", "press", {"entity_id": "button.voron_check_now"}, blocking=True
        )
    assert raised.value.translation_key == "not_watching"


async def test_running_prints_are_taken_up_one_after_another(hass: HomeAssistant, printer: Printer) -> None:
    first = service_entry(interval=600)
    subentry = first.subentries["camera1"]
    second = {**subentry.as_dict(), "subentry_id": "camera2", "title": "Ender", "unique_id": "other"}
    entry = MockConfigEntry(
        domain="failwatch", title="Detector", data=first.data, subentries_data=[subentry.as_dict(), second]
    )
    entry.add_to_hass(hass)
    await printer.says("printing")
    with patch("custom_components.failwatch.cameras.print_status_listener.async_call_later") as later:
        assert await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, "sensor.voron_watch", "watching")
    assert hass.states.get("sensor.ender_watch").state == "idle"
    ((_, seconds, begin),) = (call.args for call in later.call_args_list)
    assert seconds == pytest.approx(300 / 500)
    begin(dt_util.utcnow())
    await until(hass, "sensor.ender_watch", "watching")
