"""Every blueprint, run as an automation against a linked OctoPrint."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components import automation
from homeassistant.components.blueprint import models
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util import yaml as yaml_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed, async_mock_service

from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.state import Event, EventKind, Phase, WatchState
from custom_components.failwatch.shared.targets import async_printers
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.phones import Phone, Phones
from tests.patience import PATIENCE, eventually

FOLDER = Path(__file__).parents[2] / "blueprints" / "automation" / "failwatch"


class Workshop:
    """A linked printer, a phone, and one automation made from a blueprint."""

    def __init__(self, hass: HomeAssistant, octoprint: OctoPrintServer, printer: str, phones: Phones) -> None:
        self.hass = hass
        self.octoprint = octoprint
        self.printer = printer
        self.phones = phones
        self.turned_on = async_mock_service(hass, "homeassistant", "turn_on")
        self.turned_off = async_mock_service(hass, "homeassistant", "turn_off")
        self.switched_off = async_mock_service(hass, "switch", "turn_off")
        self._number = 0
        self._listeners = 0

    async def automate(self, name: str, **inputs: Any) -> None:
        def load(blueprints: models.DomainBlueprints, path: str) -> models.Blueprint:
            data = yaml_util.load_yaml(FOLDER / path)
            return models.Blueprint(
                data,
                expected_domain="automation",
                path=path,
                schema=automation.config.AUTOMATION_BLUEPRINT_SCHEMA,
            )

        with patch.object(models.DomainBlueprints, "_load_blueprint", load):
            config = {"use_blueprint": {"path": f"{name}.yaml", "input": {"printer": self.printer, **inputs}}}
            assert await async_setup_component(self.hass, "automation", {"automation": config})
        await self.hass.async_block_till_done()
        assert [state.state for state in self.hass.states.async_all("automation")] == ["on"]
        self._listeners = self.hass.bus.async_listeners()["failwatch_event"]

    async def happens(
        self,
        kind: EventKind,
        detail: str = "",
        level: Level = Level.FAILURE,
        state: WatchState | None = None,
        **more: Any,
    ) -> None:
        """Let OctoPrint tell of an event, and wait until Home Assistant has heard of it."""
        heard = asyncio.Event()
        unsubscribe = self.hass.bus.async_listen("failwatch_event", callback(lambda event: heard.set()))
        self._number += 1
        await self.octoprint.push(
            state=state or states.watching(level, p=0.9),
            events=[Event(kind, states.AT + self._number, "print-1", detail, level, **more)],
        )
        async with asyncio.timeout(PATIENCE):
            await heard.wait()
        unsubscribe()

    @property
    def runs(self) -> int:
        """How many runs of the automation are under way."""
        (state,) = self.hass.states.async_all("automation")
        return int(state.attributes["current"])

    async def is_over(self) -> None:
        """Wait until the automation has run, and runs no more."""
        await eventually(lambda: not self.runs)

    async def waits(self) -> None:
        """Wait until the automation itself waits, listening to more than what sets it off."""
        await eventually(lambda: self.hass.bus.async_listeners()["failwatch_event"] > self._listeners)

    async def passes(self, **time: float) -> None:
        """Let time pass for an automation that waits; every timer runs out, once."""
        await self.waits()
        async_fire_time_changed(self.hass, dt_util.utcnow() + timedelta(**time))

    def press(self, message: dict[str, Any], title: str) -> None:
        """Press a button of a message."""
        action = next(one["action"] for one in message["data"]["actions"] if one["title"] == title)
        self.hass.bus.async_fire("mobile_app_notification_action", {"action": action})


@pytest.fixture
async def workshop(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    phones: Phones,
    device_registry: dr.DeviceRegistry,
) -> AsyncIterator[Workshop]:
    entry = await linked()
    # What tells here is the automation alone.
    hass.config_entries.async_update_entry(entry, options={"tell": "events_only"})
    (printer,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    yield Workshop(hass, octoprint, printer.id, phones)
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


@pytest.fixture
async def phone(phones: Phones) -> Phone:
    return await phones.add(1, "iPhone", "Apple")


@pytest.mark.parametrize(
    ("title", "commands", "jobs"),
    [
        ("Not a failure", [{"command": "acknowledge", "answer": "not_a_failure"}], []),
        ("It failed", [{"command": "acknowledge", "answer": "failure"}], []),
        ("Pause", [], [{"command": "pause", "action": "pause"}]),
    ],
)
async def test_notify(
    workshop: Workshop, phone: Phone, title: str, commands: list[Any], jobs: list[Any]
) -> None:
    await workshop.automate("notify", phone=phone.device)
    await workshop.happens(EventKind.FAILURE)
    message = await phone.got("benchy.gcode is failing.")
    assert message["title"] == "Ender 3"
    assert message["data"]["image"].startswith("/api/failwatch/message/")
    workshop.press(message, title)
    await phone.cleared(message)
    assert workshop.octoprint.commands == commands
    assert workshop.octoprint.jobs == jobs


async def test_notify_asks_the_phone_that_got_it_before_a_print_is_cancelled(
    workshop: Workshop, phone: Phone
) -> None:
    """Not those in the settings of the printer alone: this phone is named in the automation."""
    await workshop.automate("notify", phone=phone.device)
    await workshop.happens(EventKind.FAILURE)
    workshop.press(await phone.got("is failing"), "Cancel print")
    workshop.press(await phone.got("for good?"), "Yes, cancel")
    await eventually(lambda: workshop.octoprint.jobs)
    assert workshop.octoprint.jobs == [{"command": "cancel"}]


async def test_notify_only_when_wanted(workshop: Workshop, phone: Phone) -> None:
    await workshop.automate("notify", phone=[phone.device], when=["failure"])
    await workshop.happens(EventKind.MAYBE, level=Level.MAYBE)
    await workshop.happens(EventKind.FAILURE, minor=True)
    await workshop.happens(EventKind.FAILURE)
    await phone.got("is failing")
    assert len(phone.messages) == 1


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        (EventKind.COUNTDOWN, "pause", "will be paused at"),
        (EventKind.ACTION, "pause", "is paused"),
        (EventKind.ACTION, "cancel", "is cancelled"),
        (EventKind.ACTION_FAILED, "jammed", "could not be stopped: jammed"),
        (EventKind.BLIND, "frozen", "does not change"),
        (EventKind.CAMERA_BLIND, "no_snapshot", "side"),
    ],
)
async def test_notify_tells_of_everything_that_matters(
    workshop: Workshop, phone: Phone, kind: EventKind, detail: str, words: str
) -> None:
    await workshop.automate("notify", phone=phone.device)
    await workshop.happens(kind, detail, camera="side" if kind is EventKind.CAMERA_BLIND else "")
    await phone.got(words)


async def test_every_one_of_many_unanswered_failures_is_told(workshop: Workshop, phone: Phone) -> None:
    await workshop.automate("notify", phone=phone.device)
    for _ in range(15):
        await workshop.happens(EventKind.FAILURE)
    await phone.got_many(15)


async def test_notify_without_a_phone_shows_it_in_home_assistant(workshop: Workshop) -> None:
    await workshop.automate("notify")
    await workshop.happens(EventKind.FAILURE)
    await eventually(lambda: _async_get_or_create_notifications(workshop.hass))


async def test_a_phone_that_was_deleted_ends_no_automation(workshop: Workshop, phone: Phone) -> None:
    other = await workshop.phones.add(2)
    await workshop.automate("notify", phone=[phone.device, other.device])
    await workshop.hass.config_entries.async_remove(phone.entry.entry_id)
    await workshop.happens(EventKind.FAILURE)
    await other.got("is failing")


@pytest.mark.parametrize("reach", ["a phone", "a phone that refuses", "a phone that is gone", "nobody"])
async def test_pause_unless_somebody_says_no(workshop: Workshop, phone: Phone, reach: str) -> None:
    await workshop.automate("pause_with_veto", phone=[] if reach == "nobody" else phone.device)
    if reach == "a phone that refuses":
        workshop.phones.refuses = True
    elif reach == "a phone that is gone":
        await workshop.hass.config_entries.async_remove(phone.entry.entry_id)
    await workshop.happens(EventKind.FAILURE)
    if reach == "a phone":
        message = await phone.got("will be paused at")
        assert message["data"]["actions"][0]["title"] == "Keep printing"
        assert not workshop.octoprint.jobs
    await workshop.passes(minutes=3)
    await eventually(lambda: workshop.octoprint.jobs)
    assert workshop.octoprint.jobs == [{"command": "pause", "action": "pause"}]


async def test_the_pause_comes_even_when_the_message_cannot_be_sent(
    workshop: Workshop, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise HomeAssistantError("nothing can be sent")

    monkeypatch.setattr("custom_components.failwatch.notifications.action.message_about", broken)
    await workshop.automate("pause_with_veto", phone=phone.device)
    await workshop.happens(EventKind.FAILURE)
    await workshop.passes(minutes=3)
    await eventually(lambda: workshop.octoprint.jobs)
    assert not phone.messages


async def test_somebody_says_no_on_the_phone(workshop: Workshop, phone: Phone) -> None:
    await workshop.automate("pause_with_veto", phone=phone.device)
    await workshop.happens(EventKind.FAILURE)
    workshop.press(await phone.got("will be paused at"), "Keep printing")
    await eventually(lambda: workshop.octoprint.commands)
    assert workshop.octoprint.commands == [{"command": "acknowledge", "answer": "not_a_failure"}]
    await workshop.happens(EventKind.ACKNOWLEDGED, "not_a_failure", Level.NONE)
    await workshop.is_over()
    assert not workshop.octoprint.jobs


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        (EventKind.ACKNOWLEDGED, "not_a_failure"),
        (EventKind.ACKNOWLEDGED, "resumed"),
        (EventKind.ACKNOWLEDGED, "cleared"),
        (EventKind.CLEARED, ""),
        (EventKind.ENDED, "done"),
    ],
)
async def test_what_makes_a_pause_needless(
    workshop: Workshop, phone: Phone, kind: EventKind, detail: str
) -> None:
    await workshop.automate("pause_with_veto", phone=phone.device)
    await workshop.happens(EventKind.FAILURE)
    await phone.got("will be paused at")
    await workshop.waits()
    await workshop.happens(kind, detail, Level.NONE)
    await workshop.is_over()
    assert not workshop.octoprint.jobs
    await workshop.happens(EventKind.FAILURE)
    await workshop.passes(minutes=3)
    await eventually(lambda: workshop.octoprint.jobs)
    assert len(workshop.octoprint.jobs) == 1


async def test_who_says_that_it_failed_has_it_paused_all_the_same(workshop: Workshop, phone: Phone) -> None:
    await workshop.automate("pause_with_veto", phone=phone.device)
    await workshop.happens(EventKind.FAILURE)
    await phone.got("will be paused at")
    await workshop.waits()
    await workshop.happens(EventKind.ACKNOWLEDGED, "failure")
    await workshop.passes(minutes=3)
    await eventually(lambda: workshop.octoprint.jobs)


FAILING = states.watching(Level.FAILURE, p=0.9)


@pytest.mark.parametrize(
    "state",
    [
        replace(FAILING, muted=True),
        replace(FAILING, snoozed_until=states.AT + 10**9),
        replace(FAILING, phase=Phase.PAUSED),
    ],
    ids=["muted", "snoozed", "paused already"],
)
async def test_a_print_that_was_silenced_or_paused_meanwhile_is_not_paused(
    workshop: Workshop, phone: Phone, state: WatchState
) -> None:
    await workshop.automate("pause_with_veto", phone=phone.device)
    await workshop.happens(EventKind.FAILURE)
    await workshop.waits()
    await workshop.octoprint.push(state=state)
    printer = next(async_printers(workshop.hass))
    await eventually(lambda: printer.data == state)
    await workshop.passes(minutes=3)
    await workshop.is_over()
    assert not workshop.octoprint.jobs
    await workshop.happens(EventKind.FAILURE)
    await workshop.passes(minutes=3)
    await eventually(lambda: workshop.octoprint.jobs)


async def test_the_power_is_cut_when_the_hot_end_is_cool(workshop: Workshop) -> None:
    workshop.hass.states.async_set("sensor.hot_end", "210")
    await workshop.automate("cut_power_when_cool", temperature="sensor.hot_end", plug="switch.plug")
    await workshop.happens(EventKind.ACTION, "pause")
    await workshop.waits()
    assert not workshop.switched_off
    workshop.hass.states.async_set("sensor.hot_end", "45")
    await eventually(lambda: workshop.switched_off)
    assert entities(workshop.switched_off) == [["switch.plug"]]


async def test_heaters_that_cannot_be_switched_off_do_not_keep_the_power_on(workshop: Workshop) -> None:
    workshop.hass.states.async_set("sensor.hot_end", "40")

    async def broken(call: ServiceCall) -> None:
        raise HomeAssistantError("no such heater")

    workshop.hass.services.async_register("climate", "turn_off", broken)
    await workshop.automate(
        "cut_power_when_cool",
        temperature="sensor.hot_end",
        plug="switch.plug",
        heaters_off=[{"action": "climate.turn_off"}],
    )
    await workshop.happens(EventKind.ACTION, "pause")
    await eventually(lambda: workshop.switched_off)


async def test_the_power_stays_on_after_not_a_failure(workshop: Workshop) -> None:
    workshop.hass.states.async_set("sensor.hot_end", "210")
    await workshop.automate("cut_power_when_cool", temperature="sensor.hot_end", plug="switch.plug")
    await workshop.happens(EventKind.ACTION, "pause")
    await workshop.waits()
    await workshop.happens(EventKind.ACKNOWLEDGED, "not_a_failure", Level.NONE)
    await workshop.is_over()
    workshop.hass.states.async_set("sensor.hot_end", "45")
    await workshop.hass.async_block_till_done()
    assert not workshop.switched_off
    await workshop.happens(EventKind.ACTION, "pause")
    await eventually(lambda: workshop.switched_off)


async def test_the_power_is_cut_after_it_failed(workshop: Workshop) -> None:
    workshop.hass.states.async_set("sensor.hot_end", "210")
    await workshop.automate("cut_power_when_cool", temperature="sensor.hot_end", plug="switch.plug")
    await workshop.happens(EventKind.ACTION, "pause")
    await workshop.waits()
    await workshop.happens(EventKind.ACKNOWLEDGED, "failure")
    await workshop.happens(EventKind.MAYBE)
    assert workshop.runs
    workshop.hass.states.async_set("sensor.hot_end", "45")
    await eventually(lambda: workshop.switched_off)


async def test_an_unknown_temperature_cuts_nothing_until_it_is_known(workshop: Workshop) -> None:
    workshop.hass.states.async_set("sensor.hot_end", "unavailable")
    await workshop.automate("cut_power_when_cool", temperature="sensor.hot_end", plug="switch.plug")
    await workshop.happens(EventKind.ACTION, "cancel")
    await workshop.waits()
    assert not workshop.switched_off
    workshop.hass.states.async_set("sensor.hot_end", "210")
    workshop.hass.states.async_set("sensor.hot_end", "45")
    await eventually(lambda: workshop.switched_off)


@pytest.mark.parametrize("kind", [EventKind.BLIND, EventKind.CAMERA_BLIND])
async def test_light_when_dark(workshop: Workshop, kind: EventKind) -> None:
    await workshop.automate("light_when_dark", light="light.printer")
    await workshop.happens(kind, "frozen", Level.NONE)
    await workshop.happens(kind, "dark", Level.NONE)
    await eventually(lambda: workshop.turned_on)
    assert entities(workshop.turned_on) == [["light.printer"]]
    assert not workshop.turned_off
    await workshop.waits()
    await workshop.happens(EventKind.ENDED, "finished", Level.NONE)
    await eventually(lambda: workshop.turned_off)
    assert entities(workshop.turned_off) == [["light.printer"]]


@pytest.mark.parametrize("end", [EventKind.ACKNOWLEDGED, EventKind.CLEARED, EventKind.ENDED, None])
async def test_siren_at_night(workshop: Workshop, end: EventKind | None) -> None:
    await workshop.automate("siren_at_night", siren="siren.attic", after="00:00:00", before="23:59:59")
    await workshop.happens(EventKind.FAILURE)
    await eventually(lambda: workshop.turned_on)
    assert entities(workshop.turned_on) == [["siren.attic"]]
    assert not workshop.turned_off
    if end is None:
        await workshop.passes(minutes=2)
    else:
        await workshop.waits()
        await workshop.happens(end, level=Level.NONE)
    await eventually(lambda: workshop.turned_off)
    assert entities(workshop.turned_off) == [["siren.attic"]]


@pytest.mark.parametrize(
    "state", [replace(FAILING, muted=True), replace(FAILING, snoozed_until=states.AT + 10**9)]
)
async def test_the_siren_stops_when_it_is_silenced(workshop: Workshop, state: WatchState) -> None:
    await workshop.automate("siren_at_night", siren="siren.attic", after="00:00:00", before="23:59:59")
    await workshop.happens(EventKind.FAILURE)
    await workshop.waits()
    assert not workshop.turned_off
    await workshop.octoprint.push(state=state)
    await eventually(lambda: workshop.turned_off)


async def test_no_siren_while_silenced(workshop: Workshop) -> None:
    await workshop.automate("siren_at_night", siren="siren.attic", after="00:00:00", before="23:59:59")
    await workshop.happens(EventKind.FAILURE, minor=True)
    assert not workshop.runs
    assert not workshop.turned_on
    await workshop.happens(EventKind.FAILURE)
    await eventually(lambda: workshop.turned_on)


async def test_no_siren_by_day(workshop: Workshop) -> None:
    await workshop.automate("siren_at_night", siren="siren.attic", after="22:00:00", before="07:00:00")
    today = dt_util.now()
    with patch("homeassistant.util.dt.now", return_value=today.replace(hour=12)):
        await workshop.happens(EventKind.FAILURE)
    with patch("homeassistant.util.dt.now", return_value=today.replace(hour=23)):
        await workshop.happens(EventKind.FAILURE)
        await eventually(lambda: workshop.turned_on)
    assert len(workshop.turned_on) == 1


def entities(calls: list[ServiceCall]) -> list[list[str]]:
    return [call.data["entity_id"] for call in calls]
