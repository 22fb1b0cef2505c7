"""Every blueprint, run as an automation against a linked OctoPrint."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components import automation
from homeassistant.components.blueprint import models
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util import yaml as yaml_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.state import Event, EventKind
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer

FOLDER = Path(__file__).parents[2] / "blueprints" / "automation" / "failwatch"


class Workshop:
    """A linked printer, a phone, and one automation made from a blueprint."""

    def __init__(self, hass: HomeAssistant, octoprint: OctoPrintServer, printer: str, phone: str) -> None:
        self.hass = hass
        self.octoprint = octoprint
        self.printer = printer
        self.phone = phone
        self.sent = async_mock_service(hass, "notify", "mobile_app_pixel")
        self.turned_on = async_mock_service(hass, "homeassistant", "turn_on")
        self.turned_off = async_mock_service(hass, "homeassistant", "turn_off")
        self.switched_off = async_mock_service(hass, "switch", "turn_off")

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

    async def happens(
        self, kind: EventKind, detail: str = "", level: Level = Level.FAILURE, **more: Any
    ) -> None:
        """Let OctoPrint tell of an event, and wait until Home Assistant has heard of it."""
        heard = asyncio.Event()
        unsubscribe = self.hass.bus.async_listen("failwatch_event", callback(lambda event: heard.set()))
        await self.octoprint.push(
            state=states.watching(level, p=0.9),
            events=[Event(kind, states.AT, "print-1", detail, level, **more)],
        )
        async with asyncio.timeout(60):
            await heard.wait()
        unsubscribe()
        await settle()

    async def answers(self, title: str) -> None:
        """Press a button of the notification."""
        actions = self.sent[-1].data["data"]["actions"]
        action = next(action["action"] for action in actions if action["title"] == title)
        self.hass.bus.async_fire("mobile_app_notification_action", {"action": action})
        await settle()

    async def passes(self, **time: float) -> None:
        async_fire_time_changed(self.hass, dt_util.utcnow() + timedelta(**time))
        await settle()


async def settle() -> None:
    """Let the automation come as far as it can, over the network too; it may be waiting for hours."""
    for _ in range(40):
        await asyncio.sleep(0.004)


@pytest.fixture
async def workshop(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, device_registry: dr.DeviceRegistry
) -> AsyncIterator[Workshop]:
    entry = await linked()
    (printer,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    app = MockConfigEntry(domain="mobile_app")
    app.add_to_hass(hass)
    phone = device_registry.async_get_or_create(
        config_entry_id=app.entry_id, identifiers={("mobile_app", "1")}, name="Pixel"
    )
    yield Workshop(hass, octoprint, printer.id, phone.id)
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


@pytest.mark.parametrize(
    ("title", "commands", "jobs"),
    [
        ("Not a failure", [{"command": "acknowledge", "answer": "not_a_failure"}], []),
        ("It failed", [{"command": "acknowledge", "answer": "failure"}], []),
        ("Pause", [], [{"command": "pause", "action": "pause"}]),
        ("Cancel print", [], [{"command": "cancel"}]),
    ],
)
async def test_notify(workshop: Workshop, title: str, commands: list[Any], jobs: list[Any]) -> None:
    await workshop.automate("notify", phone=workshop.phone)
    await workshop.happens(EventKind.FAILURE)
    (call,) = workshop.sent
    assert call.data["title"] == "Ender 3"
    assert "failing" in call.data["message"]
    assert "benchy.gcode" in call.data["message"]
    assert call.data["data"]["image"].startswith("/api/image_proxy/image.ender_3_last_look?token=")
    await workshop.answers(title)
    assert workshop.octoprint.commands == commands
    assert workshop.octoprint.jobs == jobs


async def test_notify_only_when_wanted(workshop: Workshop) -> None:
    await workshop.automate("notify", phone=workshop.phone, when=["failure"])
    await workshop.happens(EventKind.MAYBE, level=Level.MAYBE)
    assert not workshop.sent


async def test_notify_blind_has_no_buttons(workshop: Workshop) -> None:
    await workshop.automate("notify", phone=workshop.phone)
    await workshop.happens(EventKind.BLIND, "frozen", Level.NONE)
    (call,) = workshop.sent
    assert call.data["data"]["actions"] == []
    assert call.data["message"].startswith("The print can no longer be watched: the picture stands still.")
    await workshop.happens(EventKind.BLIND, "unknown_host", Level.NONE)
    assert workshop.sent[-1].data["message"].startswith("The print can no longer be watched. ")


async def test_notify_names_the_camera_that_sees_nothing(workshop: Workshop) -> None:
    await workshop.automate("notify", phone=workshop.phone)
    await workshop.happens(EventKind.CAMERA_BLIND, "no_snapshot", Level.NONE, camera="side")
    (call,) = workshop.sent
    assert "side" in call.data["message"]
    assert call.data["data"]["actions"] == []


async def test_notify_says_nothing_of_another_reason_that_nobody_can_mend(workshop: Workshop) -> None:
    await workshop.automate("notify", phone=workshop.phone)
    await workshop.happens(EventKind.BLIND, "server_failed", Level.NONE, minor=True)
    assert not workshop.sent


async def test_pause_unless_somebody_says_no(workshop: Workshop) -> None:
    await workshop.automate("pause_with_veto", phone=workshop.phone)
    await workshop.happens(EventKind.FAILURE)
    assert workshop.sent[0].data["data"]["actions"][0]["title"] == "Keep printing"
    assert not workshop.octoprint.jobs
    await workshop.passes(minutes=3)
    assert workshop.octoprint.jobs == [{"command": "pause", "action": "pause"}]


async def test_somebody_says_no_on_the_phone(workshop: Workshop) -> None:
    await workshop.automate("pause_with_veto", phone=workshop.phone)
    await workshop.happens(EventKind.FAILURE)
    await workshop.answers("Keep printing")
    await workshop.passes(minutes=3)
    assert not workshop.octoprint.jobs
    assert workshop.octoprint.commands == [{"command": "acknowledge", "answer": "not_a_failure"}]


@pytest.mark.parametrize(
    ("kind", "detail"),
    [(EventKind.ACKNOWLEDGED, "not_a_failure"), (EventKind.CLEARED, ""), (EventKind.ENDED, "done")],
)
async def test_what_makes_a_pause_needless(workshop: Workshop, kind: EventKind, detail: str) -> None:
    await workshop.automate("pause_with_veto", phone=workshop.phone)
    await workshop.happens(EventKind.FAILURE)
    await workshop.happens(kind, detail, Level.NONE)
    await workshop.passes(minutes=3)
    assert not workshop.octoprint.jobs
    assert not workshop.octoprint.commands


async def test_the_power_is_cut_when_the_hot_end_is_cool(workshop: Workshop) -> None:
    workshop.hass.states.async_set("sensor.hot_end", "210")
    await workshop.automate("cut_power_when_cool", temperature="sensor.hot_end", plug="switch.plug")
    await workshop.happens(EventKind.ACTION, "pause")
    assert not workshop.switched_off
    workshop.hass.states.async_set("sensor.hot_end", "45")
    await settle()
    assert [call.data["entity_id"] for call in workshop.switched_off] == [["switch.plug"]]


async def test_the_power_stays_on_after_not_a_failure(workshop: Workshop) -> None:
    workshop.hass.states.async_set("sensor.hot_end", "210")
    await workshop.automate("cut_power_when_cool", temperature="sensor.hot_end", plug="switch.plug")
    await workshop.happens(EventKind.ACTION, "pause")
    await workshop.happens(EventKind.ACKNOWLEDGED, "not_a_failure", Level.NONE)
    workshop.hass.states.async_set("sensor.hot_end", "45")
    await settle()
    assert not workshop.switched_off


async def test_an_unknown_temperature_cuts_nothing(workshop: Workshop) -> None:
    workshop.hass.states.async_set("sensor.hot_end", "unavailable")
    await workshop.automate("cut_power_when_cool", temperature="sensor.hot_end", plug="switch.plug")
    await workshop.happens(EventKind.ACTION, "cancel")
    assert not workshop.switched_off


@pytest.mark.parametrize("kind", [EventKind.BLIND, EventKind.CAMERA_BLIND])
async def test_light_when_dark(workshop: Workshop, kind: EventKind) -> None:
    await workshop.automate("light_when_dark", light="light.printer")
    await workshop.happens(kind, "frozen", Level.NONE)
    assert not workshop.turned_on
    await workshop.happens(kind, "dark", Level.NONE)
    assert entities(workshop.turned_on) == [["light.printer"]]
    assert not workshop.turned_off
    await workshop.happens(EventKind.ENDED, "finished", Level.NONE)
    assert entities(workshop.turned_off) == [["light.printer"]]


@pytest.mark.parametrize("end", [EventKind.ACKNOWLEDGED, EventKind.CLEARED, EventKind.ENDED, None])
async def test_siren_at_night(workshop: Workshop, end: EventKind | None) -> None:
    await workshop.automate("siren_at_night", siren="siren.attic", after="00:00:00", before="23:59:59")
    await workshop.happens(EventKind.FAILURE)
    assert entities(workshop.turned_on) == [["siren.attic"]]
    assert not workshop.turned_off
    if end is None:
        await workshop.passes(minutes=2)
    else:
        await workshop.happens(end, level=Level.NONE)
    assert entities(workshop.turned_off) == [["siren.attic"]]


async def test_no_siren_by_day(workshop: Workshop) -> None:
    hour = (dt_util.now() + timedelta(hours=2)).strftime("%H:00:00")
    later = (dt_util.now() + timedelta(hours=3)).strftime("%H:00:00")
    await workshop.automate("siren_at_night", siren="siren.attic", after=hour, before=later)
    await workshop.happens(EventKind.FAILURE)
    assert not workshop.turned_on


def entities(calls: list[ServiceCall]) -> list[list[str]]:
    return [call.data["entity_id"] for call in calls]
