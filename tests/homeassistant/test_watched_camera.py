"""A camera that Home Assistant itself watches, from set-up to removal."""

import asyncio
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.detection.errors import (
    BadSetting,
    ModelUnavailable,
    NotAuthorised,
    RateLimited,
    Unavailable,
)
from tests.homeassistant.printer import (
    CAMERA,
    CANCEL,
    JOB,
    LIGHT,
    PAUSE,
    STATUS,
    Printer,
    service_entry,
    until,
)


async def watch(hass: HomeAssistant, **settings: Any) -> MockConfigEntry:
    entry = service_entry(**settings)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def test_looks_only_while_the_printer_prints(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass)
    assert hass.states.get("sensor.voron_watch").state == "idle"
    assert not printer.detector.frames

    await printer.says("printing")
    await until(hass, "sensor.voron_watch", "watching")
    await printer.looks(3)
    await printer.says("paused")
    await until(hass, "sensor.voron_watch", "paused")
    seen = len(printer.detector.frames)

    await printer.says("printing")
    await printer.looks(1)
    assert printer.detector.frames[0].print_id == printer.detector.frames[-1].print_id
    await printer.says("finished")
    await until(hass, "sensor.voron_watch", "idle")
    assert len(printer.detector.frames) > seen

    before = printer.detector.frames[-1].print_id
    await printer.says("printing")
    await printer.looks(1)
    assert printer.detector.frames[-1].print_id != before


@pytest.mark.parametrize("state", ["unknown", "unavailable"])
async def test_nothing_is_done_about_a_state_that_says_nothing(
    hass: HomeAssistant, printer: Printer, state: str
) -> None:
    await watch(hass)
    await printer.says(state)
    assert hass.states.get("sensor.voron_watch").state == "idle"
    await printer.says("printing")
    await printer.looks(1)
    first = printer.detector.frames[-1].print_id
    await printer.says(state)
    assert hass.states.get("sensor.voron_watch").state == "watching"
    await printer.says("printing")
    await printer.looks(1)
    assert printer.detector.frames[-1].print_id == first


async def test_a_failure_pauses_by_the_button_once(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, on_failure="pause", pause_with=PAUSE)
    await printer.says("printing")
    await printer.looks(2)
    printer.detector.p = 0.95
    await until(hass, "sensor.voron_failure_state", "failure")
    await printer.tells("paused")
    await hass.async_block_till_done()
    assert printer.pause.presses == 1
    assert hass.states.get("binary_sensor.voron_print_failing").state == "on"

    await printer.says("paused")
    await printer.says("printing")
    await printer.tells("acknowledged")
    await until(hass, "sensor.voron_failure_state", "none")
    await printer.looks(15)
    assert printer.pause.presses == 1


async def test_a_button_that_does_not_work_is_told(hass: HomeAssistant, printer: Printer) -> None:
    printer.pause.jammed = True
    await watch(hass, on_failure="pause", pause_with=PAUSE)
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("action_failed")
    assert "jammed" in printer.told["action_failed"]


async def test_a_button_that_is_gone_is_told(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, on_failure="cancel", cancel_with="button.nowhere")
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("action_failed")
    assert "not available" in printer.told["action_failed"]


async def test_cancelling(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, on_failure="cancel", cancel_with=CANCEL)
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("cancelled")
    await hass.async_block_till_done()
    assert (printer.cancel.presses, printer.pause.presses) == (1, 0)


async def test_no_within_the_time_to_say_no(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, on_failure="pause", pause_with=PAUSE, veto=3600)
    printer.detector.p = 0.95
    await printer.says("printing")
    await printer.tells("countdown")
    await until(hass, "sensor.voron_watch", "pause", "coming_action")
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.voron_not_a_failure"}, blocking=True
    )
    await until(hass, "sensor.voron_watch", None, "coming_action")
    assert printer.pause.presses == 0


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
        async with asyncio.timeout(60):
            while (
                issue := issue_registry.async_get_issue("failwatch", "blind_for_long_camera1")
            ) is None or issue.translation_key != text:
                await asyncio.sleep(0.005)

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
) -> None:
    from homeassistant.setup import async_setup_component

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
    await until(hass, "sensor.voron_watch", "watching")
    await printer.looks(1)
    assert not issue_registry.issues


@pytest.mark.parametrize("spoil", [{"broken": True}, {"kind": "GIF", "brightness": 2}])
async def test_a_camera_that_shows_nothing(
    hass: HomeAssistant, printer: Printer, spoil: dict[str, Any]
) -> None:
    for name, value in spoil.items():
        setattr(printer.camera, name, value)
    await watch(hass)
    await printer.says("printing")
    await until(hass, "sensor.voron_watch", "blind")


