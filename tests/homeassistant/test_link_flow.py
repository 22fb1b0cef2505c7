"""Linking an OctoPrint, repairing and changing the link, as a user goes through the pages."""

import asyncio
import ssl
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from unittest.mock import MagicMock, patch

import aiohttp
import pytest
from homeassistant import config_entries
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant.octoprint_server import KEY, UUID, Linked, OctoPrintServer
from tests.homeassistant.pages import after_progress, answer, choose, opened


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.KEY_POLL_INTERVAL", 0.01)


def announced(**changes: Any) -> ZeroconfServiceInfo:
    values = {
        "ip_address": ip_address("127.0.0.1"),
        "ip_addresses": [ip_address("127.0.0.1")],
        "port": 80,
        "hostname": "octopi.local.",
        "type": "_failwatch._tcp.local.",
        "name": 'OctoPrint instance "Workshop"._failwatch._tcp.local.',
        "properties": {"uuid": UUID, "path": "/", "version": "0.1.0"},
    }
    return ZeroconfServiceInfo(**(values | changes))


async def discover(hass: HomeAssistant, info: ZeroconfServiceInfo) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_init(
        "failwatch", context={"source": config_entries.SOURCE_ZEROCONF}, data=info
    )


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
    monkeypatch.setattr("custom_components.failwatch.link_flow.KEY_PATIENCE", 0.05)
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
    assert page["errors"] == {"url": "not_reachable"}
    assert "Cannot connect" in page["description_placeholders"]["problem"]


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


@pytest.mark.usefixtures("no_set_up")
async def test_discovered(hass: HomeAssistant, octoprint: OctoPrintServer) -> None:
    page = await discover(hass, announced(port=octoprint.server.port))
    assert page["step_id"] == "zeroconf_confirm"
    assert page["description_placeholders"]["name"] == "Workshop"
    octoprint.decision = "allowed"
    end = await after_progress(hass, await answer(hass, page, {}))
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"]["url"] == octoprint.url


