"""Each detection service as the detector of a watched camera, against its emulator."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.failwatch.publishing import async_publisher
from tests.emulators import deepomatic, hacarus, hacarus_sdk
from tests.emulators.hacarus_state import CLIENT_ID, CLIENT_SECRET, State
from tests.emulators.judging import red_spot
from tests.emulators.obico import TOKEN, Obico, PrinterRecord
from tests.emulators.running import running
from tests.homeassistant import printer as printers
from tests.homeassistant.printer import Printer, service_entry, until

CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
SERVICES: dict[str, tuple[dict[str, Any], Any]] = {
    "super_api": ({"kind": "super_api", "token": TOKEN}, Obico),
    "ml_api": ({"kind": "ml_api", "token": TOKEN}, Obico),
    "obico_printer": (
        {"kind": "obico_printer", "token": TOKEN, "printer": "7"},
        lambda: Obico(printers={"7": PrinterRecord()}),
    ),
    "deepomatic": (
        {"kind": "deepomatic", "api_key": deepomatic.KEY, "spec": "prints-v1", "labels": ["spaghetti"]},
        deepomatic.Deepomatic,
    ),
    "hacarus check": ({"kind": "hacarus", **CREDENTIALS}, hacarus.Hacarus),
    "hacarus saas": ({"kind": "hacarus", **CREDENTIALS}, lambda: hacarus.Hacarus(check=False)),
    "hacarus sdk": ({"kind": "hacarus", **CREDENTIALS}, hacarus_sdk.HacarusSdk),
}


class Scene:
    """What the camera shows: a good print, until it fails."""

    def __init__(self) -> None:
        self.redness = 0.0
        self._numbers = itertools.count(1)

    async def picture(self, width: int | None = None, height: int | None = None) -> bytes:
        return red_spot(self.redness, noise=next(self._numbers))


@pytest.fixture
async def printer(
    hass: HomeAssistant,
    socket_enabled: None,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> Printer:
    """Give Home Assistant a printer, and an address at which services reach it."""
    monkeypatch.setenv("FAILWATCH_CLOCK_SPEED", "100")
    monkeypatch.setattr("custom_components.failwatch.snapshots.LIGHT_SETTLES", 0.0)
    printer = await printers.install(hass, printers.Told())
    # Only in tests does the web server take no more views once it is started.
    async_publisher(hass)
    client = await hass_client_no_auth()
    await hass.config.async_update(internal_url=str(client.make_url("")))
    return printer


@asynccontextmanager
async def watched(
    hass: HomeAssistant, settings: dict[str, Any], app: web.Application
) -> AsyncIterator[MockConfigEntry]:
    """Serve the emulator, and set a camera up that is watched with it."""
    async with running(app) as url:
        base = url / "v0.7" if settings["kind"] == "deepomatic" else url
        template = service_entry(on_failure="pause", pause_with=printers.PAUSE)
        entry = MockConfigEntry(
            domain="failwatch",
            title="Detector",
            data={**settings, "url": str(base)},
            subentries_data=[subentry.as_dict() for subentry in template.subentries.values()],
        )
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        yield entry
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("service", SERVICES)
async def test_the_failure_is_seen_and_the_print_paused(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    settings, emulated = SERVICES[service]
    emulator, scene = emulated(), Scene()
    monkeypatch.setattr(printer.camera, "async_camera_image", scene.picture)
    async with watched(hass, settings, emulator.application()):
        await printer.says("printing")
        await until(hass, "sensor.voron_watch", "watching")
        await until(hass, "sensor.voron_failure_state", "none")
        assert printer.pause.presses == 0
        scene.redness = 0.95
        await until(hass, "sensor.voron_failure_state", "failure")
        await hass.async_block_till_done()
        assert printer.pause.presses == 1
    state = getattr(emulator, "state", None)
    if isinstance(state, State) and service == "hacarus check":
        assert state.items == {}
    if service == "obico_printer":
        assert [status for _, status in emulator.finished] == ["success"]


@pytest.mark.parametrize("service", SERVICES)
async def test_the_user_is_asked_for_credentials_that_work(
    hass: HomeAssistant, printer: Printer, service: str
) -> None:
    settings, emulated = SERVICES[service]
    wrong = {key: "wrong" for key in ("token", "api_key", "client_secret") if key in settings}
    async with watched(hass, {**settings, **wrong}, emulated().application()) as entry:
        assert entry.state is ConfigEntryState.SETUP_ERROR
        (flow,) = hass.config_entries.flow.async_progress()
        assert flow["context"]["source"] == SOURCE_REAUTH
        assert "wrong" not in str(entry.reason)
