"""What the built-in detector learns of a watched camera: a number to see, and a button to forget it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.failwatch.cameras import detector as detector_module
from custom_components.failwatch.engine.detectors.built_in.camera_baseline import CameraBaseline
from custom_components.failwatch.engine.errors import Unavailable
from tests.homeassistant.printer import CAMERA, Printer, Told, install, service_entry, until

SENSOR = "sensor.voron_pictures_learned_from"
BUTTON = "button.voron_forget_what_is_usual"


@dataclass
class Learning(Told):
    """A detector that has learned something."""

    known: dict[tuple[str, str], CameraBaseline] = field(default_factory=dict)
    unlearned: list[tuple[str, str]] = field(default_factory=list)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)

    async def baselines(self) -> dict[tuple[str, str], CameraBaseline]:
        return self.known

    def learn(self, evidence: Any) -> None:
        pass

    def note_opening(self, evidence: Any) -> None:
        pass

    def end_print(self, printer_id: str, print_id: str, *, good: bool) -> None:
        pass

    def unlearn(self, printer_id: str, print_id: str) -> None:
        self.unlearned.append((printer_id, print_id))

    def rename(self, printer_id: str, old: str, new: str) -> None:
        self.renamed.append((printer_id, old, new))

    async def forget(self, printer_id: str, camera: str | None = None) -> None:
        self.known = {key: normal for key, normal in self.known.items() if key[0] != printer_id}


@pytest.fixture
def learning(monkeypatch: pytest.MonkeyPatch) -> Iterator[Learning]:
    monkeypatch.setenv("FAILWATCH_CLOCK_SPEED", "500")
    learning = Learning()
    with patch("custom_components.failwatch.cameras.detector.create_detector", return_value=learning):
        yield learning


async def test_it_is_seen_and_forgotten(
    hass: HomeAssistant, learning: Learning, entity_registry: er.EntityRegistry
) -> None:
    await install(hass, learning)
    entry = service_entry()
    entry.add_to_hass(hass)
    (key,) = entry.subentries
    normal = CameraBaseline(2, (0.0,) * 4, frames=412)
    learning.known = {(key, CAMERA): normal, ("another", CAMERA): normal}
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    registered = entity_registry.async_get(SENSOR)
    assert registered.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert registered.entity_category.value == "diagnostic"
    assert entity_registry.async_get(BUTTON).entity_category.value == "config"

    entity_registry.async_update_entity(SENSOR, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get(SENSOR).state == "412"

    await hass.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True)
    assert hass.states.get(SENSOR).state == "0"
    assert set(learning.known) == {("another", CAMERA)}


async def test_a_print_that_is_labelled_failed_later_is_unlearned(
    hass: HomeAssistant, learning: Learning
) -> None:
    """Under the name by which the detector knows the printer; a good print goes on being known."""
    printer = await install(hass, learning)
    entry = service_entry()
    entry.add_to_hass(hass)
    (key,) = entry.subentries
    assert await hass.config_entries.async_setup(entry.entry_id)
    await printer.says("printing")
    await printer.looks(3)
    await printer.says("finished")
    await until(hass, "sensor.voron_watch", "idle")
    frame = learning.frames[-1]

    async def label(said: str) -> None:
        data = {"entity_id": "sensor.voron_watch", "print_id": frame.print_id, "label": said}
        await hass.services.async_call("failwatch", "label_print", data, blocking=True, return_response=True)

    await label("good")
    assert not learning.unlearned
    await label("failed")
    assert learning.unlearned == [(key, frame.print_id)] == [(frame.printer_id, frame.print_id)]


async def test_a_camera_that_is_no_longer_watched_is_forgotten(
    hass: HomeAssistant, learning: Learning
) -> None:
    await install(hass, learning)
    entry = service_entry()
    entry.add_to_hass(hass)
    (key,) = entry.subentries
    learning.known = {(key, CAMERA): CameraBaseline(2, (0.0,) * 4, frames=5)}
    assert await hass.config_entries.async_setup(entry.entry_id)
    hass.config_entries.async_remove_subentry(entry, key)
    await hass.async_block_till_done()
    assert not learning.known


@pytest.mark.parametrize("setting", ["picture_entity", "more_cameras"])
async def test_a_renamed_camera_keeps_what_was_learned_of_it(
    hass: HomeAssistant, learning: Learning, entity_registry: er.EntityRegistry, setting: str
) -> None:
    await install(hass, learning)
    camera, light = (
        entity_registry.async_get_or_create(domain, "other", "1").entity_id for domain in ("camera", "light")
    )
    entry = service_entry(**{setting: [camera] if setting == "more_cameras" else camera}, light=light)
    entry.add_to_hass(hass)
    (key,) = entry.subentries
    assert await hass.config_entries.async_setup(entry.entry_id)
    entity_registry.async_update_entity(light, new_entity_id="light.workshop")
    entity_registry.async_update_entity(camera, new_entity_id="camera.workshop")
    await hass.async_block_till_done()
    assert learning.renamed == [(key, camera, "camera.workshop")]


async def test_a_camera_that_is_renamed_while_its_service_is_down_keeps_what_was_learned_of_it(
    hass: HomeAssistant,
    learning: Learning,
    entity_registry: er.EntityRegistry,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(hass.config, "config_dir", str(tmp_path))
    await install(hass, learning)
    camera = entity_registry.async_get_or_create("camera", "other", "1").entity_id
    entry = service_entry(picture_entity=camera)
    entry.add_to_hass(hass)
    (key,) = entry.subentries
    file = detector_module.detector_folder(hass, entry.entry_id) / "camera_normals.json"
    file.parent.mkdir(parents=True)
    normal = CameraBaseline(2, (0.0,) * 4, frames=412).to_dict()
    rows = [{"printer_id": key, "camera": one, **normal} for one in (camera, "camera.side")]
    file.write_text(json.dumps(rows))
    learning.error = Unavailable("down")
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    entity_registry.async_update_entity(camera, new_entity_id="camera.workshop")
    await hass.async_block_till_done()
    known = {row["camera"]: row["frames"] for row in json.loads(file.read_text())}
    assert known == {"camera.workshop": 412, "camera.side": 412}
    assert not learning.renamed


async def test_a_service_learns_nothing_here(
    hass: HomeAssistant, printer: Printer, entity_registry: er.EntityRegistry
) -> None:
    entry = service_entry()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entity_registry.async_get("sensor.voron_failure_state")
    assert not entity_registry.async_get(SENSOR)
    assert not entity_registry.async_get(BUTTON)


async def test_what_was_learned_lies_with_the_entry_and_goes_with_it(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(hass.config, "config_dir", str(tmp_path))
    entry = service_entry()
    entry.add_to_hass(hass)
    lent = []

    def create(settings: object, host: object) -> Told:
        lent.append(host)
        return Told()

    with patch("custom_components.failwatch.cameras.detector.create_detector", side_effect=create):
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        folder = detector_module.detector_folder(hass, entry.entry_id)
        assert lent[0].data_dir == folder
        assert folder.is_relative_to(tmp_path)
        folder.mkdir(parents=True)
        (folder / "camera_normals.json").write_text("[]")
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    assert not folder.exists()
