"""Each detection service as the detector of a watched camera, against its emulator."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.failwatch.cameras.picture_urls import async_publisher
from custom_components.failwatch.engine.clients.http import Endpoint
from tests.emulators import deepomatic, hacarus, hacarus_sdk
from tests.emulators.broken import HANG, HANG_UP, answer, broken
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
    monkeypatch.setattr("custom_components.failwatch.cameras.lights.LIGHT_SETTLES", 0.0)
    printer = await printers.install(hass, printers.Told())
    # Only in tests does the web server take no more views once it is started.
    assert await async_setup_component(hass, "failwatch", {})
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
        await printer.tells("paused")
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


def filled_in(page: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """Fill a page in: what is known, and for the rest what it suggests."""
    answers = {}
    for marker in page["data_schema"].schema:
        suggested = (marker.description or {}).get("suggested_value")
        if str(marker) in known or suggested is not None:
            answers[str(marker)] = known.get(str(marker), suggested)
    return answers


async def set_up(hass: HomeAssistant, settings: dict[str, Any]) -> dict[str, Any]:
    """Go through the pages as far as they lead, or to the first error."""
    flow = hass.config_entries.flow
    page = await flow.async_init("failwatch", context={"source": SOURCE_USER})
    page = await flow.async_configure(page["flow_id"], {"next_step_id": settings["kind"]})
    while page["type"] is FlowResultType.FORM and not page["errors"]:
        page = await flow.async_configure(page["flow_id"], filled_in(page, settings))
    return dict(page)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_is_set_up(hass: HomeAssistant, printer: Printer, service: str) -> None:
    settings, emulated = SERVICES[service]
    async with running(emulated().application()) as url:
        address = str(url / "v0.7" if service == "deepomatic" else url)
        end = await set_up(hass, {**settings, "url": address})
        assert end["type"] is FlowResultType.CREATE_ENTRY
        assert {**settings, "url": address}.items() <= end["data"].items()
        await hass.async_block_till_done()
        assert end["result"].state is ConfigEntryState.LOADED
        await hass.config_entries.async_unload(end["result"].entry_id)


HTML = b"<!DOCTYPE html><title>Router</title>"
FAULTS: dict[str, tuple[bytes, dict[str, str]]] = {
    "wrong token": (answer("401 No", b'{"error": "No such token"}'), {"token": "not_authorised"}),
    "wrong path": (answer("404 No", HTML, kind="text/html"), {"url": "not_found"}),
    "web page": (answer("200 OK", HTML, kind="text/html"), {"url": "wrong_address"}),
    "server error": (answer("500 Oh", b"{}"), {"url": "server_failed"}),
    "too hot": (answer("429 Hot", b"{}"), {"base": "rate_limited"}),
    "too hot for a while": (answer("429 Hot", b"{}", Retry_After="9"), {"base": "rate_limited"}),
    "cut short": (answer("200 OK", b"{", length="99"), {"base": "cut_short"}),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", {"url": "wrong_address"}),
    "hung up": (HANG_UP, {"url": "unavailable"}),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_wrong_is_said_at_the_field(hass: HomeAssistant, printer: Printer, fault: str) -> None:
    reply, errors = FAULTS[fault]
    async with broken(reply) as url:
        page = await set_up(hass, {"kind": "super_api", "url": str(url), "token": TOKEN})
    assert page["errors"] == errors
    assert TOKEN not in str(page["description_placeholders"])


async def test_silence_is_said(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Endpoint.call.__kwdefaults__, "timeout", 0.2)
    async with broken(HANG) as url:
        page = await set_up(hass, {"kind": "super_api", "url": str(url), "token": TOKEN})
    assert page["errors"] == {"url": "timed_out"}


async def test_an_address_where_nobody_is(hass: HomeAssistant, printer: Printer) -> None:
    page = await set_up(hass, {"kind": "super_api", "url": "http://127.0.0.1:1", "token": TOKEN})
    assert page["errors"] == {"url": "unavailable"}
