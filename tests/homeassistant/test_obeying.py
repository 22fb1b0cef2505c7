"""When a pause or a cancellation counts as done: by what the printing entity says, and for how long."""

from unittest.mock import AsyncMock

import pytest
from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import setup_test_component_platform

from tests.homeassistant.phones import Phones
from tests.homeassistant.printer import CANCEL, PAUSE, STATUS, Printer, until, watch

WATCH = "sensor.voron_watch"
LASTS = {"settling": 3600}
"""Seven seconds at the tests' speed: no blip lasts as long on a slow machine."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.failwatch.cameras.coordinator.OBEYS_WITHIN", 0.5)


async def _fails(hass: HomeAssistant, printer: Printer, button: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a print fail before a printer whose button does nothing, and wait until that is pressed."""
    pressed = AsyncMock()
    monkeypatch.setattr(getattr(printer, button), "async_press", pressed)
    printer.detector.p = 0.95
    await printer.says("printing")
    await until(hass, "sensor.voron_failure_state", "failure")
    while not pressed.called:
        await printer.looks(1)


@pytest.mark.parametrize(("action", "told"), [("pause", "paused"), ("cancel", "cancelled")])
async def test_an_end_that_does_not_last_confirms_nothing(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch, action: str, told: str
) -> None:
    await watch(hass, on_failure=action, pause_with=PAUSE, cancel_with=CANCEL, **LASTS)
    await _fails(hass, printer, action, monkeypatch)
    await printer.says("idle")
    assert told not in printer.told
    await printer.says("printing")
    await printer.tells("action_failed")
    assert told not in printer.told
    assert "ended" not in printer.told


async def test_a_print_that_ends_instead_was_not_paused(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch(hass, on_failure="pause", pause_with=PAUSE, settling=600)
    await _fails(hass, printer, "pause", monkeypatch)
    await printer.says("finished")
    await printer.tells("ended")
    await hass.async_block_till_done()
    assert printer.told.keys().isdisjoint({"paused", "action_failed"})


async def test_a_print_is_cancelled_once_its_end_is_sure(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, on_failure="cancel", cancel_with=CANCEL, settling=600)
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("ended")
    assert list(printer.told)[-2:] == ["cancelled", "ended"]
    assert "action_failed" not in printer.told


async def test_a_print_that_is_no_longer_watched_was_not_cancelled(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch(hass, on_failure="cancel", cancel_with=CANCEL, **LASTS)
    await _fails(hass, printer, "cancel", monkeypatch)
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.voron_watching"}, blocking=True
    )
    await printer.tells("ended")
    assert "cancelled" not in printer.told


async def test_pausing_is_not_paused(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A printer that is busy may never get there; one that gets there after all is believed."""
    await watch(hass, on_failure="pause", pause_with=PAUSE, **LASTS)
    await _fails(hass, printer, "pause", monkeypatch)
    await printer.says("Pausing")
    await printer.tells("action_failed")
    assert "paused" not in printer.told
    await printer.says("paused")
    await printer.tells("paused")


async def test_pausing_and_resuming_for_a_moment_answer_no_alarm(
    hass: HomeAssistant, printer: Printer
) -> None:
    await watch(hass, **LASTS)
    printer.detector.p = 0.95
    await printer.says("printing")
    await until(hass, "sensor.voron_failure_state", "failure")
    for word in ("Pausing", "Resuming", "printing"):
        await printer.says(word)
    await printer.looks(1)
    assert "acknowledged" not in printer.told
    assert hass.states.get("sensor.voron_failure_state").state == "failure"


async def test_a_plug_that_measures_power_cannot_say_that_a_print_is_paused(
    hass: HomeAssistant, printer: Printer
) -> None:
    printer.pause.obeys = "120"
    hass.states.async_set(STATUS, "120", {"unit_of_measurement": "W"})
    await watch(
        hass, on_failure="pause", pause_with=PAUSE, power_above=40, printing_states=[], paused_states=[]
    )
    printer.detector.p = 0.95
    await printer.tells("paused")
    assert "action_failed" not in printer.told
    assert printer.pause.presses == 1
    assert hass.states.get(WATCH).state != "idle"


@pytest.mark.parametrize(("button", "command"), [("pause", "pause"), ("cancel", "cancel")])
async def test_a_button_that_does_nothing_is_told_to_whoever_pressed(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch, button: str, command: str
) -> None:
    await watch(hass, pause_with=PAUSE, cancel_with=CANCEL, **LASTS)
    await printer.says("printing")
    await until(hass, WATCH, "watching")
    pressed = AsyncMock()
    monkeypatch.setattr(getattr(printer, button), "async_press", pressed)
    order = {"entity_id": f"button.voron_{command}_print"}
    with pytest.raises(HomeAssistantError, match="nothing has happened"):
        await hass.services.async_call("button", "press", order, blocking=True)
    assert pressed.called
    monkeypatch.undo()
    await hass.services.async_call("button", "press", order, blocking=True)


async def test_a_message_stays_while_the_printer_does_not_obey(
    hass: HomeAssistant, printer: Printer, phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await phones.add(1)
    await watch(hass, pause_with=PAUSE, notify_devices=[phone.device], **LASTS)
    monkeypatch.setattr(printer.pause, "async_press", AsyncMock())
    printer.detector.p = 0.95
    await printer.says("printing")
    message = await phone.got("is failing")
    (action,) = [one["action"] for one in message["data"]["actions"] if one["title"] == "Pause"]
    hass.bus.async_fire("mobile_app_notification_action", {"action": action})
    await phone.got("That did not work")
    assert all(one["message"] != "clear_notification" for one in phone.messages)


async def test_a_printer_that_is_asked_now_and_then_is_asked_at_once(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause that its integration would hear of half a minute later is no failed one."""
    monkeypatch.setattr("custom_components.failwatch.cameras.coordinator.OBEYS_WITHIN", 240)
    monkeypatch.setattr("custom_components.failwatch.cameras.print_status_listener.ASK_EVERY", 0.05)
    status = _PolledStatus()
    setup_test_component_platform(hass, "sensor", [status])
    assert await async_setup_component(hass, "sensor", {"sensor": {"platform": "test"}})
    monkeypatch.setattr(printer.pause, "async_press", AsyncMock(side_effect=status.pauses))
    await watch(
        hass,
        status_entity=status.entity_id,
        on_failure="pause",
        pause_with=PAUSE,
        **LASTS,
    )
    printer.detector.p = 0.95
    await printer.tells("paused")
    assert "action_failed" not in printer.told


class _PolledStatus(SensorEntity):
    """A printing entity that knows only what it was told when it asked last."""

    _attr_name = "Polled"
    _attr_unique_id = "polled"
    _attr_native_value = "printing"
    _does = "printing"

    def pauses(self) -> None:
        self._does = "paused"

    async def async_update(self) -> None:
        self._attr_native_value = self._does
