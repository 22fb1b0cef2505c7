"""Adding and changing a watched camera, as a user goes through the pages."""

from collections.abc import Callable
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest
import voluptuous as vol
from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.cameras.printers import preset_of
from custom_components.failwatch.cameras.proposals import STATE_SETTINGS, async_propose
from custom_components.failwatch.cameras.settings import watch_settings
from custom_components.failwatch.engine.errors import Unavailable
from custom_components.failwatch.engine.models import Detection, Frame
from custom_components.failwatch.engine.watch.cadence import Cadence
from custom_components.failwatch.engine.watch.policy import Action, Policy
from custom_components.failwatch.repairs import AnotherCameraFlow
from tests.homeassistant.printer import (
    CAMERA,
    CANCEL,
    JUDGEMENT,
    LIGHT,
    PAUSE,
    SOURCES,
    STATES,
    STATUS,
    Printer,
    service_entry,
    until,
    watch,
)


@pytest.fixture
async def service(hass: HomeAssistant, printer: Printer) -> MockConfigEntry:
    entry = MockConfigEntry(domain="failwatch", title="Detector", data={"kind": "built_in"})
    entry.add_to_hass(hass)
    with patch("custom_components.failwatch.cameras.detector.async_require_built_in"):
        assert await hass.config_entries.async_setup(entry.entry_id)
        yield entry


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "camera"), context={"source": SOURCE_USER}
    )


async def answer(
    hass: HomeAssistant, page: SubentryFlowResult, user_input: dict[str, Any]
) -> SubentryFlowResult:
    return await hass.config_entries.subentries.async_configure(page["flow_id"], user_input)


def suggested(page: SubentryFlowResult) -> dict[str, Any]:
    return {str(key): (key.description or {}).get("suggested_value") for key in page["data_schema"].schema}


@pytest.mark.parametrize(
    "own", [{"picture_entity": "image.voron_last_look"}, {"status_entity": "sensor.voron_watch"}]
)
async def test_its_own_pictures_and_states_are_not_offered(
    hass: HomeAssistant, printer: Printer, own: dict[str, str]
) -> None:
    """A camera that shows what FailWatch last saw shows nothing new."""
    entry = await watch(hass)
    page = await begin(hass, entry)
    with pytest.raises(InvalidData):
        await answer(hass, page, SOURCES | own)
    repair = AnotherCameraFlow(entry, {"subentry_id": "camera1"})
    repair.hass = hass
    page = await repair.async_step_camera()
    assert page["data_schema"]({"picture_entity": CAMERA})
    with pytest.raises(vol.Invalid):
        page["data_schema"]({"picture_entity": "image.voron_last_look"})


async def test_from_camera_to_first_look(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    page = await answer(hass, await begin(hass, service), SOURCES)
    assert len(printer.detector.frames) == 1, "a picture is tried before anything is kept"
    assert page["step_id"] == "states"
    assert page["description_placeholders"] == {"entity": STATUS, "state": "idle", "problem": ""}
    assert suggested(page) | {"job": None, "times": None} == {
        "printing_states": ["printing"],
        "paused_states": ["paused"],
        "preparing_states": [],
        "ended_states": ["idle", "finished"],
        "job": None,
        "times": None,
    }
    page = await answer(hass, page, STATES)
    assert page["step_id"] == "judgement"
    assert suggested(page)["rules"] == "failwatch"
    assert suggested(page)["name"] == "Printer"
    end = await answer(hass, page, JUDGEMENT)
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["title"] == "Printer"
    await hass.async_block_till_done()
    (device,) = dr.async_entries_for_config_entry(device_registry, service.entry_id)
    assert device.name == "Printer"
    await printer.says("printing")
    await printer.looks(1)


async def test_named_after_the_device_that_tells_the_state(
    hass: HomeAssistant,
    printer: Printer,
    service: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "1")}, name="Prusa"
    )
    entity = entity_registry.async_get_or_create(
        "binary_sensor", "other", "1", device_id=device.id, config_entry=other
    )
    hass.states.async_set(entity.entity_id, "off")
    page = await answer(
        hass, await begin(hass, service), {"picture_entity": CAMERA, "status_entity": entity.entity_id}
    )
    assert (suggested(page)["printing_states"], suggested(page)["ended_states"]) == (["on"], ["off"])
    page = await answer(hass, page, {"printing_states": ["on"]})
    end = await answer(hass, page, JUDGEMENT)
    assert end["title"] == "Prusa"
    await hass.async_block_till_done()
    assert end["data"]["paused_states"] == []