async def test_an_image_entity_and_a_light(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass, picture_entity="image.printer", light=LIGHT)
    await printer.says("printing")
    await printer.looks(2)
    assert printer.light.switched[:2] == [True, False]
    assert printer.detector.frames[0].jpeg.startswith(b"\xff\xd8")


async def test_a_light_that_does_not_come_on(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(**_: Any) -> None:
        raise HomeAssistantError("bulb")

    monkeypatch.setattr(printer.light, "async_turn_on", fail)
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


async def test_a_restart_goes_on_with_the_print_and_what_was_learned(
    hass: HomeAssistant, printer: Printer
) -> None:
    entry = await watch(hass, job_entity=JOB)
    hass.states.async_set(JOB, "benchy")
    await printer.says("printing")
    await printer.looks(5)
    first = printer.detector.frames[-1].print_id
    number = int(hass.states.get("sensor.voron_looks_at_this_print").state)
    assert number
    await hass.config_entries.async_unload(entry.entry_id)
    await printer.says("unavailable")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.voron_watch").state == "idle"
    seen = len(printer.detector.frames)
    await printer.says("printing")
    await printer.looks(1)
    assert printer.detector.frames[-1].print_id == first
    assert len(printer.detector.frames) > seen
    await printer.looks(8)
    assert int(hass.states.get("sensor.voron_looks_at_this_print").state) > number


async def test_another_job_after_a_restart_is_another_print(hass: HomeAssistant, printer: Printer) -> None:
    entry = await watch(hass, job_entity=JOB)
    hass.states.async_set(JOB, "benchy")
    await printer.says("printing")
    await printer.looks(1)
    first = printer.detector.frames[-1].print_id
    await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_set(JOB, "vase")
    await hass.config_entries.async_setup(entry.entry_id)
    await printer.looks(1)
    assert printer.detector.frames[-1].print_id != first


async def test_off_means_off(hass: HomeAssistant, printer: Printer) -> None:
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(1)
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.voron_watching"}, blocking=True
    )
    await until(hass, "sensor.voron_watch", "idle")
    assert hass.states.get("switch.voron_watching").state == "off"
    assert entry.subentries["camera1"].data["watching"] is False
    seen = len(printer.detector.frames)
    await printer.says("paused")
    await printer.says("printing")
    assert len(printer.detector.frames) == seen
    await hass.services.async_call("switch", "turn_on", {"entity_id": "switch.voron_watching"}, blocking=True)
    await printer.looks(1)


async def test_thresholds_change_without_losing_the_print(hass: HomeAssistant, printer: Printer) -> None:
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(3)
    first = printer.detector.frames[-1].print_id
    await hass.services.async_call(
        "number", "set_value", {"entity_id": "number.voron_failing_above", "value": 0.8}, blocking=True
    )
    assert float(hass.states.get("number.voron_failing_above").state) == 0.8
    assert entry.subentries["camera1"].data["numbers"] == {"failure": 0.8}
    await printer.looks(2)
    assert printer.detector.frames[-1].print_id == first

    await hass.services.async_call(
        "select", "select_option", {"entity_id": "select.voron_rule_set", "option": "obico"}, blocking=True
    )
    await hass.async_block_till_done()
    assert entry.subentries["camera1"].data["numbers"] == {}
    assert hass.states.get("number.voron_escalation_factor").state == "1.75"
    assert entry.state is ConfigEntryState.LOADED


async def test_the_users_answers(hass: HomeAssistant, printer: Printer) -> None:
    await watch(hass)
    await printer.says("printing")
    await printer.looks(1)

    async def press(name: str) -> None:
        await hass.services.async_call(
            "button", "press", {"entity_id": f"button.voron_{name}"}, blocking=True
        )

    await press("it_failed")
    await until(hass, "sensor.voron_failure_state", "failure")
    assert hass.states.get("sensor.voron_failure_state").attributes["confirmed"] is True
    await press("snooze_for_15_minutes")
    await until(hass, "sensor.voron_failure_state", "none")
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": "switch.voron_mute_this_print"}, blocking=True
    )
    await until(hass, "switch.voron_mute_this_print", "on")
    await press("check_now")


async def test_nothing_to_check(hass: HomeAssistant, printer: Printer) -> None:
    from homeassistant.exceptions import ServiceValidationError

    await watch(hass)
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call(
            "button", "press", {"entity_id": "button.voron_check_now"}, blocking=True
        )
    assert raised.value.translation_key == "not_watching"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Unavailable("down"), ConfigEntryState.SETUP_RETRY),
        (BadSetting("odd"), ConfigEntryState.SETUP_RETRY),
        (NotAuthorised("no"), ConfigEntryState.SETUP_ERROR),
        (ModelUnavailable("none"), ConfigEntryState.SETUP_ERROR),
    ],
)
async def test_a_service_that_does_not_work(
    hass: HomeAssistant,
    printer: Printer,
    error: Exception,
    state: ConfigEntryState,
    issue_registry: ir.IssueRegistry,
) -> None:
    printer.detector.error = error
    entry = service_entry()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is state
    issue = issue_registry.async_get_issue("failwatch", f"model_unavailable_{entry.entry_id}")
    assert (issue is not None) == isinstance(error, ModelUnavailable)
    assert printer.detector.closed == 1


