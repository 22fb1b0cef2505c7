"""Adding, repairing and changing entries, as a user goes through the pages."""

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

from custom_components.failwatch.detection.detectors import Choice, Offers
from custom_components.failwatch.detection.errors import (
    BadSetting,
    FailWatchError,
    ModelUnavailable,
    NotAuthorised,
    RateLimited,
    UnknownHost,
)
from tests.homeassistant.octoprint_server import KEY, UUID, Linked, OctoPrintServer
from tests.homeassistant.printer import Told

OFFERS = "custom_components.failwatch.service_flow.offers"
NO_SET_UP = "custom_components.failwatch.async_setup_entry"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.KEY_POLL_INTERVAL", 0.01)


@pytest.fixture
def no_set_up() -> Any:
    """Let entries be made without being set up: what follows is tested elsewhere."""
    with patch(NO_SET_UP, return_value=True) as mock:
        yield mock


async def choose(hass: HomeAssistant, option: str) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_init(
        "failwatch", context={"source": config_entries.SOURCE_USER}
    )
    assert result["type"] is FlowResultType.MENU
    return await hass.config_entries.flow.async_configure(result["flow_id"], {"next_step_id": option})


async def answer(
    hass: HomeAssistant, result: ConfigFlowResult, user_input: dict[str, Any]
) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_configure(result["flow_id"], user_input)


