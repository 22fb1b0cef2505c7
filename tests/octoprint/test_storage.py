"""Files in the plugin's folder: whole or as before, and never in the way of watching."""

import json
import logging
import threading
from pathlib import Path

import pytest

from octoprint_failwatch.engine.watch.state import Phase, WatchState
from octoprint_failwatch.storage import read_json, write_json
from octoprint_failwatch.watching import state_store
from octoprint_failwatch.watching.installation import Installation
from octoprint_failwatch.watching.state_store import StateStore


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_json(tmp_path / "deep" / "file.json", {"a": [1, "ü"]})
    assert read_json(tmp_path / "deep" / "file.json") == {"a": [1, "ü"]}


def test_a_write_that_breaks_off_leaves_the_old_content(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    write_json(file, {"old": True})
    with pytest.raises(TypeError):
        write_json(file, {"new": object()})
    assert read_json(file) == {"old": True}


def test_a_disk_that_takes_nothing_is_logged_and_no_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "not-a-folder").write_text("")
    with caplog.at_level(logging.WARNING):
        write_json(tmp_path / "not-a-folder" / "file.json", {})
    assert "cannot be stored" in caplog.text


def test_an_installation_and_its_printers_keep_their_names(tmp_path: Path) -> None:
    file = tmp_path / "installation.json"
    first = Installation(file)
    printer, other = first.printer_id("_default"), first.printer_id("big")
    again = Installation(file)
    assert again.uuid == first.uuid
    assert (again.printer_id("_default"), again.printer_id("big")) == (printer, other)
    assert len({first.uuid, printer, other}) == 3


@pytest.mark.parametrize("content", ["", "[]", "7", '{"uuid": null}'])
def test_a_broken_installation_begins_anew(tmp_path: Path, content: str) -> None:
    file = tmp_path / "installation.json"
    file.write_text(content)
    assert Installation(file).uuid == Installation(file).uuid


def test_each_printers_newest_state_is_kept_and_comes_back_at_rest(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    for number in range(50):
        store.save(
            WatchState("one", Phase.WATCHING, print_id="a", print_name=str(number), holds=("heating",))
        )
    store.save(WatchState("two", print_name="other"))
    store.close()
    state = StateStore(tmp_path).load("one")
    assert (state.print_name, state.print_id) == ("49", "a")
    assert (state.phase, state.holds) == (Phase.IDLE, ())
    assert StateStore(tmp_path).load("two").print_name == "other"
    assert StateStore(tmp_path).load("three") == WatchState("three")


def test_a_state_comes_back_though_the_disk_has_not_taken_it_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()
    monkeypatch.setattr(state_store, "write_json", lambda *_: free.wait(30))
    store = StateStore(tmp_path)
    try:
        store.save(WatchState("one", Phase.WATCHING, print_name="old"))
        store.save(WatchState("one", Phase.WATCHING, print_name="new"))
        state = store.load("one")
    finally:
        free.set()
        store.close()
    assert (state.print_name, state.phase) == ("new", Phase.IDLE)


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"phase": "dancing"})])
def test_a_broken_state_begins_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "printer-one.json").write_text(content)
    assert StateStore(tmp_path).load("one") == WatchState("one")
