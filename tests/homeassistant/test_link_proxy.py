"""An OctoPrint behind another server: with a login, below a path, without websockets."""

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.watch.state import Event, EventKind
from tests.homeassistant import states
from tests.homeassistant.octoprint_server import KEY, Linked, OctoPrintServer
from tests.homeassistant.pages import after_progress, answer, choose
from tests.homeassistant.printer import until
from tests.patience import eventually

LOGIN = {"username": "door", "password": "open sesame"}


async def restarted(octoprint: OctoPrintServer) -> None:
    """Come back with the changed settings."""
    await octoprint.stop()
    await octoprint.restart()


@pytest.mark.parametrize("path", ["", "/octoprint"])
async def test_a_login_in_front_is_asked_for_at_its_field(
    hass: HomeAssistant, octoprint: OctoPrintServer, path: str
) -> None:
    octoprint.door, octoprint.path = ("door", "open sesame"), path
    await restarted(octoprint)
    page = await choose(hass, "octoprint")
    assert "username" not in page["data_schema"].schema
    page = await answer(hass, page, {"url": octoprint.url, "api_key": KEY})
    assert page["errors"] == {"username": "proxy_login"}
    page = await answer(hass, page, {"url": octoprint.url, **LOGIN, "password": "wrong"})
    assert page["errors"] == {"username": "proxy_login"}
    end = await answer(hass, page, {"url": octoprint.url, **LOGIN})
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"] == {
        "kind": "octoprint",
        "url": octoprint.url.rstrip("/") if path else octoprint.url,
        "verify_ssl": True,
        "api_key": KEY,
        **LOGIN,
    }
    await octoprint.connected()
    assert end["result"].state is ConfigEntryState.LOADED
    assert await hass.config_entries.async_unload(end["result"].entry_id)


@pytest.mark.usefixtures("no_set_up")
async def test_a_login_in_the_address_is_taken_out_of_it(
    hass: HomeAssistant, octoprint: OctoPrintServer
) -> None:
    octoprint.door, octoprint.decision = ("door", "open sesame"), "allowed"
    url = octoprint.url.replace("http://", "http://door:open%20sesame@")
    end = await after_progress(hass, await answer(hass, await choose(hass, "octoprint"), {"url": url}))
    assert end["data"]["url"] == octoprint.url
    assert {key: end["data"][key] for key in LOGIN} == LOGIN


@pytest.mark.usefixtures("no_set_up")
async def test_a_login_that_is_no_longer_needed_goes(
    hass: HomeAssistant, octoprint: OctoPrintServer, link_entry: MockConfigEntry
) -> None:
    link_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(link_entry, data={**link_entry.data, **LOGIN})
    page = await link_entry.start_reconfigure_flow(hass)
    assert "username" in page["data_schema"].schema
    await answer(hass, page, {"url": octoprint.url})
    assert not LOGIN.keys() & link_entry.data.keys()


async def test_an_address_that_sends_on_names_the_other(
    hass: HomeAssistant, octoprint: OctoPrintServer
) -> None:
    octoprint.redirects_to = "https://octoprint.example"
    page = await answer(hass, await choose(hass, "octoprint"), {"url": octoprint.url, "api_key": KEY})
    assert page["errors"] == {"url": "redirected"}
    assert page["description_placeholders"]["problem"] == "https://octoprint.example"


async def test_something_else_at_the_address_is_named(
    hass: HomeAssistant, octoprint: OctoPrintServer
) -> None:
    octoprint.plugin, octoprint.version_text, octoprint.page = False, "", "<title>Home Assistant</title>"
    page = await answer(hass, await choose(hass, "octoprint"), {"url": octoprint.url, "api_key": KEY})
    assert page["errors"] == {"url": "not_octoprint"}
    assert page["description_placeholders"]["problem"].startswith('"Home Assistant", TornadoServer')


async def test_octoprint_that_hands_out_no_keys_wants_one_entered(
    hass: HomeAssistant, octoprint: OctoPrintServer
) -> None:
    octoprint.app_keys = False
    page = await answer(hass, await choose(hass, "octoprint"), {"url": octoprint.url})
    assert page["errors"] == {"api_key": "no_app_keys"}