async def test_removal_leaves_nothing_behind(
    hass: HomeAssistant,
    printer: Printer,
    hass_storage: dict[str, Any],
    device_registry: dr.DeviceRegistry,
    issue_registry: ir.IssueRegistry,
) -> None:
    entry = await watch(hass, picture_entity="camera.sold")
    await printer.says("printing")
    await until(hass, "sensor.voron_watch", "blind")
    assert issue_registry.issues
    await hass.config_entries.async_unload(entry.entry_id)
    assert f"failwatch.{entry.entry_id}" in hass_storage
    await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, "sensor.voron_watch", "blind")

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert not [key for key in hass_storage if "failwatch" in key]
    assert not issue_registry.issues
    assert not dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert not [state for state in hass.states.async_all() if "voron" in state.entity_id]
    assert printer.detector.closed == 2


async def test_a_camera_more_and_a_camera_less(
    hass: HomeAssistant,
    printer: Printer,
    device_registry: dr.DeviceRegistry,
    issue_registry: ir.IssueRegistry,
) -> None:
    entry = await watch(hass, picture_entity="camera.sold")
    await printer.says("printing")
    await until(hass, "sensor.voron_watch", "blind")
    assert issue_registry.issues
    hass.config_entries.async_remove_subentry(entry, "camera1")
    await hass.async_block_till_done()
    assert not dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert not issue_registry.issues
    assert hass.states.get(STATUS)


RENAMED = {
    "picture_entity": ("camera", CAMERA),
    "status_entity": ("sensor", STATUS),
    "light": ("light", LIGHT),
    "pause_with": ("button", PAUSE),
}


@pytest.mark.parametrize("setting", RENAMED)
@pytest.mark.parametrize("loaded", [True, False])
async def test_a_renamed_entity_is_followed(
    hass: HomeAssistant, printer: Printer, entity_registry: er.EntityRegistry, setting: str, loaded: bool
) -> None:
    domain, old = RENAMED[setting]
    registered = entity_registry.async_get_or_create(
        domain, "other", "1", suggested_object_id=old.split(".")[1] + "_registered"
    )
    settings = {"light": LIGHT, "on_failure": "pause", "pause_with": PAUSE, setting: registered.entity_id}
    printer.detector.error = None if loaded else Unavailable("down")
    entry = service_entry(**settings)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert (entry.state is ConfigEntryState.LOADED) is loaded

    new = f"{domain}.workshop"
    entity_registry.async_update_entity(registered.entity_id, new_entity_id=new)
    await hass.async_block_till_done()
    subentry = entry.subentries["camera1"]
    assert subentry.data == {**subentry.data, **settings, setting: new}
    assert subentry.unique_id == f"{subentry.data['picture_entity']}/{subentry.data['status_entity']}"
    if loaded and setting == "status_entity":
        hass.states.async_set(new, "printing")
        await until(hass, "sensor.voron_watch", "watching")


async def test_running_prints_are_taken_up_one_after_another(hass: HomeAssistant, printer: Printer) -> None:
    first = service_entry(interval=600)
    subentry = first.subentries["camera1"]
    second = {**subentry.as_dict(), "subentry_id": "camera2", "title": "Ender", "unique_id": "other"}
    entry = MockConfigEntry(
        domain="failwatch", title="Detector", data=first.data, subentries_data=[subentry.as_dict(), second]
    )
    entry.add_to_hass(hass)
    await printer.says("printing")
    with patch("custom_components.failwatch.watched_camera.async_call_later") as later:
        assert await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, "sensor.voron_watch", "watching")
    assert hass.states.get("sensor.ender_watch").state == "idle"
    ((_, seconds, begin),) = (call.args for call in later.call_args_list)
    assert seconds == pytest.approx(300 / 500)
    begin(dt_util.utcnow())
    await until(hass, "sensor.ender_watch", "watching")


async def test_other_renames_change_nothing(
    hass: HomeAssistant, printer: Printer, entity_registry: er.EntityRegistry
) -> None:
    entry = await watch(hass)
    before = entry.subentries["camera1"]
    other = entity_registry.async_get_or_create("sensor", "other", "1")
    entity_registry.async_update_entity(other.entity_id, new_entity_id="sensor.workshop")
    await hass.async_block_till_done()
    assert entry.subentries["camera1"] is before
