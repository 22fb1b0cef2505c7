"""The actions and what they answer."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components import api
from homeassistant.components.media_source import PlayMedia
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.failwatch.engine.errors import Unavailable
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.printer import CAMERA, PAUSE, Printer, picture, service_entry, until, watch


async def act(hass: HomeAssistant, name: str, **data: Any) -> Any:
    return await hass.services.async_call("failwatch", name, data, blocking=True, return_response=True)


@pytest.fixture
async def service(hass: HomeAssistant, printer: Printer) -> MockConfigEntry:
    entry = service_entry(pause_with=PAUSE)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.mark.parametrize(
    ("p", "verdict"), [(0.02, "none"), (0.41, "none"), (0.43, "maybe"), (0.61, "maybe"), (0.63, "failure")]
)
async def test_detect_a_camera(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry, p: float, verdict: str
) -> None:
    printer.detector.p = p
    answer = await act(hass, "detect", entity_id=CAMERA)
    assert answer["p"] == p
    assert answer["verdict"] == verdict
    assert len(answer["boxes"]) == (p > 0.3)


async def test_detect_a_media_file(hass: HomeAssistant, printer: Printer, service: MockConfigEntry) -> None:
    folder = Path(hass.config.path("media"))
    hass.config.media_dirs = {"local": str(folder)}
    await hass.async_add_executor_job(lambda: folder.mkdir(exist_ok=True))
    file = folder / "failwatch_test_picture.png"
    try:
        await hass.async_add_executor_job(file.write_bytes, picture(kind="PNG"))
        assert await async_setup_component(hass, "media_source", {})
        await hass.async_block_till_done()
        media = f"media-source://media_source/local/{file.name}"
        assert (await act(hass, "detect", media=media))["p"] == 0.02
        by_picker = {"media_content_id": media, "media_content_type": "image/png"}
        assert (await act(hass, "detect", media=by_picker, config_entry_id=service.entry_id))["p"] == 0.02
        assert printer.detector.frames[-1].jpeg.startswith(b"\xff\xd8")
        await hass.async_add_executor_job(file.write_bytes, jpeg := picture())
        await act(hass, "detect", media=media)
        assert printer.detector.frames[-1].jpeg == jpeg
        await hass.async_add_executor_job(file.write_bytes, b"no picture")
        with pytest.raises(ServiceValidationError) as raised:
            await act(hass, "detect", media=media)
        assert raised.value.translation_key == "no_media"
    finally:
        await hass.async_add_executor_job(lambda: file.unlink(missing_ok=True))


async def test_detect_a_medium_that_is_no_file(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "media_source", {})
    elsewhere = PlayMedia("https://elsewhere.example/1.jpg", "image/jpeg")
    with (
        patch("homeassistant.components.media_source.async_resolve_media", return_value=elsewhere),
        pytest.raises(ServiceValidationError) as raised,
    ):
        await act(hass, "detect", media="media-source://elsewhere/1")
    assert raised.value.translation_key == "no_media"


@pytest.mark.parametrize(
    ("data", "key"),
    [({}, "no_picture"), ({"media": "nonsense"}, "no_media"), ({"config_entry_id": "?"}, "no_service")],
)
async def test_detect_what_cannot_be(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry, data: dict[str, Any], key: str
) -> None:
    assert await async_setup_component(hass, "media_source", {})
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "detect", **data)
    assert raised.value.translation_key == key


async def test_which_of_two_services(hass: HomeAssistant, printer: Printer, service: MockConfigEntry) -> None:
    other = MockConfigEntry(domain="failwatch", data={"kind": "ml_api", "url": "http://other.example"})
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "detect", entity_id=CAMERA)
    assert raised.value.translation_key == "which_service"
    assert await act(hass, "detect", entity_id=CAMERA, config_entry_id=other.entry_id)


async def test_a_service_that_is_down(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry
) -> None:
    printer.detector.error = Unavailable("It is down.")
    with pytest.raises(HomeAssistantError, match=r"Nothing answers at detector\.example"):
        await act(hass, "detect", entity_id=CAMERA)


async def test_answers_reach_only_the_printers_meant(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    printer: Printer,
    service: MockConfigEntry,
) -> None:
    await linked()
    answer = await act(hass, "snooze", entity_id="sensor.ender_3_p", minutes=5)
    assert octoprint.commands == [{"command": "snooze", "seconds": 300}]
    assert [one["watch"] for one in answer["printers"]] == ["idle"]
    await act(hass, "mute", device_id=answer["printers"][0]["device_id"])
    await act(hass, "acknowledge", entity_id="sensor.ender_3_failure_state", answer="failure")
    assert octoprint.commands[1:] == [
        {"command": "mute", "muted": True},
        {"command": "acknowledge", "answer": "failure"},
    ]
    assert hass.states.get("switch.voron_mute_this_print").state == "off"


async def test_one_that_cannot_keeps_no_other_from_being_asked(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    printer: Printer,
    service: MockConfigEntry,
) -> None:
    await linked()
    both = ["sensor.voron_failure_state", "sensor.ender_3_failure_state"]
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "control", entity_id=both, command="resume")
    assert raised.value.translation_key == "cannot_resume"
    assert octoprint.jobs == [{"command": "pause", "action": "resume"}]


async def test_a_target_without_printers(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "snooze", entity_id=CAMERA, minutes=5)
    assert raised.value.translation_key == "no_printer"


async def test_control_a_link(hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked) -> None:
    await linked()
    await act(hass, "control", entity_id="sensor.ender_3_p", command="resume")
    assert octoprint.jobs == [{"command": "pause", "action": "resume"}]
    octoprint.job_status = 409
    with pytest.raises(HomeAssistantError, match="no print"):
        await act(hass, "control", entity_id="sensor.ender_3_p", command="pause")
    octoprint.key = "revoked"
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "control", entity_id="sensor.ender_3_p", command="pause")
    assert raised.value.translation_key == "key_refused"
    assert hass.config_entries.flow.async_progress()


async def test_control_a_watched_camera(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry
) -> None:
    await act(hass, "control", entity_id="sensor.voron_p", command="pause")
    assert printer.pause.presses == 1
    for command in ("resume", "cancel"):
        with pytest.raises(ServiceValidationError) as raised:
            await act(hass, "control", entity_id="sensor.voron_p", command=command)
        assert raised.value.translation_key == f"cannot_{command}"


async def test_what_other_rules_would_have_said(
    hass: HomeAssistant, printer: Printer, service: MockConfigEntry
) -> None:
    assert (await act(hass, "replay", entity_id="sensor.voron_p", rules="obico"))["printers"][0]["looks"] == 0
    await printer.says("printing")
    await printer.looks(3)
    printer.detector.p = 0.95
    await until(hass, "sensor.voron_failure_state", "failure")
    (strict,) = (await act(hass, "replay", entity_id="sensor.voron_p", rules="failwatch"))["printers"]
    assert strict["level"] == "failure"
    assert strict["failure_at"] >= strict["maybe_at"]
    relaxed = {"failure": 5, "sustained": 5, "maybe": 5}
    (calm,) = (await act(hass, "replay", entity_id="sensor.voron_p", rules="failwatch", numbers=relaxed))[
        "printers"
    ]
    assert (calm["level"], calm["failure_at"]) == ("none", None)
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, "replay", entity_id="sensor.voron_p", rules="failwatch", numbers={"odd": 1})
    assert raised.value.translation_key == "unknown_rule_number"
    assert (raised.value.translation_placeholders or {})["key"] == "odd"


@pytest.mark.parametrize("error", [Unavailable("down"), RuntimeError("out of sight")])
async def test_an_action_that_fails_is_no_fault_of_home_assistants(
    hass: HomeAssistant, printer: Printer, hass_client: Any, error: Exception
) -> None:
    """Over HTTP it is a status 400 with words, never a 500 with what a library said."""
    assert await async_setup_component(hass, "api", {})
    await watch(hass)
    client = await hass_client()
    printer.detector.error = error
    answer = await client.post("/api/services/failwatch/detect?return_response", json={"entity_id": CAMERA})
    # The oldest release that is supported answers 500 to every error that an action tells in words.
    assert answer.status == (400 if hasattr(api, "ServiceValidationError") else 500)
    assert "out of sight" not in await answer.text()
