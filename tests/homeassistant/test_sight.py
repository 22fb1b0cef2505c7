"""Blind cameras: shown, reported in a repair issue, and recovered."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from homeassistant.components.repairs import ConfirmRepairFlow
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.cameras import history
from custom_components.failwatch.engine.errors import (
    BadPicture,
    NotAuthorised,
    RateLimited,
    Unavailable,
)
from custom_components.failwatch.repairs import AnotherCameraFlow, async_create_fix_flow
from custom_components.failwatch.shared.gone import async_is_gone
from tests.homeassistant.printer import (
    CAMERA,
    LIGHT,
    STATUS,
    Printer,
    service_entry,
    until,
    watch,
)
from tests.patience import eventually


@pytest.mark.parametrize(
    ("error", "reason"),
    [(Unavailable("down"), "unavailable"), (NotAuthorised("no"), "not_authorised")],
)
async def test_blind_is_said(hass: HomeAssistant, printer: Printer, error: Exception, reason: str) -> None:
    await watch(hass)
    await printer.says("printing")
    await printer.looks(1)
    printer.detector.error = error
    await until(hass, "sensor.voron_watch", "blind")
    assert hass.states.get("sensor.voron_watch").attributes["blind_reason"] == reason
    assert hass.states.get("binary_sensor.voron_sight").state == "off"
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == [SOURCE_REAUTH] * (reason == "not_authorised")


async def test_blind_for_long_is_an_issue_until_it_sees(
    hass: HomeAssistant, printer: Printer, issue_registry: ir.IssueRegistry
) -> None:
    await watch(hass)
    await printer.says("printing")
    printer.detector.error = Unavailable("down")
    await until(hass, "sensor.voron_watch", "blind")

    async def issue_says(text: str) -> None:
        await eventually(
            lambda: issue_registry.async_get_issue("failwatch", "blind_for_long_camera1"),
            lambda issue: issue is not None and issue.translation_key == text,
        )

    await issue_says("blind_service")
    printer.detector.error = RateLimited("enough")
    await issue_says("blind_rate_limited")
    printer.detector.error = None
    await until(hass, "sensor.voron_watch", "watching")
    assert not issue_registry.issues


async def test_a_camera_that_is_gone_can_be_replaced(
    hass: HomeAssistant,
    printer: Printer,
    issue_registry: ir.IssueRegistry,
    hass_client: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from homeassistant.setup import async_setup_component

    caplog.set_level("INFO")
    assert await async_setup_component(hass, "repairs", {})
    entry = await watch(hass, picture_entity="camera.sold")
    await printer.says("printing")
    await until(hass, "sensor.voron_watch", "blind")
    issue = issue_registry.async_get_issue("failwatch", "camera_gone_camera1")
    assert issue.is_fixable
    client = await hass_client()
    page = await (
        await client.post(
            "/api/repairs/issues/fix", json={"handler": "failwatch", "issue_id": issue.issue_id}
        )
    ).json()
    assert page["step_id"] == "camera"
    end = await (
        await client.post(f"/api/repairs/issues/fix/{page['flow_id']}", json={"picture_entity": CAMERA})
    ).json()
    assert end["type"] == "create_entry"
    await hass.async_block_till_done()
    assert entry.subentries["camera1"].data["picture_entity"] == CAMERA
    assert entry.subentries["camera1"].unique_id == f"{CAMERA}/{STATUS}"
    await until(hass, "sensor.voron_watch", "watching")
    await printer.looks(1)
    assert not issue_registry.issues
    assert caplog.text.count("Voron cannot be watched") == 1
    assert caplog.text.count("Voron is watched again") == 1


@pytest.mark.parametrize(
    ("entry_state", "home_assistant", "gone"),
    [
        (ConfigEntryState.LOADED, CoreState.running, True),
        (ConfigEntryState.SETUP_RETRY, CoreState.running, False),
        (None, CoreState.running, True),
        (ConfigEntryState.LOADED, CoreState.starting, False),
    ],
)
async def test_a_camera_that_is_only_away_need_not_be_replaced(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    entry_state: ConfigEntryState | None,
    home_assistant: CoreState,
    gone: bool,
) -> None:
    """Home Assistant remembers entities that their integration has not set up, or never will again."""
    entry = None
    if entry_state is not None:
        entry = MockConfigEntry(domain="other", state=entry_state)
        entry.add_to_hass(hass)
    camera = entity_registry.async_get_or_create("camera", "other", "1", config_entry=entry)
    hass.states.async_set(camera.entity_id, "unavailable", {"restored": True})
    hass.set_state(home_assistant)
    assert async_is_gone(hass, camera.entity_id) is gone
    hass.set_state(CoreState.running)


async def test_a_camera_that_answers_badly_is_not_gone(hass: HomeAssistant, printer: Printer) -> None:
    assert not async_is_gone(hass, CAMERA)
    hass.states.async_set(CAMERA, "unavailable")
    assert not async_is_gone(hass, CAMERA)
    hass.states.async_remove(CAMERA)
    assert async_is_gone(hass, CAMERA)


async def test_what_nobody_watches_needs_no_repair(
    hass: HomeAssistant, printer: Printer, issue_registry: ir.IssueRegistry
) -> None:
    entry = await watch(hass, picture_entity="camera.sold")
    await printer.says("printing")
    await until(hass, "sensor.voron_watch", "blind")
    assert issue_registry.issues
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    assert not issue_registry.issues


async def test_the_same_camera_is_not_watched_twice_for_a_printer(
    hass: HomeAssistant, printer: Printer, issue_registry: ir.IssueRegistry
) -> None:
    entry = service_entry()
    other = {**entry.subentries["camera1"].as_dict(), "subentry_id": "camera2", "title": "Sold"}
    other |= {"data": {**other["data"], "picture_entity": "camera.sold"}, "unique_id": "sold"}
    entry = MockConfigEntry(
        domain="failwatch", data=entry.data, subentries_data=[entry.subentries["camera1"].as_dict(), other]
    )
    entry.add_to_hass(hass)
    flow = AnotherCameraFlow(entry, {"subentry_id": "camera2"})
    flow.hass = hass
    assert (await flow.async_step_camera({"picture_entity": CAMERA}))["reason"] == "already_configured"
    assert entry.subentries["camera2"].data["picture_entity"] == "camera.sold"


async def test_a_printer_that_was_removed_meanwhile_needs_no_camera(
    hass: HomeAssistant, printer: Printer
) -> None:
    entry = await watch(hass)
    there = {"entry_id": entry.entry_id, "subentry_id": "camera1"}
    flow = await async_create_fix_flow(hass, "camera_gone_camera1", there)
    hass.config_entries.async_remove_subentry(entry, "camera1")
    await hass.async_block_till_done()
    assert (await flow.async_step_init())["reason"] == "already_removed"
    await hass.config_entries.async_remove(entry.entry_id)
    assert isinstance(await async_create_fix_flow(hass, "camera_gone_camera1", there), ConfirmRepairFlow)


@pytest.mark.parametrize(
    "spoil", [{"broken": True}, {"kind": "GIF", "brightness": 2}, {"raw": b"<html>Log in first.</html>"}]
)
async def test_a_camera_that_shows_nothing(
    hass: HomeAssistant, printer: Printer, spoil: dict[str, Any]
) -> None:
    for name, value in spoil.items():
        setattr(printer.camera, name, value)
    await watch(hass)
    await printer.says("printing")
    await until(hass, "sensor.voron_watch", "blind")


async def test_an_image_entity(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, picture_entity="image.printer")
    await printer.says("printing")
    await printer.looks(2)
    assert printer.detector.frames[0].jpeg.startswith(b"\xff\xd8")


async def test_a_light_that_does_not_come_on(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(**_: Any) -> None:
        raise HomeAssistantError("bulb")

    monkeypatch.setattr(printer.light, "async_turn_on", fail)
    printer.camera.brightness = 5
    await watch(hass, light=LIGHT)
    await printer.says("printing")
    await until(hass, "sensor.voron_watch", "blind")
    assert hass.states.get("sensor.voron_watch").attributes["blind_reason"] == "light_failed"


async def test_the_picture_shows_what_was_found(
    hass: HomeAssistant, printer: Printer, hass_client: Any
) -> None:
    await watch(hass)
    client = await hass_client()
    printer.detector.p = 0.95
    await printer.says("printing")
    await until(hass, "sensor.voron_failure_state", "failure")
    address = hass.states.get("image.voron_last_look").attributes["entity_picture"]
    answer = await client.get(address)
    assert answer.status == 200
    assert (await answer.read()).startswith(b"\xff\xd8")


@pytest.mark.parametrize("recorded", [True, False])
async def test_where_there_never_was_a_picture(
    hass: HomeAssistant, printer: Printer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorded: bool
) -> None:
    if not recorded:
        (tmp_path / "file").touch()
        monkeypatch.setattr(history, "history_path", lambda *_: tmp_path / "file" / "history.db")
    entry = await watch(hass)
    assert hass.states.get("image.voron_last_look").state == "unknown"
    assert await entry.runtime_data.printers["camera1"].async_picture() is None


async def test_a_picture_that_cannot_be_drawn_on_is_shown_as_it_is(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(1)
    await until(hass, "sensor.voron_p", "0.02")
    monkeypatch.setattr(
        "custom_components.failwatch.cameras.recordings.tagged", Mock(side_effect=BadPicture("odd"))
    )
    assert (await entry.runtime_data.printers["camera1"].async_picture()).startswith(b"\xff\xd8")


async def test_the_last_picture_is_still_there_after_a_change_and_after_a_restart(
    hass: HomeAssistant, printer: Printer, hass_client: Any
) -> None:
    entry = await watch(hass)
    client = await hass_client()

    async def shows_a_picture() -> bool:
        state = hass.states.get("image.voron_last_look")
        return (await client.get(state.attributes["entity_picture"])).status == 200

    printer.detector.p = 0.95
    await printer.says("printing")
    await until(hass, "sensor.voron_failure_state", "failure")
    await printer.says("finished")
    await until(hass, "sensor.voron_watch", "idle")
    await hass.services.async_call(
        "number", "set_value", {"entity_id": "number.voron_failing_above", "value": 0.8}, blocking=True
    )
    assert await shows_a_picture()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert await shows_a_picture()


async def test_a_number_that_no_picture_reaches_is_an_issue_until_it_is_lowered(
    hass: HomeAssistant, printer: Printer, issue_registry: ir.IssueRegistry
) -> None:
    entry = await watch(hass)
    coordinator = entry.runtime_data.printers["camera1"]
    assert issue_registry.async_get_issue("failwatch", "rule_out_of_reach_camera1") is None
    await coordinator.async_set_rules(numbers={"failure": 1.5})
    issue = issue_registry.async_get_issue("failwatch", "rule_out_of_reach_camera1")
    assert issue is not None
    assert issue.translation_placeholders == {"printer": "Voron", "numbers": "Failing above"}
    await coordinator.async_set_rules(numbers={"failure": 0.7})
    assert issue_registry.async_get_issue("failwatch", "rule_out_of_reach_camera1") is None
