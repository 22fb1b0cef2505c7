"""An installed 0.1.0 becomes this release and loses nothing: entry, entities, state, history, what was learned.

`data/version_0_1_0` was written by that version in a Home Assistant of its own: one print that went well and one
that it saw fail and paused, an entity that was renamed and one that was switched on. Pictures are made smaller.
"""

import json
import shutil
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.cameras import detector as detectors
from custom_components.failwatch.engine.history import History
from tests.homeassistant.printer import until

DATA = Path(__file__).parent / "data" / "version_0_1_0"
LEARNED = "sensor.room_pictures_learned_from"


def read(name: str) -> Any:
    return json.loads((DATA / name).read_text())


@pytest.fixture
def installed(hass: HomeAssistant, hass_storage: dict[str, Any], tmp_path: Path) -> MockConfigEntry:
    """Put everything where 0.1.0 had left it."""
    stored = read("config_entry.json")
    entry = MockConfigEntry(
        **{key: stored[key] for key in ("entry_id", "domain", "title", "data", "options", "source")},
        **{key: stored[key] for key in ("unique_id", "version", "minor_version")},
        subentries_data=[ConfigSubentryData(**subentry) for subentry in stored["subentries"]],
    )
    entry.add_to_hass(hass)
    (subentry,) = entry.subentries
    (device,) = read("device_registry.json")
    made = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry,
        identifiers={tuple(identifier) for identifier in device["identifiers"]},
        name=device["name"],
    )
    entities = er.async_get(hass)
    for one in read("entity_registry.json"):
        entity = entities.async_get_or_create(
            one["entity_id"].split(".")[0],
            one["platform"],
            one["unique_id"],
            config_entry=entry,
            config_subentry_id=subentry,
            device_id=made.id,
            has_entity_name=one["has_entity_name"],
            original_name=one["original_name"],
            translation_key=one["translation_key"],
        )
        entities.async_update_entity(
            entity.entity_id,
            new_entity_id=one["entity_id"],
            name=one["name"],
            disabled_by=er.RegistryEntryDisabler(one["disabled_by"]) if one["disabled_by"] else None,
        )
    hass_storage[f"failwatch.{entry.entry_id}"] = read("state.json")
    shutil.copy(DATA / "history.db", tmp_path / f"{entry.entry_id}.db")
    return entry


@pytest.fixture
def detector_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep what the detector knows away from the folder that all tests share."""
    folder = tmp_path / "detector"
    folder.mkdir()
    shutil.copy(DATA / "camera_normals.json", folder)
    monkeypatch.setattr("custom_components.failwatch.cameras.setup.detector_folder", lambda *_: folder)
    return folder


async def test_nothing_is_lost(
    hass: HomeAssistant,
    installed: MockConfigEntry,
    detector_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FAILWATCH_CLOCK_SPEED", "500")
    hass.states.async_set("input_select.printer", "paused")
    before = {one["unique_id"]: (one["entity_id"], one["name"]) for one in read("entity_registry.json")}
    device = {
        device.id for device in dr.async_entries_for_config_entry(dr.async_get(hass), installed.entry_id)
    }
    data, subentries = (
        dict(installed.data),
        {key: dict(one.data) for key, one in installed.subentries.items()},
    )
    with patch.object(detectors, "async_require_built_in"):
        assert await hass.config_entries.async_setup(installed.entry_id)
        await hass.async_block_till_done()

    registry = er.async_get(hass)
    after = {
        one.unique_id: (one.entity_id, one.name)
        for one in er.async_entries_for_config_entry(registry, installed.entry_id)
    }
    assert before.items() <= after.items()
    assert device <= {
        one.id for one in dr.async_entries_for_config_entry(dr.async_get(hass), installed.entry_id)
    }
    assert data.items() <= installed.data.items()
    for key, settings in subentries.items():
        assert settings.items() <= installed.subentries[key].data.items()

    known = next(iter(read("state.json")["data"].values()))
    await until(hass, "sensor.room_watch", "paused")
    assert hass.states.get("sensor.room_failure_state").state == "failure"
    assert hass.states.get("sensor.room_failure_state").attributes["print_id"] == known["print_id"]
    statistics = known["memory"]["statistics"]
    assert float(hass.states.get("sensor.my_own_name").state) == pytest.approx(known["look"]["p"], abs=0.001)
    assert float(hass.states.get("sensor.room_long_mean").state) == pytest.approx(
        statistics["rolling_mean_long"], abs=0.001
    )
    assert hass.states.get("sensor.room_looks_at_this_print").state == str(statistics["prediction_num"])
    assert hass.states.get(LEARNED).state == str(read("camera_normals.json")[0]["frames"])

    (watched,) = installed.runtime_data.printers.values()
    assert watched.data.memory.trend.baseline == known["memory"]["trend"]["baseline"]
    assert watched.data.memory.trend.learned == known["memory"]["trend"]["learned"]

    hass.states.async_set("input_select.printer", "idle")
    await until(hass, "sensor.room_watch", "idle")
    assert await hass.config_entries.async_unload(installed.entry_id)
    await hass.async_block_till_done()
    history = History(tmp_path / f"{installed.entry_id}.db")
    newest, oldest = history.prints()
    assert (newest.print_id, newest.level.value, newest.frames) == (known["print_id"], "failure", 5)
    assert newest.ended_at is not None, "the print that the upgrade came in the middle of goes on and ends"
    assert (oldest.level.value, oldest.frames) == ("none", 13)
    assert any(frame.pictures for frame in history.frames(newest.print_id))
    history.close()