async def test_entities_are_called_as_the_user_calls_them(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry
) -> None:
    hass.states.async_set(STATUS, "idle", {"friendly_name": "Prusa state"})
    page = await answer(hass, await begin(hass, service), SOURCES)
    assert page["description_placeholders"]["entity"] == "Prusa state"


async def test_a_status_entity_without_a_state(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry
) -> None:
    page = await answer(hass, await begin(hass, service), {**SOURCES, "status_entity": "sensor.later"})
    assert page["description_placeholders"]["state"] == ""
    assert "printing" in suggested(page)["printing_states"], "the known words are offered all the same"


async def test_a_light_that_does_not_come_on_is_said_at_its_field(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer.light, "async_turn_on", AsyncMock(side_effect=HomeAssistantError("bulb")))
    page = await answer(hass, await begin(hass, service), {**SOURCES, "light": LIGHT})
    assert page["errors"] == {"light": "light_failed"}


@pytest.mark.parametrize(
    ("broken", "error", "errors"),
    [
        (True, None, {"picture_entity": "no_snapshot"}),
        (False, Unavailable("down"), {"base": "unavailable"}),
    ],
)
async def test_a_camera_or_service_that_does_not_work_is_said_and_can_be_mended(
    hass: HomeAssistant,
    printer: Printer,
    service: MockConfigEntry,
    broken: bool,
    error: Exception | None,
    errors: dict[str, str],
) -> None:
    printer.camera.broken, printer.detector.error = broken, error
    page = await answer(hass, await begin(hass, service), SOURCES)
    assert page["errors"] == errors
    printer.camera.broken, printer.detector.error = False, None
    assert (await answer(hass, page, SOURCES))["step_id"] == "states"


async def test_states_that_make_no_sense(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry
) -> None:
    page = await answer(hass, await begin(hass, service), SOURCES)
    page = await answer(hass, page, {"printing_states": ["x"], "paused_states": ["x"]})
    assert page["errors"] == {"paused_states": "states_overlap"}
    page = await answer(hass, page, {"printing_states": []})
    assert page["errors"] == {"printing_states": "no_states"}
    assert (await answer(hass, page, STATES))["step_id"] == "judgement"


@pytest.mark.parametrize(
    ("changes", "actions", "errors"),
    [
        ({"ignore": "0,0 10,0"}, {}, {"ignore": "bad_regions"}),
        ({"ignore": "0,0 200,0 5,5"}, {}, {"ignore": "bad_regions"}),
        ({"ignore": "nonsense"}, {}, {"ignore": "bad_regions"}),
        ({}, {"on_failure": "pause"}, {"base": "no_pause"}),
        ({}, {"on_maybe": "cancel"}, {"base": "no_cancel"}),
        ({}, {"pause_when_blind": 20}, {"base": "no_pause"}),
        ({}, {"on_failure": "pause", "pause_with": PAUSE, "cancel_after": 5}, {"base": "no_cancel"}),
    ],
)
async def test_judgement_that_cannot_work(
    hass: HomeAssistant,
    printer: Printer,
    service: MockConfigEntry,
    changes: dict[str, Any],
    actions: dict[str, Any],
    errors: dict[str, str],
) -> None:
    page = await answer(hass, await begin(hass, service), SOURCES)
    page = await answer(hass, page, STATES)
    bad = {**JUDGEMENT, **changes, "actions": {**JUDGEMENT["actions"], **actions}}
    page = await answer(hass, page, bad)
    assert page["errors"] == errors
    good = {
        "ignore": "0,0 20,0 20,15 0,15\n80,80 100,80 100,100",
        "calls_per_month": 1000,
        "calls_per_hour": 60,
    }
    actions = {
        "on_failure": "pause",
        "pause_with": PAUSE,
        "cancel_with": CANCEL,
        "cancel_after": 5,
        "veto": 30,
        "pause_when_blind": 20,
        "max_pauses": 2,
    }
    end = await answer(hass, page, {**JUDGEMENT, **good, "actions": {**JUDGEMENT["actions"], **actions}})
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert end["data"]["pause_with"] == PAUSE
    settings = watch_settings(end["data"])
    assert settings.policy == Policy(
        on_failure=Action.PAUSE, veto=30, cancel_after=300, pause_when_blind_after=1200, max_pauses=2
    )
    assert settings.cadence == Cadence(interval=10, calls_per_hour=60, calls_per_month=1000)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.printer_watch").state == "idle"


