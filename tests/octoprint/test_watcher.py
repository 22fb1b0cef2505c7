"""The watch goes on through every change of settings, good or bad, one at a time or several at once."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from octoprint.events import Events

from octoprint_failwatch import plugin as plugins
from octoprint_failwatch.engine.clock import Clock
from octoprint_failwatch.engine.detectors.single_use_pictures import SingleUsePictures
from octoprint_failwatch.engine.history.records import PrintRecord
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.monitor import ActionFailed
from octoprint_failwatch.engine.watch.policy import Action
from octoprint_failwatch.engine.watch.state import SWITCHED_OFF, Event, EventKind, Phase, WatchState
from octoprint_failwatch.engine.watch.transitions import rest
from octoprint_failwatch.engine.watch.watch import Watch
from octoprint_failwatch.printer import print_control
from octoprint_failwatch.printer.gentle_pause import GentlePause, Modes
from octoprint_failwatch.printer.pause_scripts import PauseScripts
from octoprint_failwatch.printer.print_identity import Job, PrintIdentities
from octoprint_failwatch.printer.sent_commands import SentCommands
from octoprint_failwatch.watching import runtime as services
from octoprint_failwatch.watching import watcher as watchers
from octoprint_failwatch.watching.at_commands import FILE_ORDER
from octoprint_failwatch.watching.holds import HEATING, TOO_EARLY, Holds
from octoprint_failwatch.watching.installation import Installation
from octoprint_failwatch.watching.octoprint_access import PrinterProfile
from octoprint_failwatch.watching.print_events import Lifecycle
from octoprint_failwatch.watching.runtime import Service
from octoprint_failwatch.watching.snapshots import Snapshots
from octoprint_failwatch.watching.state_store import StateStore
from octoprint_failwatch.watching.watcher import Watcher
from tests.octoprint.fake_host import FakeDetector, FakeHost, picture
from tests.patience import PATIENCE, eventually

SPEED = 100.0


@pytest.fixture(autouse=True)
def detectors(monkeypatch: pytest.MonkeyPatch) -> list[FakeDetector]:
    """Return the detectors that were made, the newest last."""
    made: list[FakeDetector] = []

    def make(*_: Any) -> FakeDetector:
        made.append(FakeDetector())
        return made[-1]

    monkeypatch.setattr(watchers, "create_detector", make)

    async def snapshot(_self: Snapshots, name: str) -> bytes:
        return picture(name)

    monkeypatch.setattr(Snapshots, "snapshot", snapshot)
    return made


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path)


@pytest_asyncio.fixture
async def watcher(host: FakeHost) -> AsyncIterator[Watcher]:
    installation = Installation(host.data_folder / "installation.json")
    watcher = Watcher(host, Clock(SPEED), installation, SingleUsePictures(lambda name: name))
    await watcher.open()
    yield watcher
    await watcher.close()


def following(watcher: Watcher, scripts: PauseScripts | None = None) -> Lifecycle:
    """Return what follows the events of the watcher's OctoPrint."""
    identities = PrintIdentities(watcher.host.data_folder / "print.json")
    scripts = scripts or PauseScripts(lambda: None, dict, Modes(), lambda _: None)
    return Lifecycle(watcher, identities, Holds(watcher, SentCommands()), scripts)


async def failing(
    watcher: Watcher, host: FakeHost, detectors: list[FakeDetector], **settings: Any
) -> Lifecycle:
    """Begin a print that looks as bad as can be; return what follows its events."""
    host.stored |= settings
    await watcher.rebuild()
    detectors[-1].p = 1.0
    lifecycle = following(watcher)
    await lifecycle.take(Events.PRINT_STARTED, {"path": "file.gcode", "origin": "local"})
    watcher.monitor.release(HEATING)
    return lifecycle


def running() -> int:
    """Return how many monitors run."""
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    return names.count("Monitor.run")


async def test_settings_that_change_twice_at_once_leave_one_watch(watcher: Watcher) -> None:
    await asyncio.gather(watcher.rebuild(), watcher.rebuild(), watcher.rebuild())
    assert running() == 1