async def after_progress(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Return the page that follows the wait for OctoPrint's user."""
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    async with asyncio.timeout(60):
        while True:
            await hass.async_block_till_done()
            result = await hass.config_entries.flow.async_configure(result["flow_id"])
            if result["type"] not in (FlowResultType.SHOW_PROGRESS, FlowResultType.SHOW_PROGRESS_DONE):
                return result
            await asyncio.sleep(0.01)


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


# An OctoPrint link


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


async def test_something_else_is_announced(hass: HomeAssistant) -> None:
    assert (await discover(hass, announced(properties={})))["reason"] == "not_failwatch"


@pytest.mark.usefixtures("no_set_up")
async def test_reauthentication_with_a_pasted_key(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    link_entry.add_to_hass(hass)
    octoprint.key = "new-key"
    menu = await link_entry.start_reauth_flow(hass)
    # The page is opened later than the flow was begun, and then asks for it once more.
    assert (await hass.config_entries.flow.async_configure(menu["flow_id"]))["step_id"] == menu["step_id"]
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
    page = await link_entry.start_reconfigure_flow(hass)
    assert page["step_id"] == "octoprint"
    end = await answer(hass, page, {"url": octoprint.url, "verify_ssl": False})
    assert end["reason"] == "reconfigure_successful"
    assert link_entry.data == {"kind": "octoprint", "url": octoprint.url, "verify_ssl": False, "api_key": KEY}
    octoprint.uuid = "another"
    page = await link_entry.start_reconfigure_flow(hass)
    assert (await answer(hass, page, {"url": octoprint.url}))["reason"] == "other_octoprint"


# A detection service


@pytest.mark.usefixtures("no_set_up")
async def test_built_in_detector(hass: HomeAssistant) -> None:
    told = Told()
    with (
        patch("custom_components.failwatch.detector.create_detector", return_value=told),
        patch("custom_components.failwatch.detector.async_require_built_in") as require,
    ):
        require.side_effect = ModelUnavailable("no wheel")
        page = await answer(hass, await choose(hass, "built_in"), {})
        assert page["errors"] == {"base": "model_unavailable"}
        require.side_effect = None
        end = await answer(hass, page, {})
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"] == {"kind": "built_in"}
    if hasattr(config_entries.FlowType, "CONFIG_SUBENTRIES_FLOW"):
        kind, flow_id = end["next_flow"]
        assert kind == "config_subentries_flow"
        assert hass.config_entries.subentries.async_get(flow_id)["step_id"] == "user"
    assert (await choose(hass, "built_in"))["reason"] == "already_configured"


@pytest.mark.usefixtures("no_set_up")
@pytest.mark.parametrize(
    ("error", "errors"),
    [
        (NotAuthorised("no"), {"token": "not_authorised"}),
        (UnknownHost("who?"), {"url": "unknown_host"}),
        (RateLimited("slow down"), {"base": "rate_limited"}),
        (BadSetting("odd"), {"base": "bad_setting"}),
        (RuntimeError("bug"), {"base": "bad_setting"}),
    ],
)
async def test_super_api(hass: HomeAssistant, error: Exception, errors: dict[str, str]) -> None:
    page = await choose(hass, "super_api")
    settings = {"url": "http://detector.example", "token": "secret"}
    with patch(OFFERS, side_effect=error):
        page = await answer(hass, page, settings)
    assert page["errors"] == errors
    assert "secret" not in str(page["description_placeholders"])
    with patch(OFFERS, return_value=Offers("It answers.")):
        end = await answer(hass, page, settings)
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"] == {"kind": "super_api", **settings}
    with patch(OFFERS, return_value=Offers("It answers.")):
        end = await answer(hass, await choose(hass, "super_api"), settings)
    assert end["reason"] == "already_configured"


@pytest.mark.usefixtures("no_set_up")
async def test_ml_api_needs_no_token(hass: HomeAssistant) -> None:
    with patch(OFFERS, return_value=Offers("It answers.")):
        end = await answer(hass, await choose(hass, "ml_api"), {"url": "http://ml.example"})
    assert end["type"] is FlowResultType.CREATE_ENTRY, end
    assert end["data"] == {"kind": "ml_api", "url": "http://ml.example"}


@pytest.mark.usefixtures("no_set_up")
async def test_what_the_service_offers_is_chosen_from(hass: HomeAssistant) -> None:
    async def offer(settings: dict[str, Any], host: Any) -> Offers:
        choices = {"spec": (Choice("7", "Prints"),)}
        if "spec" in settings:
            choices["labels"] = (Choice("spaghetti", "spaghetti"),)
        return Offers("Two models.", choices)

    with patch(OFFERS, side_effect=offer):
        page = await answer(
            hass, await choose(hass, "deepomatic"), {"url": "https://deepomatic.example", "api_key": "k"}
        )
        assert page["step_id"] == "choices"
        assert [str(key) for key in page["data_schema"].schema] == ["spec"]
        page = await answer(hass, page, {"spec": "7"})
        assert [str(key) for key in page["data_schema"].schema] == ["labels", "combine", "answer_within"]
        end = await answer(hass, page, {"labels": ["spaghetti"], "combine": "sum"})
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"]["labels"] == ["spaghetti"]


@pytest.mark.usefixtures("no_set_up")
async def test_hacarus(hass: HomeAssistant) -> None:
    offered = Offers("One model.", {"model_id": (Choice("active", "The active one"),)})
    with patch(OFFERS, return_value=offered):
        page = await answer(
            hass,
            await choose(hass, "hacarus"),
            {"url": "https://h.example", "client_id": "i", "client_secret": "s", "dialect": "auto"},
        )
        end = await answer(hass, page, {"model_id": "active", "threshold": 0.2})
    assert end["data"]["threshold"] == 0.2


def service_entry(kind: str = "super_api", **data: Any) -> MockConfigEntry:
    return MockConfigEntry(
        domain="failwatch",
        title="Service",
        data={"kind": kind, "url": "http://detector.example", "token": "old", **data},
    )


@pytest.mark.usefixtures("no_set_up")
@pytest.mark.parametrize(
    ("error", "errors"),
    [(NotAuthorised("no"), {"token": "not_authorised"}), (UnknownHost("who?"), {"base": "unknown_host"})],
)
async def test_reauthentication_of_a_service(
    hass: HomeAssistant, error: FailWatchError, errors: dict[str, str]
) -> None:
    entry = service_entry()
    entry.add_to_hass(hass)
    page = await entry.start_reauth_flow(hass)
    assert page["step_id"] == "reauth_confirm"
    assert (await hass.config_entries.flow.async_configure(page["flow_id"]))["step_id"] == "reauth_confirm"
    with patch(OFFERS, side_effect=error):
        page = await answer(hass, page, {"token": "bad"})
    assert page["errors"] == errors
    with patch(OFFERS, return_value=Offers("It answers.")):
        end = await answer(hass, page, {"token": "new"})
    assert end["reason"] == "reauth_successful"
    assert entry.data["token"] == "new"


@pytest.mark.usefixtures("no_set_up")
async def test_reconfigure_a_service_keeps_a_secret_that_is_left_empty(hass: HomeAssistant) -> None:
    entry = service_entry()
    entry.add_to_hass(hass)
    page = await entry.start_reconfigure_flow(hass)
    assert page["step_id"] == "super_api"
    shown = {str(key): key.description for key in page["data_schema"].schema}
    assert shown["url"] == {"suggested_value": "http://detector.example"}
    assert not shown["token"]
    with patch(OFFERS, return_value=Offers("It answers.")):
        end = await answer(hass, page, {"url": "http://moved.example"})
    assert end["reason"] == "reconfigure_successful"
    assert entry.data == {"kind": "super_api", "url": "http://moved.example", "token": "old"}


@pytest.mark.parametrize(("kind", "types"), [("octoprint", set()), ("built_in", {"camera"})])
async def test_only_services_watch_cameras(hass: HomeAssistant, kind: str, types: set[str]) -> None:
    entry = MockConfigEntry(domain="failwatch", data={"kind": kind, "url": "http://x/"})
    entry.add_to_hass(hass)
    assert set(entry.supported_subentry_types) == types
