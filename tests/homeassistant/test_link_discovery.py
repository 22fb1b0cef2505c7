"""An OctoPrint that announces itself: linked, followed, or ignored."""

from collections.abc import AsyncIterator
from ipaddress import ip_address
from typing import Any

import pytest
from homeassistant import config_entries
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant.octoprint_server import KEY, UUID, Linked, OctoPrintServer
from tests.homeassistant.pages import after_progress, answer, choose, fix


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


def announced_at(server: OctoPrintServer, **properties: str) -> ZeroconfServiceInfo:
    port = server.server.port
    return announced(port=port, properties={"uuid": server.uuid, "path": server.path or "/", **properties})


@pytest.fixture
async def elsewhere(octoprint: OctoPrintServer) -> AsyncIterator[OctoPrintServer]:
    """An OctoPrint at another address, with the same uuid."""
    server = OctoPrintServer(path="/octo")
    await server.start()
    yield server
    await server.stop()


async def test_a_new_address_is_followed_once_the_old_one_is_dead(
    hass: HomeAssistant, octoprint: OctoPrintServer, elsewhere: OctoPrintServer, linked: Linked
) -> None:
    entry = await linked()
    await octoprint.stop()
    end = await discover(hass, announced_at(elsewhere))
    assert end["reason"] == "already_configured"
    assert entry.data["url"] == elsewhere.url
    await elsewhere.connected()
    await hass.async_block_till_done()


async def test_a_link_that_waits_for_its_octoprint_follows_at_once(
    hass: HomeAssistant, octoprint: OctoPrintServer, elsewhere: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    await octoprint.stop()
    link_entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(link_entry.entry_id)
    await discover(hass, announced_at(elsewhere))
    await elsewhere.connected()
    await hass.async_block_till_done()
    assert link_entry.state is ConfigEntryState.LOADED


async def test_an_address_that_works_is_not_replaced_and_the_other_gets_no_key(
    hass: HomeAssistant, octoprint: OctoPrintServer, elsewhere: OctoPrintServer, linked: Linked
) -> None:
    entry = await linked()
    end = await discover(hass, announced_at(elsewhere))
    assert end["reason"] == "already_configured"
    assert entry.data["url"] == octoprint.url
    assert octoprint.seen_keys.count(KEY) > 0
    assert not elsewhere.seen_keys


@pytest.mark.parametrize("spoiled", ["dead", "key", "uuid", "machine"])
async def test_an_address_that_does_not_work_is_not_taken(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    elsewhere: OctoPrintServer,
    link_entry: MockConfigEntry,
    spoiled: str,
) -> None:
    link_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(link_entry, data={**link_entry.data, "machine": "board-1"})
    url = octoprint.url
    await octoprint.stop()
    info = announced_at(elsewhere)
    if spoiled == "dead":
        await elsewhere.stop()
    elif spoiled == "key":
        elsewhere.key = "another"
    elif spoiled == "uuid":
        elsewhere.uuid = "another"
    else:
        elsewhere.instance, elsewhere.machine = "run-1", "board-2"
    await discover(hass, info)
    assert link_entry.data["url"] == url
    if spoiled != "dead":
        assert KEY in elsewhere.seen_keys


async def test_an_encrypted_address_is_kept(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    link_entry.add_to_hass(hass)
    data = {**link_entry.data, "url": "https://127.0.0.1:9/"}
    hass.config_entries.async_update_entry(link_entry, data=data)
    end = await discover(hass, announced_at(octoprint))
    assert end["reason"] == "already_configured"
    assert link_entry.data["url"] == "https://127.0.0.1:9/"
    assert not octoprint.seen_keys


async def test_a_copy_is_told_of_until_it_has_an_identity_of_its_own(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    elsewhere: OctoPrintServer,
    linked: Linked,
    issue_registry: ir.IssueRegistry,
) -> None:
    octoprint.instance = "run-of-the-first"
    entry = await linked()
    await discover(hass, announced_at(octoprint, instance="run-of-the-first"))
    await discover(hass, announced(port=9, properties={"uuid": UUID, "instance": "run-of-the-first"}))
    assert not issue_registry.issues, "it is the same one, at two addresses"
    await discover(hass, announced_at(elsewhere, instance="run-of-the-copy"))
    issue = issue_registry.async_get_issue("failwatch", f"copy_{entry.entry_id}")
    assert issue.translation_key == "copied_octoprint"
    assert issue.translation_placeholders["other"] == elsewhere.url
    assert entry.data["url"] == octoprint.url
    elsewhere.uuid = "its-own"
    await discover(hass, announced_at(elsewhere, instance="another-run"))
    assert not issue_registry.issues


async def test_a_copy_that_is_gone_for_good_is_told_to_be_so_by_the_user(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    elsewhere: OctoPrintServer,
    linked: Linked,
    issue_registry: ir.IssueRegistry,
    hass_client: Any,
) -> None:
    octoprint.instance = "run-of-the-first"
    entry = await linked()
    await discover(hass, announced_at(elsewhere, instance="run-of-the-copy"))
    (issue,) = issue_registry.issues.values()
    assert (await fix(hass_client, hass, issue.issue_id))["type"] == "create_entry"
    assert not issue_registry.issues
    await discover(hass, announced_at(elsewhere, instance="next-run-of-the-copy"))
    assert issue_registry.async_get_issue("failwatch", f"copy_{entry.entry_id}"), "it was not gone"


async def test_a_copy_that_is_linked_by_hand_is_told_apart(
    hass: HomeAssistant, octoprint: OctoPrintServer, elsewhere: OctoPrintServer, linked: Linked
) -> None:
    octoprint.instance, elsewhere.instance = "run-of-the-first", "run-of-the-copy"
    await linked()
    end = await answer(hass, await choose(hass, "octoprint"), {"url": elsewhere.url, "api_key": KEY})
    assert end["reason"] == "copied_octoprint"
    end = await answer(hass, await choose(hass, "octoprint"), {"url": octoprint.url, "api_key": KEY})
    assert end["reason"] == "already_configured"


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
