"""Watched cameras are recorded and can be replayed; removing the entry deletes the recording."""

import sqlite3
from pathlib import Path
from unittest.mock import Mock

import pytest
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from custom_components.failwatch.cameras import history
from custom_components.failwatch.engine.history import History, Retention
from custom_components.failwatch.engine.replay import recorded, replay
from tests.homeassistant.printer import Printer, until, watch
from tests.patience import eventually


def files(folder: Path, beginning: str) -> list[Path]:
    return list(folder.glob(f"{beginning}*"))


async def test_a_print_is_recorded_and_replayed(
    hass: HomeAssistant, printer: Printer, tmp_path: Path
) -> None:
    """Bit for bit, over a failure and a change of the rules; removal takes the file along."""
    entry = await watch(hass)
    await printer.says("printing")
    await printer.looks(2)
    printer.detector.p = 0.95
    await until(hass, "sensor.voron_failure_state", "failure")
    await printer.says("finished")
    await until(hass, "sensor.voron_watch", "idle")
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    history = History(tmp_path / f"{entry.entry_id}.db")
    (record,) = history.prints()
    assert (record.source, record.printer_name, record.level.value) == ("homeassistant", "Voron", "failure")
    live = [(frame.look.verdict, frame.level) for frame in history.frames(record.print_id)]
    assert [(one.verdict, one.level) for one in replay(recorded(history, [record.print_id]))] == live
    assert any(frame.pictures for frame in history.frames(record.print_id))
    history.close()
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert not files(tmp_path, entry.entry_id)


async def test_a_history_that_opens_while_home_assistant_stops_is_closed(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[History] = []
    closed: list[History] = []
    of_host, close = History.of_host, History.close

    def of_host_at_the_stop(path: Path, retention: Retention) -> History:
        hass.loop.call_soon_threadsafe(hass.set_state, CoreState.stopping)
        opened.append(of_host(path, retention))
        return opened[-1]

    def close_and_tell(history: History) -> None:
        closed.append(history)
        close(history)

    monkeypatch.setattr(History, "of_host", of_host_at_the_stop)
    monkeypatch.setattr(History, "close", close_and_tell)
    await watch(hass)
    assert len(opened) == 1
    assert closed == opened


async def test_a_disk_that_takes_nothing_does_not_stop_the_watch(
    hass: HomeAssistant,
    printer: Printer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    issue_registry: ir.IssueRegistry,
) -> None:
    """Prints are watched without being recorded; the log and the repairs say so, until there is a disk again."""
    (tmp_path / "file").touch()
    with monkeypatch.context() as broken:
        broken.setattr(history, "history_path", lambda _, entry_id: tmp_path / "file" / "history.db")
        entry = await watch(hass)
        assert await hass.config_entries.async_reload(entry.entry_id)
    assert caplog.text.count("not recorded") == 1
    (issue,) = issue_registry.issues.values()
    assert issue.translation_key == "not_recorded"
    await printer.says("printing")
    await printer.looks(2)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert caplog.text.count("Prints are recorded again") == 1
    assert not issue_registry.issues


async def test_a_disk_that_is_full_for_a_while_is_told(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch, issue_registry: ir.IssueRegistry
) -> None:
    async def told(wanted: bool) -> None:
        await eventually(lambda: bool(issue_registry.issues), lambda has: has is wanted)

    await watch(hass)
    await printer.says("printing")
    await printer.looks(2)
    assert not issue_registry.issues
    with monkeypatch.context() as broken:
        broken.setattr(History, "_in_transaction", Mock(side_effect=sqlite3.OperationalError("disk is full")))
        await printer.looks(1)
        await told(True)
        (issue,) = issue_registry.issues.values()
        assert issue.translation_placeholders == {"service": "Detector"}
    await printer.looks(1)
    await told(False)


async def test_a_file_that_cannot_be_read_for_a_while_is_told_once(
    hass: HomeAssistant, printer: Printer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    entry = await watch(hass)
    (watched,) = entry.runtime_data.printers.values()
    with monkeypatch.context() as broken:
        broken.setattr(History, "prints", Mock(side_effect=sqlite3.OperationalError("disk I/O error")))
        for _ in range(2):
            with pytest.raises(HomeAssistantError) as raised:
                await watched.async_past_prints(1)
            assert raised.value.translation_key == "past_unreadable"
    assert await watched.async_past_prints(1) == []
    assert caplog.text.count("cannot be read or written") == 1
    assert caplog.text.count("can be read and written again") == 1