async def test_a_new_address_is_followed(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    entry = await linked()
    info = announced(
        ip_address=ip_address("127.0.0.1"), port=5001, properties={"uuid": UUID, "path": "/octo/"}
    )
    end = await discover(hass, info)
    assert end["reason"] == "already_configured"
    assert entry.data["url"] == "http://127.0.0.1:5001/octo"
    await hass.async_block_till_done()


async def test_an_encrypted_address_is_kept(hass: HomeAssistant, link_entry: MockConfigEntry) -> None:
    link_entry.add_to_hass(hass)
    data = {**link_entry.data, "url": "https://octopi.example/"}
    hass.config_entries.async_update_entry(link_entry, data=data)
    end = await discover(hass, announced())
    assert end["reason"] == "already_configured"
    assert link_entry.data["url"] == "https://octopi.example/"


async def test_what_somebody_ignores_stays_ignored(hass: HomeAssistant, octoprint: OctoPrintServer) -> None:
    page = await discover(hass, announced(port=octoprint.server.port))
    await hass.config_entries.flow.async_init(
        "failwatch",
        context={"source": config_entries.SOURCE_IGNORE},
        data={"unique_id": UUID, "title": "Workshop"},
    )
    assert not hass.config_entries.flow.async_progress(), page
    (ignored,) = hass.config_entries.async_entries("failwatch")
    assert ignored.supported_subentry_types == {}
    assert (await discover(hass, announced()))["reason"] == "already_configured"
    assert not ignored.data


@pytest.mark.usefixtures("no_set_up")
async def test_what_was_ignored_can_be_linked_by_hand(
    hass: HomeAssistant, octoprint: OctoPrintServer
) -> None:
    MockConfigEntry(domain="failwatch", source="ignore", unique_id=UUID).add_to_hass(hass)
    end = await answer(hass, await choose(hass, "octoprint"), {"url": octoprint.url, "api_key": KEY})
    assert end["type"] is FlowResultType.CREATE_ENTRY


async def test_something_else_is_announced(hass: HomeAssistant) -> None:
    assert (await discover(hass, announced(properties={})))["reason"] == "not_failwatch"


@pytest.mark.usefixtures("no_set_up")
async def test_reauthentication_with_a_pasted_key(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    link_entry.add_to_hass(hass)
    octoprint.key = "new-key"
    menu = await opened(hass, await link_entry.start_reauth_flow(hass))
    assert menu["type"] is FlowResultType.MENU
    page = await answer(hass, menu, {"next_step_id": "paste_key"})
    page = await answer(hass, page, {"api_key": "wrong"})
    assert page["errors"] == {"api_key": "key_refused"}
    octoprint.plugin = False
    page = await answer(hass, page, {"api_key": "new-key"})
    assert page["errors"] == {"base": "plugin_missing"}
    octoprint.plugin = True
    end = await answer(hass, page, {"api_key": "new-key"})
    assert end["reason"] == "reauth_successful"
    assert link_entry.data["api_key"] == "new-key"
    await hass.async_block_till_done()


async def test_reauthentication_of_a_running_link_reloads_it(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    entry = await linked()
    octoprint.key, octoprint.decision = "new-key", "allowed"
    menu = await entry.start_reauth_flow(hass)
    end = await after_progress(hass, await answer(hass, menu, {"next_step_id": "ask_for_key"}))
    assert end["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    assert entry.state is config_entries.ConfigEntryState.LOADED
    await octoprint.connected()


async def test_a_key_that_is_accepted_again_brings_the_link_back(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    """As when its user in OctoPrint had lost the permission for a while."""
    entry = await linked()
    octoprint.key = "another"
    await octoprint.drop()
    async with asyncio.timeout(60):
        while not (flows := hass.config_entries.flow.async_progress()):
            await asyncio.sleep(0.01)
    octoprint.key = KEY
    menu = await hass.config_entries.flow.async_configure(flows[0]["flow_id"])
    page = await answer(hass, menu, {"next_step_id": "paste_key"})
    assert (await answer(hass, page, {"api_key": KEY}))["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    await octoprint.connected()
    assert entry.state is config_entries.ConfigEntryState.LOADED
    assert hass.states.get("sensor.ender_3_failure_state").state == "none"


async def test_reauthentication_with_another_octoprint(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    link_entry.add_to_hass(hass)
    octoprint.uuid = "another"
    menu = await link_entry.start_reauth_flow(hass)
    page = await answer(hass, menu, {"next_step_id": "paste_key"})
    assert (await answer(hass, page, {"api_key": KEY}))["reason"] == "other_octoprint"


@pytest.mark.usefixtures("no_set_up")
async def test_reconfigure_a_link(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    link_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(link_entry, data={**link_entry.data, "url": "http://old.example/"})
    page = await opened(hass, await link_entry.start_reconfigure_flow(hass))
    assert page["step_id"] == "octoprint"
    end = await answer(hass, page, {"url": octoprint.url, "verify_ssl": False})
    assert end["reason"] == "reconfigure_successful"
    assert link_entry.data == {"kind": "octoprint", "url": octoprint.url, "verify_ssl": False, "api_key": KEY}
    octoprint.uuid = "another"
    page = await opened(hass, await link_entry.start_reconfigure_flow(hass))
    assert (await answer(hass, page, {"url": octoprint.url}))["reason"] == "other_octoprint"


@pytest.mark.usefixtures("no_set_up")
async def test_reconfigure_a_link_whose_key_is_no_longer_accepted(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    link_entry.add_to_hass(hass)
    octoprint.key, octoprint.decision = "new-key", "allowed"
    page = await answer(hass, await link_entry.start_reconfigure_flow(hass), {"url": octoprint.url})
    assert page["errors"] == {"api_key": "key_refused"}
    end = await after_progress(hass, await answer(hass, page, {"url": octoprint.url}))
    assert end["reason"] == "reconfigure_successful"
    assert link_entry.data["api_key"] == "new-key"
