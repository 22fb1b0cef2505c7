"""Secrets that are planted wherever a user enters one are found nowhere else."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import AsyncMock

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event as BusEvent
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.const import DOMAIN
from custom_components.failwatch.diagnostics import async_get_config_entry_diagnostics
from custom_components.failwatch.engine.detectors.setting_fields import FIELDS, FieldType
from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.state import Event, EventKind
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import UUID, OctoPrintServer
from tests.homeassistant.printer import LIGHT, PAUSE, Printer, until, watch
from tests.patience import PATIENCE, eventually

CANARY = "canary"
"""Part of every secret that is planted here, and of nothing else."""
KEY, USER, PASSWORD = "CANARYKEY", "canary-user", "canary-password"


@pytest.fixture
def told(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what has happened on the bus so far; everything is logged."""
    caplog.set_level(logging.DEBUG)
    happened: list[str] = []

    async def note(event: BusEvent) -> None:
        happened.append(json.dumps(event.as_dict(), default=str))

    hass.bus.async_listen(MATCH_ALL, note)
    return happened


async def everything(hass: HomeAssistant, entry: ConfigEntry, told: list[str], log: str) -> str:
    """Return all that anybody can read of an entry without opening its settings, as one text."""
    await hass.async_block_till_done()
    texts = [log, *told]
    texts += [json.dumps(state.as_dict(), default=str) for state in hass.states.async_all()]
    texts += [str(issue) for issue in ir.async_get(hass).issues.values()]
    texts += [str(one) for one in _async_get_or_create_notifications(hass).values()]
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    texts += [str(device.dict_repr) for device in devices]
    texts += [str(entry.reason), str(entry.title), str(entry.unique_id)]
    if hasattr(entry, "runtime_data"):
        texts.append(json.dumps(await async_get_config_entry_diagnostics(hass, entry)))
    return "\n".join(texts)


async def test_of_a_link(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    told: list[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.FIRST_WAIT", 0.01)
    octoprint.key, octoprint.door = KEY, (USER, PASSWORD)
    settings = {"kind": "octoprint", "url": octoprint.url, "verify_ssl": True}
    secrets = {"api_key": KEY, "username": USER, "password": PASSWORD}
    entry = MockConfigEntry(domain=DOMAIN, title="Ender 3", unique_id=UUID, data=settings | secrets)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await octoprint.connected()
    failing = Event(EventKind.FAILURE, states.AT, "print-1", "because", Level.FAILURE)
    await octoprint.push(state=states.watching(Level.FAILURE, p=0.9), events=[failing])
    await until(hass, "sensor.ender_3_failure_state", "failure")
    octoprint.complaint = f"{KEY} {PASSWORD}"
    with pytest.raises(HomeAssistantError) as refused:
        await hass.services.async_call(
            DOMAIN, "snooze", {"entity_id": "sensor.ender_3_failure_state", "minutes": 5}, blocking=True
        )
    texts = await everything(hass, entry, told, caplog.text)
    octoprint.door = (USER, "another")
    await octoprint.drop()
    await until(hass, "sensor.ender_3_failure_state", "unavailable")
    texts += await everything(hass, entry, told, caplog.text) + str(refused.value)
    assert KEY in octoprint.seen_keys
    assert "custom_components.failwatch" in texts
    assert "failwatch_event" in texts or "failwatch" in texts
    for secret in secrets.values():
        assert secret not in texts


@pytest.fixture
async def gossip(socket_enabled: None) -> AsyncIterator[TestServer]:
    """A service that refuses, and repeats all that it was sent."""

    async def refuse(request: web.Request) -> web.Response:
        body = (await request.text())[:2000] if "json" in request.content_type else ""
        words = dict(request.headers.items())
        return web.json_response({"error": f"refused {words} {request.query_string} {body}"}, status=500)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    yield server
    await server.close()


@pytest.mark.parametrize("service", [kind for kind in FIELDS if kind != "built_in"])
async def test_of_a_detection_service(
    hass: HomeAssistant, gossip: TestServer, told: list[str], caplog: pytest.LogCaptureFixture, service: str
) -> None:
    secrets = {
        field.key: f"{CANARY}-{field.key}" for field in FIELDS[service] if field.type is FieldType.SECRET
    }
    others: dict[str, Any] = {
        "printer": "7",
        "spec": "prints",
        "labels": ["spaghetti"],
        "client_id": "me",
        "model_id": "m",
    }
    known = {field.key for field in FIELDS[service]}
    settings = {key: value for key, value in others.items() if key in known}
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Service",
        data={"kind": service, "url": str(gossip.make_url("/")), **settings, **secrets},
    )
    entry.add_to_hass(hass)
    async with asyncio.timeout(PATIENCE):
        await hass.config_entries.async_setup(entry.entry_id)
    texts = await everything(hass, entry, told, caplog.text)
    assert entry.reason, "it was asked, and refused"
    for secret in secrets.values():
        assert secret not in texts


WHERE = f"http://me:{CANARY}-password@192.168.1.9/{CANARY}-path?key={CANARY}-key"
"""An address as integrations put it into their errors."""


async def fails(*_: Any, **__: Any) -> None:
    raise HomeAssistantError(f"Error talking to {WHERE}: it is full")


async def test_of_what_a_watched_printer_depends_on(
    hass: HomeAssistant,
    printer: Printer,
    told: list[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Camera, light, buttons and notifiers are other integrations', and so are the words of their errors."""
    hass.services.async_register("notify", "send_message", fails)
    hass.states.async_set("notify.mail", "unknown")
    entry = await watch(
        hass,
        light=LIGHT,
        light_mode="look",
        dark_below=100,
        on_failure="pause",
        pause_with=PAUSE,
        tell="messages",
        notify_entities=["notify.mail"],
    )
    monkeypatch.setattr(printer.pause, "async_press", AsyncMock(side_effect=fails))
    monkeypatch.setattr(printer.light, "async_turn_off", AsyncMock(side_effect=fails))
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("action_failed")
    await eventually(lambda: "may stay on after a picture" in caplog.text)
    monkeypatch.setattr(printer.camera, "async_camera_image", AsyncMock(side_effect=fails))
    await until(hass, "sensor.voron_watch", "blind")
    with pytest.raises(HomeAssistantError) as refused:
        await hass.services.async_call(
            DOMAIN, "control", {"entity_id": "sensor.voron_watch", "command": "pause"}, blocking=True
        )
    await eventually(lambda: "Messages cannot be sent to notify.mail" in caplog.text)
    log = "\n".join(
        f"{record.getMessage()} {record.exc_text}" for record in caplog.records if DOMAIN in record.name
    )
    texts = await everything(hass, entry, told, log) + str(refused.value) + str(printer.told)
    assert "Error talking to http://192.168.1.9" in log, "what is no secret is told"
    assert CANARY not in texts
