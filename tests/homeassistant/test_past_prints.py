"""Past prints are listed and labelled, wherever they were watched."""

import sqlite3
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from custom_components.failwatch.cameras import history
from custom_components.failwatch.engine.history import Alarm, History, Label, PrintRecord
from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.serialization import to_json
from tests.homeassistant.octoprint_server import Linked, OctoPrintServer
from tests.homeassistant.printer import Printer, until, watch
from tests.homeassistant.test_actions import act
from tests.patience import PATIENCE

VORON, ENDER = "sensor.voron_p", "sensor.ender_3_p"


async def listed(hass: HomeAssistant, entity_id: str, **data: Any) -> list[dict[str, Any]]:
    (printer,) = (await act(hass, "past_prints", entity_id=entity_id, **data))["printers"]
    return list(printer["prints"])


async def labelled(hass: HomeAssistant, entity_id: str, label: str, **data: Any) -> dict[str, Any]:
    (printer,) = (await act(hass, "label_print", entity_id=entity_id, label=label, **data))["printers"]
    return dict(printer["print"])


async def print_once(hass: HomeAssistant, printer: Printer, p: float) -> None:
    printer.detector.p = 0.02
    await printer.says("printing")
    await printer.looks(2)
    printer.detector.p = p
    await until(hass, "sensor.voron_failure_state", "failure" if p > 0.5 else "none")
    await printer.says("finished")
    await until(hass, "sensor.voron_watch", "idle")


async def test_prints_of_a_watched_camera(hass: HomeAssistant, printer: Printer, tmp_path: Path) -> None:
    """The label of the last print, of a named one, from a moment on, and taken back."""
    entry = await watch(hass)
    with pytest.raises(ServiceValidationError) as raised:
        await labelled(hass, VORON, "good")
    assert raised.value.translation_key == "no_print"
    await print_once(hass, printer, 0.02)
    await print_once(hass, printer, 0.95)
    failed, good = await listed(hass, VORON)
    assert await listed(hass, VORON, limit=1) == [failed]
    assert (failed["failure_state"], good["failure_state"]) == ("failure", "none")
    assert failed["alarms"][-1]["failure_state"] == "failure"
    assert good["alarms"] == []
    assert (failed["label"], good["label"]) == (None, None)
    alarm = failed["alarms"][-1]["at"]
    assert (await labelled(hass, VORON, "failed", failed_from=alarm))["failed_from"] == alarm
    assert (await labelled(hass, VORON, "good", print_id=good["print_id"]))["label"] == "good"
    assert [(one["label"], one["failed_from"]) for one in await listed(hass, VORON)] == [
        ("failed", alarm),
        ("good", None),
    ]
    assert (await labelled(hass, VORON, "none"))["label"] is None
    began = dt_util.parse_datetime(failed["started_at"], raise_on_error=True)
    assert (await labelled(hass, VORON, "failed", from_minute=0))["failed_from"] == failed["started_at"]
    await hass.config_entries.async_unload(entry.entry_id)
    history = History(tmp_path / f"{entry.entry_id}.db")
    assert history.print(good["print_id"]).label == Label(failed=False)
    label = history.print(failed["print_id"]).label
    assert label is not None
    assert label.failed_from == pytest.approx(began.timestamp(), abs=1e-3)
    history.close()


async def test_labels_that_cannot_be(hass: HomeAssistant, printer: Printer) -> None:
    """Nothing is labelled."""
    await watch(hass)
    await print_once(hass, printer, 0.95)
    (record,) = await listed(hass, VORON)
    began = dt_util.parse_datetime(record["started_at"], raise_on_error=True)
    for label, data, key in (
        ("failed", {"print_id": "another"}, "no_such_print"),
        ("failed", {"failed_from": began - timedelta(hours=1)}, "not_during_print"),
        ("failed", {"from_minute": 600}, "not_during_print"),
        ("good", {"from_minute": 0}, "did_not_fail"),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await labelled(hass, VORON, label, **data)
        assert raised.value.translation_key == key
    assert (await listed(hass, VORON))[0]["label"] is None


async def test_prints_of_an_octoprint(
    hass: HomeAssistant, octoprint: OctoPrintServer, linked: Linked
) -> None:
    """The plugin keeps them: it is asked and told, in its own time."""
    began = time.time() - 7200
    records = [
        PrintRecord(
            print_id=f"print-{number}",
            printer_id="printer-1",
            printer_name="Ender 3",
            name="cube.gcode",
            source="octoprint",
            started_at=began - 10_000 * number,
            ended_at=began - 10_000 * number + 3600,
            outcome="done",
            level=Level.MAYBE,
            frames=360,
            pictures=30,
            label=None,
            alarms=(Alarm(began - 10_000 * number + 60, Level.MAYBE),),
        )
        for number in range(3)
    ]
    octoprint.prints = to_json(records)
    octoprint.now = time.time() + 3600  # OctoPrint's clock is an hour fast
    await linked()
    await octoprint.push()
    await until(hass, "sensor.ender_3_watch", "idle")
    first, second = await listed(hass, ENDER, limit=2)
    assert (first["print_id"], first["looks"], first["outcome"]) == ("print-0", 360, "done")
    there = dt_util.parse_datetime(first["started_at"], raise_on_error=True).timestamp()
    assert there == pytest.approx(began - 3600, abs=60)
    told = await labelled(hass, ENDER, "failed", print_id="print-1", from_minute=30)
    assert told["print_id"] == second["print_id"]
    assert told["label"] == "failed"
    await labelled(hass, ENDER, "failed", failed_from=first["alarms"][0]["at"])
    await labelled(hass, ENDER, "none")
    assert octoprint.commands == [
        {
            "command": "label",
            "print_id": "print-1",
            "failed": True,
            "failed_from": records[1].started_at + 1800,
        },
        {
            "command": "label",
            "print_id": "print-0",
            "failed": True,
            "failed_from": pytest.approx(began + 60, abs=1e-3),
        },
        {"command": "label", "print_id": "print-0", "failed": None},
    ]
    octoprint.prints = [{"print_id": 7}]
    with pytest.raises(HomeAssistantError) as raised:
        await listed(hass, ENDER)
    assert raised.value.translation_key == "plugin_too_old"


async def test_prints_that_are_not_recorded(
    hass: HomeAssistant, printer: Printer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said that they are not."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(history, "history_path", lambda *_: tmp_path / "file" / "history.db")
    await watch(hass)
    with pytest.raises(HomeAssistantError) as raised:
        await listed(hass, VORON)
    assert raised.value.translation_key == "not_recorded"


async def test_a_print_that_has_just_ended_is_told_as_ended(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long its end takes to the disk: it is written only once somebody waits for it."""
    await watch(hass)
    await printer.says("printing")
    await printer.looks(1)
    write, settle, is_waited_for = History._write, History.settle, threading.Event()

    def slowly(history: History, change: Any) -> None:
        is_waited_for.wait(PATIENCE)
        write(history, change)

    def settled(history: History) -> None:
        is_waited_for.set()
        settle(history)

    monkeypatch.setattr(History, "_write", slowly)
    monkeypatch.setattr(History, "settle", settled)
    await printer.says("finished")
    await printer.tells("ended")
    try:
        (record,) = await listed(hass, VORON)
    finally:
        is_waited_for.set()
    assert record["ended_at"]


async def test_prints_that_cannot_be_read(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch(hass)
    monkeypatch.setattr(History, "prints", Mock(side_effect=sqlite3.DatabaseError("malformed")))
    with pytest.raises(HomeAssistantError) as raised:
        await listed(hass, VORON)
    assert raised.value.translation_key == "past_unreadable"