async def test_the_same_camera_twice(hass: HomeAssistant, printer: Printer) -> None:
    entry = service_entry()
    entry.add_to_hass(hass)
    assert (await answer(hass, await begin(hass, entry), SOURCES))["reason"] == "already_configured"


async def test_change_how_it_is_watched(hass: HomeAssistant, printer: Printer) -> None:
    entry = service_entry(numbers={"failure": 0.8}, pause_with=PAUSE)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    page = await entry.start_subentry_reconfigure_flow(hass, "camera1")
    nothing = dict.fromkeys(("more_cameras", "light", "light_mode", "dark_below"))
    assert suggested(page) == {**SOURCES, **nothing}
    page = await answer(hass, page, {**SOURCES, "picture_entity": "image.printer"})
    page = await answer(hass, page, STATES)
    shown = suggested(page)
    assert shown["interval"] == 10
    end = await answer(hass, page, {**JUDGEMENT, "interval": 20})
    assert end["reason"] == "reconfigure_successful"
    data = entry.subentries["camera1"].data
    assert (data["interval"], data["picture_entity"]) == (20, "image.printer")
    assert data["numbers"] == {"failure": 0.8}
    assert "pause_with" not in data, "what was emptied is gone"
    await hass.async_block_till_done()

    page = await entry.start_subentry_reconfigure_flow(hass, "camera1")
    page = await answer(hass, page, {**SOURCES, "picture_entity": "image.printer"})
    page = await answer(hass, page, STATES)
    await answer(hass, page, {**JUDGEMENT, "rules": "obico"})
    assert entry.subentries["camera1"].data["numbers"] == {}
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("url", "rules"), [("https://app.obico.io", "super_api"), ("http://localhost:3333", "failwatch")]
)
async def test_usual_rules(hass: HomeAssistant, printer: Printer, url: str, rules: str) -> None:
    entry = MockConfigEntry(domain="failwatch", data={"kind": "super_api", "url": url, "token": "t"})
    entry.add_to_hass(hass)
    page = await answer(hass, await begin(hass, entry), SOURCES)
    page = await answer(hass, page, STATES)
    assert suggested(page)["rules"] == rules


@pytest.fixture
def device(hass: HomeAssistant, device_registry: dr.DeviceRegistry) -> Callable[[str], Callable[..., str]]:
    """Give Home Assistant a printer of another integration; its entities are added one by one."""

    def add_device(platform: str) -> Callable[..., str]:
        other = MockConfigEntry(domain=platform)
        other.add_to_hass(hass)
        printer = device_registry.async_get_or_create(
            config_entry_id=other.entry_id, identifiers={(platform, "1")}, name="X1"
        )

        def add(domain: str, unique_id: str, state: str = "unknown", **attributes: Any) -> str:
            entity = er.async_get(hass).async_get_or_create(
                domain, platform, unique_id, device_id=printer.id, config_entry=other
            )
            hass.states.async_set(entity.entity_id, state, attributes)
            return entity.entity_id

        return add

    return add_device


