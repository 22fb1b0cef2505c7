"""A detection service and its cameras from set-up to removal, and through renames."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.failwatch.cameras.print_status import PrintStatus
from custom_components.failwatch.cameras.state_store import StateStore
from custom_components.failwatch.engine.errors import (
    BadSetting,
    ModelUnavailable,
    NotAuthorised,
    Unavailable,
)
from custom_components.failwatch.engine.history import History
from custom_components.failwatch.engine.watch.state import WatchState
from tests.homeassistant.printer import (
    CAMERA,
    LIGHT,
    PAUSE,
    STATUS,
    Printer,
    PrinterCamera,
    service_entry,
    until,
    watch,
)
from tests.patience import eventually


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
    printer.detector.error = None
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert not issue_registry.issues


async def test_a_printer_whose_settings_mean_nothing(hass: HomeAssistant, printer: Printer) -> None:
    entry = service_entry(rules="of another release")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "unknown_rule_set"
    assert (entry.error_reason_translation_placeholders or {})["name"] == "of another release"
    assert printer.detector.closed == 1


async def test_what_ends_after_the_entry_writes_nothing_any_more(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    memory = StateStore(hass, "entry1")
    await memory.async_load()
    memory.async_keep("camera1", lambda: (WatchState(printer_id="camera1"), PrintStatus(), False))
    await memory.async_close()
    assert "failwatch.entry1" in hass_storage
    await memory.async_remove()
    memory.async_changed()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=5))
    await hass.async_block_till_done()
    assert "failwatch.entry1" not in hass_storage


async def test_what_happened_is_stored_at_once_and_looks_within_a_minute(
    hass: HomeAssistant, hass_storage: dict[str, Any], printer: Printer
) -> None:
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(2)

    async def stored_after(seconds: float) -> dict[str, Any]:
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
        await hass.async_block_till_done()
        found = hass_storage.get(f"failwatch.{entry.entry_id}", {}).get("data", {})
        return dict(found.get("camera1", {}))

    begun = await stored_after(2)
    assert begun["print_id"], "a power cut from now on ends no print"
    await printer.looks(3)
    assert await stored_after(2) == begun
    later = await stored_after(61)
    assert (
        later["memory"]["statistics"]["prediction_num"] >= begun["memory"]["statistics"]["prediction_num"] + 3
    )


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


async def test_a_disabled_entry_that_is_the_only_one_is_removed_whole(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    sent = {"version": 1, "key": "failwatch.messages", "data": {"camera1": {"print_id": "one"}}}
    hass_storage["failwatch.messages"] = sent
    entry = service_entry()
    entry.add_to_hass(hass)
    # As Home Assistant reads it at its start; to disable it now would set the integration up.
    object.__setattr__(entry, "disabled_by", ConfigEntryDisabler.USER)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert not [key for key in hass_storage if "failwatch" in key]


@pytest.mark.parametrize("running", [True, False])
async def test_the_prints_of_a_camera_go_with_it(
    hass: HomeAssistant, printer: Printer, tmp_path: Path, running: bool
) -> None:
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(2)
    await printer.says("finished")
    await until(hass, "sensor.voron_watch", "idle")
    if not running:
        await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_remove_subentry(entry, "camera1")
    if not running:
        await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)
    history = History(tmp_path / f"{entry.entry_id}.db")
    assert not history.prints()
    history.close()


async def test_prints_that_cannot_be_deleted_keep_no_other_camera_from_being_watched(
    hass: HomeAssistant,
    printer: Printer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await watch(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_remove_subentry(entry, "camera1")
    monkeypatch.setattr(History, "prints", Mock(side_effect=sqlite3.DatabaseError("malformed")))
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert "could not be deleted" in caplog.text


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


async def test_a_renamed_entity_is_followed_in_lists_and_with_its_regions(
    hass: HomeAssistant, printer: Printer, entity_registry: er.EntityRegistry
) -> None:
    camera, mail = (
        entity_registry.async_get_or_create(domain, "other", "1").entity_id for domain in ("camera", "notify")
    )
    region = "0,0 20,0 20,20"
    entry = await watch(
        hass,
        more_cameras=[camera],
        ignore_others={camera: region},
        notify_entities=["notify.first", mail],
    )
    hass.config_entries.async_update_entry(entry, options={"notify_entities": [mail]})
    entity_registry.async_update_entity(camera, new_entity_id="camera.workshop")
    entity_registry.async_update_entity(mail, new_entity_id="notify.everybody")
    await hass.async_block_till_done()
    settings = entry.subentries["camera1"].data
    assert settings["more_cameras"] == ["camera.workshop"]
    assert settings["ignore_others"] == {"camera.workshop": region}
    assert settings["notify_entities"] == ["notify.first", "notify.everybody"]
    assert entry.options["notify_entities"] == ["notify.everybody"]


@pytest.fixture
def registered_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PrinterCamera, "_attr_unique_id", "camera", raising=False)


async def test_a_renamed_camera_keeps_what_was_accepted_of_it(
    hass: HomeAssistant,
    registered_camera: None,
    printer: Printer,
    entity_registry: er.EntityRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # An answer is kept for half an hour, which is four seconds here: renaming may take longer.
    monkeypatch.setattr("custom_components.failwatch.engine.judging.acceptance.LASTS", 1e6)
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(3)
    printer.detector.p = 0.9
    await until(hass, "sensor.voron_failure_state", "failure")
    button = {"entity_id": "button.voron_not_a_failure"}
    await hass.services.async_call("button", "press", button, blocking=True)
    await until(hass, "sensor.voron_failure_state", "none")
    entity_registry.async_update_entity(CAMERA, new_entity_id="camera.workshop")
    await eventually(lambda: printer.detector.frames[-1].camera == "camera.workshop")
    await printer.looks(3)
    acceptance = entry.runtime_data.printers["camera1"].data.memory.acceptance
    assert list(acceptance.boxes) == ["camera.workshop"]
    assert hass.states.get("sensor.voron_failure_state").attributes["rule"] == "accepted"


async def test_other_renames_change_nothing(
    hass: HomeAssistant, printer: Printer, entity_registry: er.EntityRegistry
) -> None:
    entry = await watch(hass)
    before = entry.subentries["camera1"]
    other = entity_registry.async_get_or_create("sensor", "other", "1")
    entity_registry.async_update_entity(other.entity_id, new_entity_id="sensor.workshop")
    await hass.async_block_till_done()
    assert entry.subentries["camera1"] is before
