"""Adding FailWatch: the first page, and linking an OctoPrint, as a user goes through the pages."""

import ssl
from collections.abc import Callable
from unittest.mock import MagicMock, patch

import aiohttp
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant.octoprint_server import KEY, UUID, OctoPrintServer
from tests.homeassistant.pages import after_progress, answer, choose


@pytest.mark.usefixtures("no_set_up")
async def test_link_with_a_pasted_key(hass: HomeAssistant, octoprint: OctoPrintServer) -> None:
    page = await choose(hass, "octoprint")
    assert page["step_id"] == "octoprint"
    end = await answer(hass, page, {"url": octoprint.url, "api_key": KEY})
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["title"] == "Ender 3"
    assert end["data"] == {"kind": "octoprint", "url": octoprint.url, "verify_ssl": True, "api_key": KEY}
    assert end["result"].unique_id == UUID


@pytest.mark.usefixtures("no_set_up")
async def test_link_by_asking_octoprint(hass: HomeAssistant, octoprint: OctoPrintServer) -> None:
    page = await choose(hass, "octoprint")
    octoprint.printer = "Default"
    waiting = await answer(hass, page, {"url": octoprint.url.removeprefix("http://")})
    assert waiting["progress_action"] == "wait_for_key"
    assert waiting["description_placeholders"]["dialog"].endswith("/plugin/appkeys/auth/APPTOKEN")
    octoprint.decision = "allowed"
    end = await after_progress(hass, waiting)
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["title"] == "OctoPrint"
    assert end["data"]["api_key"] == KEY


@pytest.mark.usefixtures("no_set_up")
async def test_denied_then_asked_again_then_allowed(hass: HomeAssistant, octoprint: OctoPrintServer) -> None:
    page = await choose(hass, "octoprint")
    octoprint.decision = "denied"
    menu = await after_progress(hass, await answer(hass, page, {"url": octoprint.url}))
    assert menu["step_id"] == "key_denied"
    octoprint.decision = "allowed"
    end = await after_progress(hass, await answer(hass, menu, {"next_step_id": "ask_for_key"}))
    assert end["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.usefixtures("no_set_up")
async def test_nobody_answers_then_a_key_is_pasted(
    hass: HomeAssistant, octoprint: OctoPrintServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.failwatch.flows.octoprint.KEY_TIMEOUT", 0.05)
    page = await choose(hass, "octoprint")
    menu = await after_progress(hass, await answer(hass, page, {"url": octoprint.url}))
    assert menu["step_id"] == "key_timed_out"
    page = await answer(hass, menu, {"next_step_id": "paste_key"})
    assert page["step_id"] == "paste_key"
    page = await answer(hass, page, {"api_key": "wrong"})
    assert page["errors"] == {"api_key": "key_refused"}
    end = await answer(hass, page, {"api_key": f" {KEY} "})
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"]["api_key"] == KEY


async def test_octoprint_goes_away_while_waiting(hass: HomeAssistant, octoprint: OctoPrintServer) -> None:
    page = await choose(hass, "octoprint")
    waiting = await answer(hass, page, {"url": octoprint.url})
    await octoprint.server.close()
    menu = await after_progress(hass, waiting)
    assert menu["step_id"] == "key_interrupted"


async def test_too_many_requests(hass: HomeAssistant, octoprint: OctoPrintServer) -> None:
    octoprint.requests_left = 0
    page = await answer(hass, await choose(hass, "octoprint"), {"url": octoprint.url})
    assert page["errors"] == {"base": "too_many_requests"}


def _no_plugin(octoprint: OctoPrintServer) -> None:
    octoprint.plugin = False


def _old_plugin(octoprint: OctoPrintServer) -> None:
    octoprint.report_override = {"version": "0.0.1"}


def _other_key(octoprint: OctoPrintServer) -> None:
    octoprint.key = "other"


@pytest.mark.usefixtures("no_set_up")
@pytest.mark.parametrize(
    ("spoil", "errors"),
    [
        (_no_plugin, {"base": "plugin_missing"}),
        (_old_plugin, {"base": "plugin_too_old"}),
        (_other_key, {"api_key": "key_refused"}),
    ],
)
async def test_what_is_wrong_is_said_at_the_field_and_can_be_mended(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    spoil: Callable[[OctoPrintServer], None],
    errors: dict[str, str],
) -> None:
    spoil(octoprint)
    page = await answer(hass, await choose(hass, "octoprint"), {"url": octoprint.url, "api_key": KEY})
    assert page["errors"] == errors
    octoprint.plugin, octoprint.report_override, octoprint.key = True, None, KEY
    end = await answer(hass, page, {"url": octoprint.url, "api_key": KEY})
    assert end["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("url", "error"),
    [("ftp://octopi.local", "bad_address"), ("http://", "bad_address"), ("http://[", "bad_address")],
)
async def test_no_address(hass: HomeAssistant, url: str, error: str) -> None:
    page = await answer(hass, await choose(hass, "octoprint"), {"url": url, "api_key": KEY})
    assert page["errors"] == {"url": error}


async def test_nothing_answers(hass: HomeAssistant, octoprint: OctoPrintServer) -> None:
    url = octoprint.url
    await octoprint.server.close()
    page = await answer(hass, await choose(hass, "octoprint"), {"url": url})
    assert page["errors"] == {"url": "cannot_connect"}
    assert page["description_placeholders"]["problem"].startswith(url.split("/")[2])


async def test_a_certificate_that_nobody_vouches_for(hass: HomeAssistant) -> None:
    error = aiohttp.ClientConnectorCertificateError(MagicMock(), ssl.SSLCertVerificationError("self-signed"))
    with patch.object(aiohttp.ClientSession, "request", side_effect=error):
        page = await answer(hass, await choose(hass, "octoprint"), {"url": "https://octopi.local"})
    assert page["errors"] == {"base": "untrusted_certificate"}


@pytest.mark.usefixtures("no_set_up")
async def test_after_a_wrong_key_octoprint_can_still_be_asked(
    hass: HomeAssistant, octoprint: OctoPrintServer
) -> None:
    page = await answer(hass, await choose(hass, "octoprint"), {"url": octoprint.url, "api_key": "wrong"})
    assert page["errors"] == {"api_key": "key_refused"}
    octoprint.decision = "allowed"
    end = await after_progress(hass, await answer(hass, page, {"url": octoprint.url}))
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"]["api_key"] == KEY


async def test_linked_twice(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    link_entry.add_to_hass(hass)
    end = await answer(hass, await choose(hass, "octoprint"), {"url": octoprint.url, "api_key": KEY})
    assert end["reason"] == "already_configured"


@pytest.mark.parametrize(("kind", "types"), [("octoprint", set()), ("built_in", {"camera"})])
async def test_only_services_watch_cameras(hass: HomeAssistant, kind: str, types: set[str]) -> None:
    entry = MockConfigEntry(domain="failwatch", data={"kind": kind, "url": "http://x/"})
    entry.add_to_hass(hass)
    assert set(entry.supported_subentry_types) == types
