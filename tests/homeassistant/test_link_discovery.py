"""An OctoPrint that announces itself: linked, followed, or ignored."""

from ipaddress import ip_address
from typing import Any

import pytest
from homeassistant import config_entries
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant.octoprint_server import KEY, UUID, Linked, OctoPrintServer
from tests.homeassistant.pages import after_progress, answer, choose


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