@pytest.mark.usefixtures("no_set_up")
async def test_no_websocket_is_found_at_set_up_and_may_be_accepted(
    hass: HomeAssistant, octoprint: OctoPrintServer
) -> None:
    octoprint.answers_sockets = False
    page = await answer(hass, await choose(hass, "octoprint"), {"url": octoprint.url, "api_key": KEY})
    assert page["errors"] == {"url": "no_websocket"}
    end = await answer(hass, page, {"url": octoprint.url})
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"]["api_key"] == KEY


async def test_without_a_websocket_news_are_asked_for_until_one_comes_through(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    link_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    listening = "custom_components.failwatch.octoprint.listening"
    monkeypatch.setattr(f"{listening}.ASK_EVERY", 0.02)
    monkeypatch.setattr(f"{listening}.SOCKET_AGAIN", 0.2)
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.FIRST_WAIT", 0.01)
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.LONGEST_WAIT", 0.02)
    octoprint.instance, octoprint.answers_sockets = "run-1", False
    octoprint.recent = [Event(EventKind.STARTED, states.AT, "print-1")]
    told = async_capture_events(hass, "failwatch_event")
    link_entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(link_entry.entry_id)
    octoprint.state = states.watching(Level.FAILURE, p=0.9)
    octoprint.recent.append(Event(EventKind.FAILURE, states.AT + 1, "print-1", "", Level.FAILURE))
    await until(hass, "sensor.ender_3_failure_state", "failure")
    issue = issue_registry.async_get_issue("failwatch", f"websocket_{link_entry.entry_id}")
    assert issue.severity is ir.IssueSeverity.WARNING
    octoprint.answers_sockets = True
    await octoprint.connected()
    await eventually(lambda: not issue_registry.issues)
    await hass.async_block_till_done()
    assert [event.data["type"] for event in told] == ["failure"], "each once, and none from before"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_what_happened_in_a_gap_is_told_once_unless_it_is_old(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.FIRST_WAIT", 0.01)
    octoprint.instance, octoprint.now = "run-1", states.AT + 2000
    await linked()
    told = async_capture_events(hass, "failwatch_event")
    failure = Event(EventKind.FAILURE, states.AT + 1900, "print-1", "", Level.FAILURE)
    octoprint.recent = [Event(EventKind.STARTED, states.AT, "print-1"), failure]
    await octoprint.drop()
    await octoprint.connected()
    await octoprint.push(state=states.watching(Level.FAILURE, p=0.9), events=[failure])
    await until(hass, "sensor.ender_3_failure_state", "failure")
    await hass.async_block_till_done()
    assert [event.data["type"] for event in told] == ["failure"]


async def test_what_happened_while_home_assistant_was_restarted_is_told_once(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    octoprint.instance, octoprint.now = "run-1", states.AT + 10
    octoprint.recent = [Event(EventKind.STARTED, states.AT, "print-1")]
    told = async_capture_events(hass, "failwatch_event")
    entry = await linked()
    assert not told, "what happened before it ever listened is no news"
    maybe = Event(EventKind.MAYBE, states.AT + 20, "print-1", "", Level.MAYBE)
    octoprint.recent.append(maybe)
    await octoprint.push(state=states.watching(Level.MAYBE, p=0.5), events=[maybe])
    await eventually(lambda: told)

    assert await hass.config_entries.async_unload(entry.entry_id)
    octoprint.now = states.AT + 70
    octoprint.state = states.watching(Level.FAILURE, p=0.9)
    octoprint.recent.append(Event(EventKind.FAILURE, states.AT + 60, "print-1", "", Level.FAILURE))
    for _ in range(2):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await octoprint.connected()
        await hass.async_block_till_done()
    assert [event.data["type"] for event in told] == ["maybe", "failure"]
    assert hass.states.get("event.ender_3_events").attributes["event_type"] == "failure"


async def test_a_link_that_breaks_again_and_again_is_one_trouble(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.FIRST_WAIT", 0.01)
    monkeypatch.setattr("custom_components.failwatch.octoprint.coordinator.LONGEST_WAIT", 0.02)
    await linked()
    for _ in range(4):
        await octoprint.drop()
        await octoprint.connected()
        await until(hass, "binary_sensor.ender_3_sight", "off")
        await until(hass, "sensor.ender_3_failure_state", "none")
    told = caplog.text.count("Ender 3 does not answer")
    assert told <= 1
    assert caplog.text.count("Ender 3 answers again") == told