@pytest.mark.parametrize(
    ("platform", "keys"),
    [
        ("bambu_lab", ("00M_print_status", "00M_subtask_name", "00M_print_progress", "00M_pause", "00M_resume", "00M_stop")),
        ("moonraker", ("e_print_state", "e_filename", "e_progress", "e_PAUSE", "e_RESUME", "e_CANCEL_PRINT")),
        ("prusalink", ("e_printer.state", "e_job.filename", "e_job.progress", "e_job.pause_job", "e_job.resume_job", "e_printer.cancel_job")),
        ("octoprint", ("Current State-u", "Current File-u", "Job Percentage-u", "Pause Job-u", "Resume Job-u", "Stop Job-u")),
        ("ha_creality_ws", ("h-print_status", "h-file_name", "h-print_progress", "h-pause_print", "h-resume_print", "h-stop_print")),
        ("anycubic_cloud", ("m-print_state", "m-current_project_name", "m-current_project_progress", "m-pause_print", "m-resume_print", "m-cancel_print")),
    ],
)  # fmt: skip
async def test_a_printer_is_right_without_typing(
    hass: HomeAssistant,
    printer: Printer,
    service: MockConfigEntry,
    device: Callable[[str], Callable[..., str]],
    platform: str,
    keys: tuple[str, ...],
) -> None:
    """Its words are offered while it is idle and lists none, and its entities and buttons are found."""
    add = device(platform)
    status = add("sensor", keys[0], "idle")
    job, progress = add("sensor", keys[1]), add("sensor", keys[2])
    pause, resume, cancel = (add("button", key) for key in keys[3:])
    page = await answer(hass, await begin(hass, service), {"picture_entity": CAMERA, "status_entity": status})
    preset = preset_of(platform)
    shown = suggested(page)
    for key, meaning in STATE_SETTINGS.items():
        assert set(shown[key]) - {"idle"} == {w for w, m in preset.words.items() if m is meaning} - {"idle"}
    page = await answer(
        hass, page, {key: shown[key] for key in STATE_SETTINGS} | {"job": {"job_entity": job}}
    )
    assert page["step_id"] == "judgement"
    sections = {str(key): value for key, value in page["data_schema"].schema.items()}
    actions = {
        str(key): (key.description or {}).get("suggested_value") for key in sections["actions"].schema.schema
    }
    assert (actions["pause_with"], actions["resume_with"], actions["cancel_with"]) == (pause, resume, cancel)
    assert async_propose(hass, status).entities["progress_entity"] == progress
    end = await answer(hass, page, {**JUDGEMENT, "name": "My printer"})
    assert (end["title"], end["data"]["job_entity"]) == ("My printer", job)
    await hass.async_block_till_done()


async def test_a_pause_that_cannot_be_told_and_words_that_nobody_knows_are_asked_about_once(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry
) -> None:
    hass.states.async_set(STATUS, "idle", {"options": ["idle", "printing", "purging_foo"]})
    page = await answer(hass, await begin(hass, service), SOURCES)
    page = await answer(hass, page, {"printing_states": ["printing"]})
    assert page["errors"] == {"paused_states": "no_paused_states"}
    page = await answer(hass, page, {"printing_states": ["printing"], "paused_states": ["paused"]})
    assert page["errors"] == {"base": "unlisted_states"}
    assert page["description_placeholders"]["problem"] == "purging_foo"
    page = await answer(hass, page, {"printing_states": ["printing"]})
    assert page["step_id"] == "judgement"


async def test_a_plug_that_measures_power(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry
) -> None:
    power = {"unit_of_measurement": "W", "device_class": "power"}
    hass.states.async_set(STATUS, "0.004", {**power, "unit_of_measurement": "kW"})
    page = await answer(hass, await begin(hass, service), SOURCES)
    assert page["step_id"] == "power"
    assert page["description_placeholders"]["state"] == "4", "what is asked for is in W"
    page = await answer(hass, page, {"power_above": 30, "times": {"settling": 10, "power_cut": 12}})
    end = await answer(hass, page, JUDGEMENT)
    assert end["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    hass.states.async_set(STATUS, "120", power)
    await printer.looks(1)
    hass.states.async_set(STATUS, "5", power)
    await until(hass, "sensor.printer_watch", "idle")


async def test_several_cameras_see_one_printer(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await answer(
        hass, await begin(hass, service), {**SOURCES, "more_cameras": ["image.printer", CAMERA]}
    )
    assert len(printer.detector.frames) == 2, "each is tried, the first one not twice"
    page = await answer(hass, page, STATES)
    page = await answer(hass, page, {**JUDGEMENT, "quorum": 2})
    await hass.async_block_till_done()
    await printer.says("printing")
    await printer.looks(2)
    assert {frame.camera for frame in printer.detector.frames[-2:]} == {CAMERA, "image.printer"}
    detect, mess = printer.detector.detect, {CAMERA}

    async def detect_by_camera(frame: Frame) -> Detection:
        printer.detector.p = 0.95 if frame.camera in mess else 0.02
        return await detect(frame)

    monkeypatch.setattr(printer.detector, "detect", detect_by_camera)
    (state,) = (one.entity_id for one in hass.states.async_all() if one.entity_id.endswith("_failure_state"))
    await printer.looks(20)
    assert hass.states.get(state).state == "none", "one of two says so"
    mess.add("image.printer")
    await until(hass, state, "failure")