async def test_another_printer_in_the_middle_of_changed_settings_is_the_one_that_is_watched(
    watcher: Watcher, host: FakeHost
) -> None:
    await asyncio.gather(watcher.rebuild(), watcher.use_printer(PrinterProfile("other", "Other")))
    assert running() == 1
    assert watcher.state.printer_id == watcher.printer_id


async def test_a_detector_that_cannot_be_closed_ends_no_watch(
    watcher: Watcher, detectors: list[FakeDetector], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails() -> None:
        raise OSError("no space left")

    monkeypatch.setattr(detectors[-1], "close", fails)
    await watcher.rebuild()
    watcher.monitor.start("print", "cube")
    await eventually(lambda: bool(detectors[-1].asked))


async def test_a_watch_that_breaks_down_is_begun_again(
    watcher: Watcher, detectors: list[FakeDetector], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octoprint_failwatch.engine.monitor.AGAIN_AFTER", 0.0)
    whole, broken = Watch.watch, [True]

    async def watch(one: Watch) -> None:
        if broken and broken.pop():
            raise RuntimeError("a mistake")
        await whole(one)

    monkeypatch.setattr(Watch, "watch", watch)
    await watcher.rebuild()
    watcher.monitor.start("print", "cube")
    await eventually(lambda: bool(detectors[-1].asked))
    assert not broken


async def test_a_print_is_paused_though_nobody_can_be_told(
    watcher: Watcher, host: FakeHost, detectors: list[FakeDetector], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("full")

    host.stored["on_failure"] = "pause"
    await watcher.rebuild()
    detectors[-1].p = 1.0
    watcher.monitor.start("print", "cube")
    monkeypatch.setattr(watcher.monitor._recorder, "record", fails)
    monkeypatch.setattr(host, "changed", fails)
    await eventually(lambda: host.printer.state == "PAUSED")


async def test_a_print_is_not_told_to_be_paused_before_it_is_and_the_state_outlasts_a_restart(
    watcher: Watcher, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host.printer, "get_state_id", lambda: "PRINTING")
    monkeypatch.setattr(print_control, "LOOKS", 2)
    with pytest.raises(ActionFailed, match="still reports printing"):
        await watcher.act(Action.PAUSE)
    watcher.monitor.start("print-1", "file.gcode")
    store = StateStore(host.data_folder)
    await eventually(lambda: store._path(watcher.printer_id).exists())
    await eventually(lambda: store.load(watcher.printer_id).print_id == "print-1")
    store.close()


async def test_a_cancel_whose_end_comes_before_the_printer_was_looked_at_is_told_as_such(
    watcher: Watcher, host: FakeHost, detectors: list[FakeDetector], monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered, told = asyncio.Event(), []

    async def never_seen(*_: Any) -> None:
        ordered.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(watchers, "carry_out", never_seen)
    monkeypatch.setattr(host, "changed", lambda _, events: told.extend(event.kind for event in events))
    lifecycle = await failing(watcher, host, detectors, on_failure="cancel")
    await eventually(ordered.is_set)
    await lifecycle.take(Events.PRINT_CANCELLED, {"path": "file.gcode"})
    assert told[-2:] == [EventKind.ACTION, EventKind.ENDED]


async def test_a_print_is_looked_at_though_its_pause_is_told_after_the_resume(
    watcher: Watcher, host: FakeHost, detectors: list[FakeDetector]
) -> None:
    """OctoPrint tells of a pause once all moves are made: the printer's own button may have resumed by then."""
    lifecycle = following(watcher)
    await lifecycle.take(Events.PRINT_STARTED, {"path": "file.gcode", "origin": "local"})
    watcher.monitor.release(HEATING)
    await lifecycle.take(Events.PRINT_RESUMED, {})
    await lifecycle.take(Events.PRINT_PAUSED, {})
    assert watcher.state.phase is Phase.WATCHING
    asked = len(detectors[-1].asked)
    await eventually(lambda: len(detectors[-1].asked) > asked)
    assert watcher.state.phase is Phase.WATCHING
    host.printer.state = "PAUSING"
    await lifecycle.take(Events.PRINT_PAUSED, {})
    assert watcher.state.phase is Phase.PAUSED


async def test_a_pause_that_a_lost_connection_cut_short_pauses_no_later_print(
    watcher: Watcher, host: FakeHost
) -> None:
    """OctoPrint waits ten seconds for the position of the head, and tells of the pause then."""
    lifecycle = following(watcher)
    await lifecycle.take(Events.PRINT_STARTED, {"path": "file.gcode", "origin": "local"})
    await lifecycle.take(Events.DISCONNECTED, {})
    for state in ("STARTING", "PRINTING"):
        host.printer.state = state
        await lifecycle.take(Events.PRINT_STARTED, {"path": f"{state}.gcode", "origin": "local"})
        await lifecycle.take(Events.PRINT_PAUSED, {"path": f"{state}.gcode"})
        assert watcher.state.phase is Phase.WATCHING
    host.printer.state = "PAUSED"
    await lifecycle.take(Events.PRINT_PAUSED, {"path": "PRINTING.gcode"})
    assert watcher.state.phase is Phase.PAUSED


async def test_a_print_that_nobody_told_of_is_watched_all_the_same(
    watcher: Watcher, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancel that a lost connection cut short is told seconds later, as one of the print that runs by then."""
    looks: list[Phase] = []
    job = host.job

    def seen() -> Job | None:
        looks.append(watcher.state.phase)
        return job() if host.printer.state == "PRINTING" else None

    monkeypatch.setattr(host, "job", seen)
    monkeypatch.setattr("octoprint_failwatch.watching.print_events.FOLLOW_EVERY", 0.001)
    lifecycle = following(watcher)
    await lifecycle.take(Events.PRINT_STARTED, {"path": "file.gcode", "origin": "sdcard"})
    await lifecycle.take(Events.PRINT_CANCELLED, {"path": "file.gcode"})
    host.printer.state = "OPERATIONAL"
    task = asyncio.create_task(lifecycle.follow_job())
    looks.clear()
    await eventually(lambda: len(looks) > 5)
    assert set(looks) == {Phase.IDLE}, "nothing runs"
    looks.clear()
    host.printer.state = "PRINTING"
    await eventually(lambda: watcher.state.phase is Phase.WATCHING)
    assert looks[:2] == [Phase.IDLE] * 2, "what OctoPrint is about to tell is waited for"
    begun = watcher.state.print_id
    looks.clear()
    await eventually(lambda: len(looks) > 5)
    task.cancel()
    monkeypatch.setattr("octoprint_failwatch.printer.print_identity.DUPLICATE_WITHIN", -1.0)
    started = {"path": "file.gcode", "origin": "sdcard"}
    host.printer.state = "PAUSED"
    await lifecycle.take(Events.PRINT_PAUSED, {})
    await lifecycle.take(Events.PRINT_STARTED, started)
    assert (watcher.state.print_id, watcher.state.phase) == (begun, Phase.PAUSED), "its start is told of late"
    await lifecycle.take(Events.PRINT_STARTED, started)
    assert watcher.state.print_id != begun


async def test_a_print_is_called_as_octoprint_shows_it(
    watcher: Watcher, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told of a print from the printer's card names it as the card does: in eight capitals."""
    monkeypatch.setattr(host, "job", lambda: Job("MYTOWE~1.GCO", "sdcard", "My tower.gcode"))
    lifecycle = following(watcher)
    started = {"path": "MYTOWE~1.GCO", "origin": "sdcard", "name": "MYTOWE~1.GCO"}
    await lifecycle.take(Events.PRINT_STARTED, started)
    assert watcher.state.print_name == "My tower.gcode"
    await lifecycle.take(Events.PRINT_DONE, started)
    await lifecycle.take(Events.PRINT_STARTED, {**started, "path": "OTHER.GCO", "name": "OTHER.GCO"})
    assert watcher.state.print_name == "OTHER.GCO", "that is not the one that OctoPrint shows"


@pytest.mark.parametrize("left", ["another.gcode", "file.gcode"])
async def test_a_print_that_nobody_told_of_is_watched_though_one_was_left_before_a_crash(
    watcher: Watcher, host: FakeHost, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    """OctoPrint was killed in mid print, and is connected to a printer that prints from its card by then."""
    await following(watcher).take(Events.PRINT_STARTED, {"path": left, "origin": "sdcard"})
    crashed = watcher.state.print_id
    watcher.monitor.state = rest(watcher.state)
    monkeypatch.setattr("octoprint_failwatch.watching.print_events.FOLLOW_EVERY", 0.001)
    lifecycle = following(watcher)
    await lifecycle.watch_it()
    assert watcher.state.phase is Phase.IDLE, "what was left is not the print that runs"
    task = asyncio.create_task(lifecycle.follow_job())
    await eventually(lambda: watcher.state.phase is Phase.WATCHING)
    task.cancel()
    assert watcher.state.print_name == "file.gcode"
    assert (watcher.state.print_id == crashed) is (left == "file.gcode")

    async def prints() -> list[PrintRecord]:
        return await asyncio.to_thread(watcher.history.prints)

    recorded = await eventually(prints, lambda prints: len(prints) == 1 + (left != "file.gcode"))
    assert [one.print_id for one in recorded if one.ended_at is None] == [watcher.state.print_id]


@pytest.mark.parametrize("origin", ["local", "sdcard"])
async def test_a_print_that_ended_while_octoprint_was_off_is_told_as_over_once_that_is_certain(
    watcher: Watcher,
    host: FakeHost,
    detectors: list[FakeDetector],
    monkeypatch: pytest.MonkeyPatch,
    origin: str,
) -> None:
    """Whoever shows a message about it has no other news of its end. One from the card may go on."""
    told: list[Event] = []
    states: list[str] = []

    def job() -> Job | None:
        states.append(host.printer.state)
        return Job("file.gcode", origin, position=2) if host.printer.state == "PRINTING" else None

    monkeypatch.setattr(host, "job", job)
    monkeypatch.setattr(host, "changed", lambda _, events: told.extend(events))
    monkeypatch.setattr("octoprint_failwatch.watching.print_events.FOLLOW_EVERY", 0.001)
    before = following(watcher)
    await before.take(Events.PRINT_STARTED, {"path": "file.gcode", "origin": origin})
    watcher.monitor.release(HEATING)
    await eventually(lambda: bool(detectors[-1].asked) and watcher.state.look is not None)
    await watcher.close()
    left = watcher.state
    host.printer.state = "OFFLINE"
    installation = Installation(host.data_folder / "installation.json")
    after = Watcher(host, Clock(SPEED), installation, SingleUsePictures(lambda name: name))
    await after.open()
    lifecycle = following(after)
    task = asyncio.create_task(lifecycle.follow_job())
    await eventually(lambda: states.count("OFFLINE") > 5)
    assert after.state.print_id == left.print_id
    host.printer.state = "OPERATIONAL"
    if origin == "local":
        await eventually(lambda: after.state.print_id is None)
        assert states.count("OPERATIONAL") >= 2
        assert [event.detail for event in told if event.kind is EventKind.ENDED] == ["no_status"]
        kept = PrintIdentities(host.data_folder / "print.json").current
        assert kept is not None
        assert kept.ended

        async def record() -> PrintRecord:
            return (await asyncio.to_thread(after.history.prints))[0]

        recorded = await eventually(record, lambda record: record.outcome == "no_status")
        assert left.look is not None
        assert recorded.ended_at == left.look.at, "nothing is known of it after that"
    else:
        await eventually(lambda: states.count("OPERATIONAL") > 5)
        host.printer.state = "PRINTING"
        await eventually(lambda: after.state.phase is Phase.WATCHING)
        assert after.state.print_id == left.print_id
    task.cancel()
    await after.close()


async def test_an_unanswered_pause_cancels_no_print_that_was_resumed_before_octoprint_told_so(
    watcher: Watcher, host: FakeHost, detectors: list[FakeDetector], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[EventKind] = []
    monkeypatch.setattr(host, "changed", lambda _, events: told.extend(event.kind for event in events))
    lifecycle = await failing(watcher, host, detectors, on_failure="pause", cancel_after_minutes=5.0)
    await eventually(lambda: host.printer.state == "PAUSED")
    await lifecycle.take(Events.PRINT_PAUSED, {})
    host.printer.state = "PRINTING"
    await eventually(lambda: watcher.state.intervention.ordered is not None)
    await lifecycle.take(Events.PRINT_RESUMED, {})
    await eventually(lambda: not watcher.monitor._acting)
    assert host.printer.state == "PRINTING"
    assert EventKind.ACTION_FAILED not in told


async def test_a_print_that_is_being_paused_is_not_cancelled_behind_the_users_back(
    watcher: Watcher, host: FakeHost, detectors: list[FakeDetector], monkeypatch: pytest.MonkeyPatch
) -> None:
    """OctoPrint tells of a pause once all moves are made: the time to say no may be over by then."""
    told: list[EventKind] = []

    def changed(_: WatchState, events: Sequence[Event]) -> None:
        told.extend(event.kind for event in events)
        if EventKind.COUNTDOWN in [event.kind for event in events]:
            host.printer.state = "PAUSING"

    monkeypatch.setattr(host, "changed", changed)
    lifecycle = await failing(watcher, host, detectors, on_failure="cancel", veto=30.0)
    await eventually(lambda: watcher.state.intervention.ordered is not None)
    host.printer.state = "PAUSED"
    await lifecycle.take(Events.PRINT_PAUSED, {})
    await eventually(lambda: not watcher.monitor._acting)
    assert watcher.state.intervention.ordered is None
    assert told[-1] is EventKind.CALLED_OFF
    assert EventKind.ACTION_FAILED not in told
    assert host.printer.state == "PAUSED"


async def test_a_resume_while_failwatchs_pause_is_on_its_way_calls_it_off(
    watcher: Watcher, host: FakeHost, detectors: list[FakeDetector], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be tried again and again, against whoever said that the print is fine."""
    ordered = asyncio.Event()

    async def never_seen(*_: Any) -> None:
        ordered.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(watchers, "carry_out", never_seen)
    lifecycle = await failing(watcher, host, detectors, on_failure="pause")
    await eventually(ordered.is_set)
    await lifecycle.take(Events.PRINT_RESUMED, {})
    assert watcher.state.intervention.ordered is None
    assert (watcher.state.phase, watcher.state.level) == (Phase.WATCHING, Level.NONE)


LATER = Path("later.gcode")


class Search:
    """Looks for a layer for as long as the test likes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.allowed = threading.Event(), threading.Event()
        monkeypatch.setattr("octoprint_failwatch.watching.holds.layer_position", self._look)

    def _look(self, file: Path, _layer: int) -> int:
        self.begun.set()
        if file != LATER:
            assert self.allowed.wait(PATIENCE)
            return 10**9
        return 0


@pytest.mark.parametrize("over", ["ended", "switched off", "followed"])
async def test_a_print_that_is_over_by_the_time_its_layer_is_found_is_not_watched(
    watcher: Watcher, host: FakeHost, monkeypatch: pytest.MonkeyPatch, over: str
) -> None:
    """Watching is switched on while it prints; a large file takes minutes on a small computer."""
    search, lifecycle = Search(monkeypatch), following(watcher)
    host.file = Path("file.gcode")
    host.stored |= {"watching": False, "when": {"after_layer": 2}}
    await watcher.rebuild()
    await lifecycle.take(Events.PRINT_STARTED, {"path": "file.gcode", "origin": "local"})
    host.stored["watching"] = True
    switched_on = asyncio.create_task(lifecycle.watch_it())
    await eventually(search.begun.is_set)
    if over == "switched off":
        host.stored["watching"] = False
        lifecycle.leave_it()
    else:
        await lifecycle.take(Events.PRINT_DONE, {"path": "file.gcode"})
    if over == "followed":
        host.file = LATER
        await lifecycle.take(Events.PRINT_STARTED, {"path": "later.gcode", "origin": "local"})
    search.allowed.set()
    await switched_on
    assert (watcher.state.phase is Phase.IDLE) is (over != "followed")
    if over == "followed":
        assert watcher.state.print_name == "later.gcode"
        lifecycle._holds.update()
        assert TOO_EARLY not in watcher.state.holds, "the other file's layer is not this one's"
    else:
        assert watcher.state.holds == ()
        host.stored["watching"] = True
        await lifecycle.take(Events.PRINT_STARTED, {"path": "another.gcode", "origin": "local"})
        assert watcher.state.phase is Phase.WATCHING


OFF, ON = {"parameters": "off"}, {"parameters": "on"}


async def test_a_print_that_follows_at_once_is_switched_off_by_its_own_file_alone(
    watcher: Watcher, host: FakeHost
) -> None:
    """OctoPrint's bus keeps the order, however long another plugin holds it up."""
    lifecycle = following(watcher)
    for path in ("file.gcode", "later.gcode"):
        await lifecycle.take(Events.PRINT_STARTED, {"path": path, "origin": "local"})
        assert SWITCHED_OFF not in watcher.state.holds
        await lifecycle.take(FILE_ORDER, OFF)
        assert SWITCHED_OFF in watcher.state.holds
        if path == "file.gcode":
            await lifecycle.take(Events.PRINT_DONE, {"path": path})
    host.printer.state = "PAUSED"
    await lifecycle.take(Events.PRINT_PAUSED, {})
    await lifecycle.take(Events.PRINT_STARTED, {"path": path, "origin": "local"})
    assert SWITCHED_OFF not in watcher.state.holds, "a restart of a paused print is another print"


async def test_a_file_that_switches_failwatch_off_is_heard_while_it_does_not_watch(
    watcher: Watcher, host: FakeHost
) -> None:
    lifecycle = following(watcher)
    host.stored["watching"] = False
    await lifecycle.take(Events.PRINT_STARTED, {"path": "file.gcode", "origin": "local"})
    await lifecycle.take(FILE_ORDER, OFF)
    for _ in range(2):
        host.stored["watching"] = True
        await lifecycle.watch_it()
        assert SWITCHED_OFF in watcher.state.holds
        lifecycle.leave_it()
    await lifecycle.take(FILE_ORDER, ON)
    await lifecycle.watch_it()
    assert SWITCHED_OFF not in watcher.state.holds
    lifecycle.leave_it()
    await lifecycle.take(FILE_ORDER, OFF)
    await lifecycle.take(Events.PRINT_DONE, {"path": "file.gcode"})
    await lifecycle.take(Events.PRINT_STARTED, {"path": "later.gcode", "origin": "local"})
    assert SWITCHED_OFF not in watcher.state.holds, "it was switched off for the print before"


async def test_an_end_of_an_older_print_changes_nothing_of_the_one_that_runs(watcher: Watcher) -> None:
    lifecycle = following(watcher)
    await lifecycle.take(Events.PRINT_STARTED, {"path": "later.gcode", "origin": "local"})
    await lifecycle.take(FILE_ORDER, OFF)
    await lifecycle.take(Events.PRINT_FAILED, {"path": "file.gcode", "reason": "error", "time": 1})
    assert watcher.state.phase is Phase.WATCHING
    lifecycle.leave_it()
    await lifecycle.watch_it()
    assert SWITCHED_OFF in watcher.state.holds


async def test_a_pause_that_failed_leaves_nothing_for_the_users_own(
    watcher: Watcher, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_control, "LOOKS", 1)
    told: list[str] = []
    monkeypatch.setattr(host, "about_to_pause", lambda: told.append("expect"))
    monkeypatch.setattr(host, "failed_to_pause", lambda: told.append("expect none"))
    states = iter(["PRINTING", "PRINTING", "PRINTING", "PRINTING", "PAUSING"])
    monkeypatch.setattr(host.printer, "get_state_id", lambda: next(states, "PAUSING"))
    with pytest.raises(ActionFailed):
        await watcher.act(Action.PAUSE)
    assert told == ["expect", "expect none"]
    with pytest.raises(ActionFailed):
        await watcher.act(Action.PAUSE)
    assert told == ["expect", "expect none", "expect"], "it is still on its way"


@pytest.mark.parametrize("overtakes", [False, True])
async def test_a_pause_that_the_printers_own_button_overtook_leaves_nothing_for_the_users_own(
    watcher: Watcher, overtakes: bool
) -> None:
    """OctoPrint runs no script of its own for a resume that the printer tells of."""
    scripts = PauseScripts(GentlePause, dict, Modes(), lambda _: None)
    lifecycle = following(watcher, scripts)
    await lifecycle.take(Events.PRINT_STARTED, {"path": "file.gcode", "origin": "local"})
    scripts.expect()
    if overtakes:
        await lifecycle.take(Events.PRINT_RESUMED, {})
    comm = SimpleNamespace(isSdFileSelected=lambda: False)
    assert (scripts.scripts(comm, "gcode", "afterPrintPaused") is None) is overtakes


async def test_the_last_picture_is_still_there_after_a_change_of_settings(watcher: Watcher) -> None:
    watcher.monitor.start("print", "cube")
    await eventually(lambda: bool(watcher.frames))
    watcher.monitor.pause()
    seen = dict(watcher.frames)
    await watcher.rebuild()
    assert watcher.frames == seen


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"history": {"days": -5}}, "days"),
        ({"when": {"after_layer": "second"}}, "after_layer"),
        ({"shaping": {"enabled": True, "retract": "much"}}, "retract"),
        ({"regions": [{"camera": "", "polygons": [[1, 2]]}]}, "regions"),
        ({"detector": {"kind": "super_api", "url": "http://[half"}}, ""),
    ],
)
async def test_settings_that_cannot_work_are_told_and_the_print_is_watched(
    watcher: Watcher, host: FakeHost, detectors: list[FakeDetector], wrong: dict[str, Any], says: str
) -> None:
    host.stored |= wrong
    await watcher.rebuild()
    assert says in str(watcher.problem)
    holds = Holds(watcher, SentCommands())
    await holds.prepare()
    holds.begin()
    watcher.monitor.start("print", "cube")
    watcher.monitor.release(HEATING)
    await eventually(lambda: bool(detectors[-1].asked))


async def test_a_detector_that_cannot_be_made_is_told_and_the_watch_is_blind(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise TypeError("'int' object is not iterable")

    monkeypatch.setattr(watchers, "create_detector", fails)
    await watcher.rebuild()
    assert "cannot be read" in str(watcher.problem)
    watcher.monitor.start("print", "cube")
    await eventually(lambda: watcher.state.phase is Phase.BLIND)


async def test_what_was_laid_before_the_start_was_told_says_that_heating_is_over(
    watcher: Watcher, host: FakeHost, tmp_path: Path
) -> None:
    host.file = tmp_path / "print.gcode"
    sent = SentCommands()
    holds = Holds(watcher, sent)
    sent.sent(None, "sent", "G1 X1 Y1 E1", "", "G1", tags={"source:file"})
    await holds.prepare()
    holds.begin()
    assert HEATING not in watcher.state.holds
    holds.end()
    await holds.prepare()
    holds.begin()
    assert HEATING in watcher.state.holds


async def test_a_layer_that_is_chosen_during_the_print_counts_at_once(
    watcher: Watcher, host: FakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octoprint_failwatch.watching.holds.EVERY", 0.01)
    host.file = tmp_path / "print.gcode"
    host.file.write_bytes(b";LAYER:0\nG1 X1 E1\n;LAYER:1\nG1 X2 E2\n")
    holds = Holds(watcher, SentCommands())
    await holds.prepare()
    holds.begin()
    watcher.monitor.start("print", "cube")
    assert TOO_EARLY not in watcher.state.holds
    following = asyncio.create_task(holds.run())
    host.stored["when"] = {"after_layer": 2}
    await watcher.rebuild()
    await eventually(lambda: TOO_EARLY in watcher.state.holds)
    host.stored["when"] = {"after_layer": ""}
    await watcher.rebuild()
    await eventually(lambda: TOO_EARLY not in watcher.state.holds)
    following.cancel()


def test_a_busy_detector_holds_up_nobody_who_changes_settings_and_the_watch_goes_on(
    host: FakeHost, detectors: list[FakeDetector], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SETTLED_WITHIN", 0.05)
    monkeypatch.setattr("octoprint_failwatch.watching.holds.EVERY", 0.01)
    scripts = PauseScripts(lambda: None, dict, Modes(), lambda _: None)
    service = Service(host, SingleUsePictures(lambda name: name), scripts, SentCommands())  # type: ignore[arg-type]
    service.start()
    try:
        busy = detectors[-1]
        busy.lets_go.clear()
        service.settings_changed()
        assert len(detectors) == 1, "the new one waits for the old one"
        busy.lets_go.set()
        asyncio.run(eventually(lambda: len(detectors) == 2 and bool(detectors[1].asked)))
        assert service.ask(lambda watcher: watcher.state.phase) is Phase.WATCHING
    finally:
        service.stop()


def test_a_file_that_takes_long_to_search_holds_up_no_start_and_its_print_is_watched(
    host: FakeHost, detectors: list[FakeDetector], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another plugin has begun to print before this one is started."""
    monkeypatch.setattr(services, "SETTLED_WITHIN", 0.05)
    monkeypatch.setattr("octoprint_failwatch.watching.holds.EVERY", 0.01)
    search = Search(monkeypatch)
    host.file = Path("file.gcode")
    host.stored["when"] = {"after_layer": 2, "heating": True}
    scripts = PauseScripts(lambda: None, dict, Modes(), lambda _: None)
    service = Service(host, SingleUsePictures(lambda name: name), scripts, SentCommands())  # type: ignore[arg-type]
    service.start()
    try:
        assert search.begun.wait(PATIENCE)
        assert service.ask(lambda watcher: watcher.state.phase) is Phase.IDLE
        host.position = 10**9
        search.allowed.set()
        asyncio.run(eventually(lambda: bool(detectors[-1].asked)))
        host.printer.state = "PAUSED"
        service.hand_over(Events.PRINT_PAUSED, {})
        asyncio.run(eventually(lambda: service.ask(lambda watcher: watcher.state.phase) is Phase.PAUSED))
    finally:
        search.allowed.set()
        service.stop()


def test_a_print_that_begins_while_the_watch_is_opened_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin, handed = plugins.FailWatchPlugin(), []

    class Opening:
        installation = SimpleNamespace(uuid="one")
        instance = "this"

        def __init__(self, *_: Any) -> None: ...

        def start(self) -> None:
            plugin.on_event(Events.PRINT_STARTED, {"path": "cube.gcode"})

        def hand_over(self, event: str, payload: Any) -> None:
            handed.append((event, payload["path"]))

    monkeypatch.setattr(plugins, "Service", Opening)
    monkeypatch.setattr(plugins, "OctoPrintHost", lambda _: None)
    monkeypatch.setattr(plugins, "announce", lambda *_: None)
    plugin._settings = SimpleNamespace(global_get=lambda _: None)
    plugin._plugin_manager = None
    plugin.on_after_startup()
    assert handed == [(Events.PRINT_STARTED, "cube.gcode")]


def test_events_are_followed_although_a_print_that_ran_already_could_not_be_found(
    host: FakeHost, detectors: list[FakeDetector], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_: Lifecycle) -> None:
        raise OSError("Input/output error")

    monkeypatch.setattr(Lifecycle, "catch_up", fails)
    scripts = PauseScripts(lambda: None, dict, Modes(), lambda _: None)
    service = Service(host, SingleUsePictures(lambda name: name), scripts, SentCommands())  # type: ignore[arg-type]
    service.start()
    try:
        service.hand_over(Events.PRINT_STARTED, {"path": "file.gcode", "origin": "local"})
        asyncio.run(eventually(lambda: bool(detectors[-1].asked)))
    finally:
        service.stop()
