"""A link that is down, refused, or told what it does not understand."""

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.state import Event, EventKind
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.printer import until
from tests.patience import eventually


async def test_all_entities_are_unavailable_while_the_link_is_down(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.FIRST_WAIT", 0.05)
    await linked()
    octoprint.plugin = False
    await octoprint.drop()
    await until(hass, "sensor.ender_3_p", "unavailable")
    down = {
        state.entity_id
        for state in hass.states.async_all()
        if state.state != "unavailable" and "connectivity" not in state.attributes.get("device_class", "")
    }
    assert not down
    assert hass.states.get("binary_sensor.ender_3_sight").state == "off"

    octoprint.plugin = True
    await until(hass, "sensor.ender_3_failure_state", "none")
    assert caplog.text.count("Ender 3 does not answer") == 1
    assert caplog.text.count("Ender 3 answers again") == 1


async def test_a_refused_key_starts_reauthentication(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    entry = await linked()
    octoprint.key = "another"
    await octoprint.drop()
    await eventually(hass.config_entries.flow.async_progress)
    flow = hass.config_entries.flow.async_progress()[0]
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["context"]["entry_id"] == entry.entry_id


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refusal_by_what_stands_in_front_of_octoprint_refuses_no_key(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
) -> None:
    """The link comes back by itself, and nobody is asked for another key."""
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.FIRST_WAIT", 0.05)
    await linked()
    octoprint.failing = status
    await octoprint.drop()
    await until(hass, "sensor.ender_3_p", "unavailable")
    asked = len(octoprint.seen_keys)
    # The log-in, and what answers there; and again.
    await eventually(lambda: len(octoprint.seen_keys) >= asked + 6)
    octoprint.failing = 0
    await until(hass, "sensor.ender_3_failure_state", "none")
    assert not hass.config_entries.flow.async_progress()


async def test_a_missing_plugin_is_a_repair_issue_that_goes_away(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    link_entry,
    issue_registry: ir.IssueRegistry,
) -> None:
    octoprint.plugin = False
    link_entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(link_entry.entry_id)
    assert link_entry.state is ConfigEntryState.SETUP_RETRY
    issue = issue_registry.async_get_issue("failwatch", f"plugin_{link_entry.entry_id}")
    assert issue.translation_key == "plugin_missing"

    octoprint.plugin = True
    assert await hass.config_entries.async_reload(link_entry.entry_id)
    await octoprint.connected()
    assert not issue_registry.issues


async def test_a_key_that_is_refused_at_set_up(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    octoprint.key = "another"
    link_entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(link_entry.entry_id)
    assert link_entry.state is ConfigEntryState.SETUP_ERROR
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == [
        SOURCE_REAUTH
    ]


async def test_an_octoprint_that_is_off_at_set_up(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    octoprint.failing = 503
    link_entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(link_entry.entry_id)
    assert link_entry.state is ConfigEntryState.SETUP_RETRY
    assert "503" in str(link_entry.reason)


async def test_news_that_nobody_understands_are_not_taken_for_good_ones(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.FIRST_WAIT", 0.05)
    await linked()
    octoprint.rules = ["of", "the", "future"]  # type: ignore[assignment]
    await octoprint.push()
    await until(hass, "sensor.ender_3_p", "unavailable")
    assert caplog.text.count("does not fit this integration") == 1
    octoprint.rules = {"name": "failwatch", "numbers": {}}
    await until(hass, "sensor.ender_3_failure_state", "none")


async def test_an_action_that_this_release_does_not_know_is_no_event(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    entry = await linked()
    await octoprint.push(
        state=states.watching(Level.FAILURE, p=0.9),
        events=[Event(EventKind.ACTION, states.AT, "print-1", "fly", Level.FAILURE)],
    )
    await until(hass, "sensor.ender_3_failure_state", "failure")
    assert hass.states.get("event.ender_3_events").state == "unknown"
    assert entry.runtime_data.printers[None].is_connected
