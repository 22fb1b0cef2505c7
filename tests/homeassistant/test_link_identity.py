"""Another OctoPrint at a link's address: nothing is sent to it, and the user decides."""

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant.octoprint_server import KEY, Linked, OctoPrintServer
from tests.homeassistant.pages import fix
from tests.homeassistant.printer import until
from tests.patience import eventually


async def test_another_octoprint_gets_nothing_until_it_is_taken(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    monkeypatch: pytest.MonkeyPatch,
    issue_registry: ir.IssueRegistry,
    hass_client,
) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.FIRST_WAIT", 0.05)
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.LONGEST_WAIT", 0.1)
    octoprint.instance = "run-1"
    entry = await linked()
    octoprint.uuid, octoprint.instance, octoprint.machine = "another", "run-2", "board-2"
    octoprint.printer = "Default"
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(
            "button", "press", {"entity_id": "button.ender_3_cancel_print"}, blocking=True
        )
    assert raised.value.translation_key == "other_octoprint"
    assert not octoprint.commands
    assert not octoprint.jobs
    await octoprint.drop()
    await until(hass, "sensor.ender_3_p", "unavailable")
    issue = await eventually(
        lambda: issue_registry.async_get_issue("failwatch", f"identity_{entry.entry_id}")
    )
    assert issue.translation_placeholders["other"] == "OctoPrint", "it has no name of its own"
    end = await fix(hass_client, hass, issue.issue_id)
    assert end["type"] == "create_entry"
    assert entry.data["uuid"] == "another"
    assert entry.data["machine"] == "board-2"
    await hass.async_block_till_done()
    await until(hass, "sensor.ender_3_failure_state", "none")
    assert entry.unique_id != "another", "the entities and their history stay"
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.ender_3_cancel_print"}, blocking=True
    )
    assert octoprint.commands == [{"command": "job", "action": "cancel"}]


async def test_another_octoprint_at_set_up_can_be_taken_too(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    link_entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    hass_client,
) -> None:
    octoprint.uuid = "another"
    link_entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(link_entry.entry_id)
    assert link_entry.state is ConfigEntryState.SETUP_RETRY
    issue_id = f"identity_{link_entry.entry_id}"
    octoprint.failing = 503
    assert (await fix(hass_client, hass, issue_id))["reason"] == "other_again"
    octoprint.failing = 0
    assert (await fix(hass_client, hass, issue_id))["type"] == "create_entry"
    await octoprint.connected()
    await hass.async_block_till_done()
    assert link_entry.state is ConfigEntryState.LOADED
    assert not issue_registry.issues


async def test_an_octoprint_that_another_entry_links_is_not_taken(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry, hass_client
) -> None:
    octoprint.uuid = "another"
    link_entry.add_to_hass(hass)
    other = MockConfigEntry(
        domain="failwatch", unique_id="another", data={**link_entry.data, "url": "http://127.0.0.1:9/"}
    )
    other.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(link_entry.entry_id)
    end = await fix(hass_client, hass, f"identity_{link_entry.entry_id}")
    assert end["reason"] == "already_configured"
    assert link_entry.data["api_key"] == KEY
