"""A new key or another address for a link, as a user goes through the pages."""

import pytest
from homeassistant import config_entries
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant.octoprint_server import KEY, Linked, OctoPrintServer
from tests.homeassistant.pages import after_progress, answer, opened
from tests.patience import eventually


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
    flows = await eventually(hass.config_entries.flow.async_progress)
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
