"""Files are written whole or not at all, and a full or slow disk never stops the watch."""

import errno
import fcntl
import json
import logging
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest

from octoprint_failwatch.engine.storage import read_json, write_json
from octoprint_failwatch.engine.watch.state import Phase, WatchState
from octoprint_failwatch.watching import state_store
from octoprint_failwatch.watching.installation import Installation
from octoprint_failwatch.watching.machine import Machine
from octoprint_failwatch.watching.occupancy import NAME
from octoprint_failwatch.watching.state_store import StateStore
from tests.patience import PATIENCE

pytestmark = pytest.mark.one_octoprint


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


BOARD = Machine("10000000a", "system-1", frozenset({"b8:27:eb:00:00:01"}))
PC = Machine("", "system-1", frozenset({"00:11:22:33:44:55", "66:77:88:99:aa:bb"}))
CONTAINER = Machine("", "system-1", frozenset())


@pytest.mark.parametrize(
    ("before", "now", "is_copy"),
    [
        (BOARD, replace(BOARD, serial="10000000b"), True),
        (BOARD, replace(BOARD, system="system-2", cards=frozenset({"another"})), False),
        (PC, replace(PC, system="system-2", cards=frozenset({"another"})), True),
        (PC, replace(PC, system="system-2"), False),
        (PC, replace(PC, cards=frozenset({"another"})), False),
        (CONTAINER, replace(CONTAINER, system="system-2"), False),
        (BOARD, Machine(), False),
        (Machine(), BOARD, False),
    ],
    ids=[
        "the card in another board",
        "a new system on the board",
        "the folder on another computer",
        "a new system on the computer",
        "a new network card",
        "a new image of the container",
        "a machine that tells nothing",
        "a file of an older release",
    ],
)
def test_a_copied_installation_gets_names_of_its_own(
    tmp_path: Path, before: Machine, now: Machine, is_copy: bool, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "installation.json"
    first = Installation(file, before)
    printer = first.printer_id("_default")
    with caplog.at_level(logging.WARNING):
        copy = Installation(file, now)
    assert (copy.uuid != first.uuid) is is_copy
    assert (copy.printer_id("_default") != printer) is is_copy
    assert ("copied" in caplog.text) is is_copy
    again = Installation(file, now)
    assert (again.uuid, again.printer_id("_default")) == (copy.uuid, copy.printer_id("_default"))


class Copied:
    """An installation in a folder, and a copy of that folder."""

    def __init__(self, tmp_path: Path) -> None:
        self.first = Installation(tmp_path / "first" / "installation.json", BOARD)
        self.names = self.first.uuid, self.first.printer_id("_default")
        self._folder = tmp_path / "second"
        shutil.copytree(tmp_path / "first", self._folder)

    def start(self) -> tuple[str, str]:
        """Start OctoPrint on the copy; return its names."""
        second = Installation(self._folder / "installation.json", BOARD)
        names = second.uuid, second.printer_id("_default")
        second.close()
        return names


def test_a_folder_copied_beside_the_one_in_use_gets_names_of_its_own(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copied = Copied(tmp_path)
    copied.first.close()
    assert copied.start() == copied.names, "it may be moved: nobody uses the first any more"
    assert not caplog.text
    again = Installation(tmp_path / "first" / "installation.json", BOARD)
    assert (again.uuid, again.printer_id("_default")) == copied.names
    names = copied.start()
    assert not set(names) & set(copied.names)
    assert "copied" in caplog.text
    assert copied.start() == names
    again.close()
    assert copied.start() == names


@pytest.mark.parametrize("disk", ["network", "another user's"])
def test_a_copy_is_noticed_on_a_disk_of_its_own_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, disk: str
) -> None:
    """NFS locks only a file that is open for writing; another user's may only be read."""
    lock, opened = fcntl.flock, Path.open

    def flock(file: IO[bytes], how: int) -> None:
        if not file.writable():
            raise OSError(errno.EBADF, "not open for writing")
        lock(file, how)

    def open_file(path: Path, mode: str = "r", *rest: Any, **named: Any) -> IO[Any]:
        if path.name == NAME and path.parent.name == "first" and "+" in mode:
            raise PermissionError(path)
        return opened(path, mode, *rest, **named)

    copied = Copied(tmp_path)
    if disk == "network":
        monkeypatch.setattr(fcntl, "flock", flock)
    else:
        monkeypatch.setattr(Path, "open", open_file)
    assert not set(copied.start()) & set(copied.names)


def test_a_folder_that_was_moved_keeps_its_names(tmp_path: Path) -> None:
    copied = Copied(tmp_path)
    shutil.rmtree(tmp_path / "first")
    assert copied.start() == copied.names
    other = Installation(tmp_path / "first" / "installation.json", BOARD)
    assert other.uuid != copied.names[0]
    assert copied.start() == copied.names, "another OctoPrint begins where this one was"


def test_a_folder_that_is_reached_by_another_way_is_the_same(tmp_path: Path) -> None:
    copied = Copied(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "first", target_is_directory=True)
    linked = Installation(tmp_path / "link" / "installation.json", BOARD)
    assert (linked.uuid, linked.printer_id("_default")) == copied.names


def test_an_installation_of_an_older_release_keeps_its_names(tmp_path: Path) -> None:
    file = tmp_path / "installation.json"
    write_json(file, {"uuid": "u", "printers": {"_default": "p"}})
    assert Installation(file, BOARD).uuid == "u"
    assert Installation(file, replace(BOARD, serial="another")).uuid != "u", "it was noted meanwhile"


def test_a_new_identity_lasts_and_leaves_the_watched_printer_alone(tmp_path: Path) -> None:
    file = tmp_path / "installation.json"
    installation = Installation(file, CONTAINER)
    uuid, printer = installation.uuid, installation.printer_id("_default")
    installation.renew()
    assert installation.uuid != uuid
    assert installation.printer_id("_default") == printer
    again = Installation(file, CONTAINER)
    assert again.uuid == installation.uuid
    assert again.printer_id("_default") != printer


def test_what_a_machine_tells(tmp_path: Path) -> None:
    assert Machine.here(tmp_path) == Machine()
    for name, content in (
        ("etc/machine-id", "system-1\n"),
        ("proc/cpuinfo", "processor\t: 0\nSerial\t\t: 00000000deadbeef\n"),
        ("sys/class/net/eth0/address", "b8:27:eb:00:00:01\n"),
        ("sys/class/net/docker0/address", "02:42:00:00:00:01\n"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    (tmp_path / "sys/class/net/eth0/device").mkdir()
    machine = Machine.here(tmp_path)
    assert machine == Machine("00000000deadbeef", "system-1", frozenset({"b8:27:eb:00:00:01"}))
    assert Machine.of(machine.to_json()) == machine
    assert "deadbeef" not in machine.fingerprint
    (tmp_path / "proc/cpuinfo").write_text("Serial : 0000000000000000")
    assert Machine.here(tmp_path).serial == ""
    assert Machine.here(tmp_path).fingerprint == ""
    (tmp_path / "proc/device-tree").mkdir()
    (tmp_path / "proc/device-tree/serial-number").write_text("10000000abcdef\0")
    assert Machine.here(tmp_path).serial == "10000000abcdef"


@pytest.mark.parametrize("content", ["", "[]", "7", '{"uuid": null}', '{"uuid": "u", "machine": 7}'])
def test_a_broken_installation_begins_anew(tmp_path: Path, content: str) -> None:
    file = tmp_path / "installation.json"
    file.write_text(content)
    assert Installation(file).uuid == Installation(file).uuid


def test_each_printers_newest_state_is_kept_and_comes_back(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    for number in range(50):
        store.save(
            WatchState("one", Phase.WATCHING, print_id="a", print_name=str(number), holds=("heating",))
        )
    store.save(WatchState("two", print_name="other"))
    store.close()
    state = StateStore(tmp_path).load("one")
    assert (state.print_name, state.print_id) == ("49", "a")
    assert (state.phase, state.holds) == (Phase.WATCHING, ("heating",)), "the monitor puts it to rest"
    assert StateStore(tmp_path).load("two").print_name == "other"
    assert StateStore(tmp_path).load("three") == WatchState("three")


def test_a_state_comes_back_though_the_disk_has_not_taken_it_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()
    monkeypatch.setattr(state_store, "write_json", lambda *_: free.wait(PATIENCE))
    store = StateStore(tmp_path)
    try:
        store.save(WatchState("one", Phase.WATCHING, print_name="old"))
        store.save(WatchState("one", Phase.WATCHING, print_name="new"))
        state = store.load("one")
    finally:
        free.set()
        store.close()
    assert (state.print_name, state.phase) == ("new", Phase.WATCHING)


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"phase": "dancing"})])
def test_a_broken_state_begins_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "printer-one.json").write_text(content)
    assert StateStore(tmp_path).load("one") == WatchState("one")
