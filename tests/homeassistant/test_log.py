"""The log as it is read by default: one line where a trouble begins, and one where it is over."""

from collections.abc import Callable

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError

from custom_components.failwatch.engine.errors import ServerFailed, Unavailable
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.phones import Phones
from tests.homeassistant.printer import CAMERA, STATUS, Printer, until, watch
from tests.patience import eventually

WATCH = "sensor.voron_watch"
LINK = "custom_components.failwatch.octoprint.coordinator"
MAIL = "notify.mail"

type Lines = Callable[[], list[str]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    """What the log has of FailWatch at the level that Home Assistant logs by default."""

    def read() -> list[str]:
        return [
            record.getMessage()
            for record in caplog.records
            if record.levelname != "INFO" and record.levelname != "DEBUG" and "failwatch" in record.name
        ]

    return read


async def _blind(hass: HomeAssistant, printer: Printer) -> None:
    await printer.says("printing")
    await printer.looks(1)
    printer.detector.error = Unavailable("No answer from there.")
    await until(hass, WATCH, "blind")


async def test_a_service_that_answers_in_other_ways_is_one_trouble(
    hass: HomeAssistant, printer: Printer, lines: Lines
) -> None:
    await watch(hass)
    await _blind(hass, printer)
    printer.detector.error = ServerFailed("It failed itself.")
    await until(hass, WATCH, ServerFailed.kind, "blind_reason")
    printer.detector.error = None
    await until(hass, WATCH, "watching")
    assert lines() == ["Voron cannot be watched: No answer from there.", "Voron is watched again"]


async def test_a_reload_neither_ends_nor_begins_a_trouble(
    hass: HomeAssistant, printer: Printer, lines: Lines
) -> None:
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(1)
    camera = hass.states.get(CAMERA)
    assert camera is not None
    hass.states.async_set(CAMERA, "unavailable")
    await until(hass, WATCH, "blind")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, WATCH, "blind")
    hass.states.async_set(CAMERA, camera.state, camera.attributes)
    await until(hass, WATCH, "watching")
    await printer.looks(1)
    told = [f"Voron cannot be watched: {CAMERA} is not available.", "Voron is watched again"]
    assert lines() == told


async def test_a_trouble_is_over_with_its_print(hass: HomeAssistant, printer: Printer, lines: Lines) -> None:
    await watch(hass)
    await _blind(hass, printer)
    await printer.says("finished")
    await until(hass, WATCH, "idle")
    assert lines()[1:] == ["Voron need not be watched any more: its print is over"]
    await _blind(hass, printer)
    assert len(lines()) == 3


async def test_a_printing_entity_that_comes_back(hass: HomeAssistant, printer: Printer, lines: Lines) -> None:
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(1)
    hass.states.async_remove(STATUS)
    await until(hass, WATCH, "status_gone", "blind_reason")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, WATCH, "status_gone", "blind_reason")
    told = f"It is not known when Voron prints: {STATUS} says nothing"
    assert lines() == [told]
    await printer.says("printing")
    await printer.looks(1)
    assert lines() == [told, "It is known again when Voron prints"]


@pytest.mark.parametrize("reloaded", [False, True])
async def test_a_link_that_is_down(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    monkeypatch: pytest.MonkeyPatch,
    lines: Lines,
    reloaded: bool,
) -> None:
    monkeypatch.setattr(f"{LINK}.FIRST_WAIT", 0.05)
    entry = await linked()
    octoprint.plugin = False
    await octoprint.drop()
    await until(hass, "sensor.ender_3_p", "unavailable")
    assert len(lines()) == 1
    assert lines()[0].startswith("Ender 3 does not answer: ")
    octoprint.plugin = True
    if reloaded:
        assert await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, "sensor.ender_3_failure_state", "none")
    assert lines()[1:] == ["Ender 3 answers again"]


async def test_an_octoprint_that_is_off_at_the_start(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, lines: Lines
) -> None:
    """Home Assistant itself has the line for its beginning."""
    entry = await linked()
    octoprint.plugin = False
    await hass.config_entries.async_reload(entry.entry_id)
    octoprint.plugin = True
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert [line for line in lines() if "answers again" in line] == ["Ender 3 answers again"]


async def test_news_that_nobody_understands_are_one_trouble(
    hass: HomeAssistant,
    octoprint: OctoPrintServer,
    linked: Linked,
    monkeypatch: pytest.MonkeyPatch,
    lines: Lines,
) -> None:
    monkeypatch.setattr(f"{LINK}.FIRST_WAIT", 0.05)
    await linked()
    octoprint.rules = ["of", "the", "future"]  # type: ignore[assignment]
    await octoprint.push()
    await until(hass, "sensor.ender_3_p", "unavailable")
    octoprint.rules = {"name": "failwatch", "numbers": {}}
    await until(hass, "sensor.ender_3_failure_state", "none")
    misfit = "The FailWatch plugin in OctoPrint does not fit this integration."
    assert lines() == [f"Ender 3 does not answer: {misfit}", "Ender 3 answers again"]


async def test_a_recipient_that_takes_no_messages(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked, phones: Phones, lines: Lines
) -> None:
    """However many there are to send, and also where another one got them."""
    phone = await phones.add(1)
    sent: list[str] = []
    works = False

    async def send(call: ServiceCall) -> None:
        if not works:
            raise HomeAssistantError("the mailbox is full")
        sent.append(call.data["message"])

    hass.services.async_register("notify", "send_message", send)
    hass.states.async_set(MAIL, "unknown")
    entry = await linked()
    options = {"tell": "messages", "notify_devices": [phone.device], "notify_entities": [MAIL]}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.async_block_till_done()
    data = {"entity_id": "sensor.ender_3_watch", "kind": "failure"}
    for _ in range(3):
        await hass.services.async_call("failwatch", "notify", data, blocking=True)
    await phone.got_many(3)
    told = "Messages cannot be sent to notify.mail: the mailbox is full"
    assert lines() == [told]
    works = True
    for _ in range(2):
        await hass.services.async_call("failwatch", "notify", data, blocking=True)
    await eventually(lambda: len(sent) >= 2)
    assert lines() == [told, "Messages are sent to notify.mail again"]
