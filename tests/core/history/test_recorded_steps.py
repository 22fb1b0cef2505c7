"""What is recorded step by step, and what an archive or a table of labels brings, at each of their limits."""

import csv
import io
import json
import sqlite3
import threading
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from octoprint_failwatch.engine.history import (
    EntryKind,
    History,
    HistoryError,
    Label,
    RecordedSettings,
    Recorder,
    Retention,
    exchange,
    schema,
)
from octoprint_failwatch.engine.history.course import LEVEL, PICTURES, P, print_course, thinned
from octoprint_failwatch.engine.history.recorder import STANDS_EVERY
from octoprint_failwatch.engine.history.store import MAX_PENDING
from octoprint_failwatch.engine.judging.judge import Memory
from octoprint_failwatch.engine.judging.latch import Latch
from octoprint_failwatch.engine.judging.published_rules import ObicoRules
from octoprint_failwatch.engine.judging.verdict import Level, Verdict
from octoprint_failwatch.engine.models import Box, Frame
from octoprint_failwatch.engine.statistics import TemporalStatistics
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import (
    Blind,
    CameraView,
    Event,
    EventKind,
    Look,
    Phase,
    WatchState,
)
from tests.core.watching import VirtualClock

BEGAN = 1000.0
RUNNING = WatchState(
    printer_id="printer", print_id="one", print_name="cube", phase=Phase.WATCHING, started_at=BEGAN
)
BOX = Box(0.1, 0.2, 0.3, 0.4, 0.9)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """Return an empty history."""
    made = History(tmp_path / "history.db")
    yield made
    made.close()


class Record:
    """A recorder that is told of a print by hand."""

    def __init__(self, history: History, state: WatchState | None = None) -> None:
        self.history = history
        self.state = state or WatchState(printer_id="printer")
        self.clock = VirtualClock(BEGAN)
        settings = RecordedSettings.of(WatchSettings(), "script")
        self.recorder = Recorder(history, self.state, settings, source="test", clock=self.clock)

    def step(self, state: WatchState, *events: Event, jpeg: bytes | None = None) -> list[str]:
        """Record a step, and return the kinds of what is noted with it."""
        known = self.kinds()
        frames = {} if jpeg is None else {"": Frame(jpeg, self.clock.time, "printer", "one")}
        self.state = state
        self.recorder.record(state, events, frames)
        return self.kinds()[len(known) :]

    def look(
        self, at: float, level: Level = Level.NONE, *, stands: Level | None = None, number: int = 1
    ) -> list[str]:
        """Record a look of this time, with this verdict."""
        self.clock.time = at
        look = Look(
            number,
            at,
            0.123456,
            (CameraView("", 0.5, (BOX,)),),
            TemporalStatistics(0.234567, prediction_num=number),
            Verdict(level, usual=0.345678, limit=0.456789),
            0.1,
        )
        latch = self.state.latch if stands is None else Latch(stands, at)
        return self.step(replace(self.state, look=look, latch=latch), jpeg=b"jpeg")

    def kinds(self) -> list[str]:
        """Return the kinds of all that is noted of the print."""
        self.history.settle()
        return [entry.kind for entry in self.history.entries("one")]

    def pictured(self) -> list[float]:
        """Return the times of the frames whose picture is kept."""
        self.history.settle()
        return [frame.look.at for frame in self.history.frames("one") if frame.pictures]


def begun(history: History) -> Record:
    """Return the record of a print that began."""
    record = Record(history)
    noted = record.step(RUNNING, Event(EventKind.STARTED, BEGAN, "one", "cube"))
    assert noted == [EntryKind.SETTINGS, EntryKind.STANDING, EventKind.STARTED]
    return record


def query(path: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


# Entries


@pytest.mark.parametrize(
    ("before", "after", "noted"),
    [
        ({}, {"snoozed_until": 2000.0}, [EntryKind.SNOOZED, EntryKind.STANDING]),
        ({"snoozed_until": 2000.0}, {"snoozed_until": None}, [EntryKind.SNOOZED, EntryKind.STANDING]),
        ({}, {"muted": True}, [EntryKind.MUTED, EntryKind.STANDING]),
        ({"muted": True}, {"muted": False}, [EntryKind.MUTED, EntryKind.STANDING]),
        ({}, {"phase": Phase.PAUSED}, [EntryKind.PAUSED]),
        ({"phase": Phase.PAUSED}, {"phase": Phase.WATCHING}, [EntryKind.RESUMED]),
        ({"phase": Phase.PAUSED}, {"since": 5.0}, []),
        ({}, {"phase": Phase.BLIND}, []),
        ({}, {"holds": ("heating",)}, [EntryKind.HOLDS]),
        ({}, {"holds": ("command",)}, [EntryKind.HOLDS, EntryKind.STANDING]),
        ({}, {"memory": Memory(answers=1)}, [EntryKind.STANDING]),
        ({}, {"next_look_at": 7.0}, []),
    ],
)
def test_what_changes_between_looks_is_noted_once(
    history: History, before: dict[str, Any], after: dict[str, Any], noted: Sequence[str]
) -> None:
    """With all that is known where that changed, and nothing where nothing is to be replayed."""
    record = begun(history)
    record.step(replace(RUNNING, **before))
    assert record.step(replace(RUNNING, **(before | after))) == list(noted)


def test_a_change_is_noted_with_its_value_and_the_frame_that_it_came_after(history: History) -> None:
    record = begun(history)
    record.step(replace(RUNNING, holds=("heating",)))
    record.step(RUNNING)
    record.look(1010.0)
    record.step(replace(record.state, muted=True))
    (frame,) = history.frames("one")
    entries = [(entry.kind, entry.data, entry.after_frame) for entry in history.entries("one")][3:]
    assert entries[:3] == [
        (EntryKind.HOLDS, ["heating"], 0),
        (EntryKind.HOLDS, [], 0),
        (EntryKind.MUTED, True, frame.id),
    ]


def test_a_print_that_goes_on_is_noted_with_the_settings_that_are_in_force_now(history: History) -> None:
    begun(history)
    again = Record(history, RUNNING)
    assert again.kinds()[3:] == [EntryKind.SETTINGS, EntryKind.STANDING]
    assert len(history.prints()) == 1


def test_without_a_print_nothing_is_noted(history: History) -> None:
    record = Record(history)
    record.step(replace(record.state, muted=True), Event(EventKind.SEEING, 5.0, None))
    assert history.prints() == []


def test_a_print_that_ends_with_a_silence_is_noted_to_have_ended(history: History) -> None:
    record = begun(history)
    record.step(replace(RUNNING, muted=True))
    ended = Event(EventKind.ENDED, 1100.0, "one", "failed")
    noted = record.step(replace(RUNNING, print_id=None, phase=Phase.IDLE), ended)
    assert noted == [EventKind.ENDED, EntryKind.STANDING]
    (print_record,) = history.prints()
    assert (print_record.ended_at, print_record.outcome) == (1100.0, "failed")


def test_all_that_is_known_is_noted_every_so_many_looks(history: History) -> None:
    record = begun(history)
    for number, noted in (
        (STANDS_EVERY - 1, []),
        (STANDS_EVERY, [EntryKind.STANDING]),
        (STANDS_EVERY + 1, []),
        (2 * STANDS_EVERY, [EntryKind.STANDING]),
    ):
        assert record.look(BEGAN + 10.0 * number, number=number) == noted


def test_the_last_print_of_a_printer_that_was_never_ended_ends_with_its_last_frame(history: History) -> None:
    record = begun(history)
    record.look(1050.0)
    record.clock.time = 2000.0
    record.step(replace(RUNNING, print_id="two", started_at=None))
    two, one = history.prints()
    assert (one.ended_at, two.started_at, two.ended_at) == (1050.0, 2000.0, None)
    record.step(replace(RUNNING, print_id="three", started_at=3000.0))
    record.step(replace(RUNNING, print_id="four", printer_id="another", started_at=4000.0))
    four, three, two, _ = history.prints()
    assert (two.ended_at, three.ended_at, four.ended_at) == (2000.0, None, None)
    assert two.name == "cube"


@pytest.mark.parametrize(
    ("said", "level", "blind", "label"),
    [
        ("failure", Level.NONE, False, Label(failed=True, failed_from=1040.0)),
        ("failure", Level.FAILURE, True, Label(failed=True, failed_from=1040.0)),
        ("not_a_failure", Level.MAYBE, False, Label(failed=False)),
        ("not_a_failure", Level.NONE, False, Label(failed=False)),
        ("not_a_failure", Level.MAYBE, True, Label(failed=False)),
        ("not_a_failure", Level.NONE, True, None),
        ("resumed", Level.FAILURE, False, None),
        ("cleared", Level.FAILURE, False, None),
    ],
)
def test_what_people_answer_labels_the_print_where_it_is_about_the_print(
    history: History, said: str, level: Level, blind: bool, label: Label | None
) -> None:
    record = begun(history)
    state = replace(RUNNING, blind=Blind("dark", "", 1.0) if blind else None, latch=Latch(since=1040.0))
    record.step(state, Event(EventKind.ACKNOWLEDGED, 1050.0, "one", said, level))
    assert history.print("one").label == label
    record.step(state, Event(EventKind.ACKNOWLEDGED, 1060.0, "one", "withdrawn", level))
    assert history.print("one").label is None


# Pictures


def test_pictures_of_a_minute_before_and_after_a_change_are_kept(history: History) -> None:
    """To the second; away from changes one in two minutes."""
    record = begun(history)
    for at in (1000.0, 1119.9, 1120.0, 1139.9, 1140.0, 1150.0):
        record.look(at)
    assert record.pictured() == [1000.0, 1120.0]
    for at in (1200.0, 1260.0, 1260.1, 1320.0, 1379.9, 1390.0):
        record.look(at, Level.MAYBE)
    assert record.pictured() == [1000.0, 1120.0, 1140.0, 1150.0, 1200.0, 1260.0, 1260.1, 1390.0]
    near = query(
        history.path, "SELECT at FROM frames JOIN pictures ON frame = frames.id WHERE near_change ORDER BY at"
    )
    assert [at for (at,) in near] == [1140.0, 1150.0, 1200.0, 1260.0]


@pytest.mark.parametrize(
    "kind",
    [EventKind.MAYBE, EventKind.FAILURE, EventKind.CLEARED, EventKind.ACKNOWLEDGED, EventKind.ACTION],
)
@pytest.mark.parametrize("changes", [True, False])
def test_what_people_are_told_and_answer_is_a_change_as_well(
    history: History, kind: EventKind, changes: bool
) -> None:
    record = begun(history)
    record.look(1000.0)
    record.look(1010.0)
    event = Event(kind if changes else EventKind.SEEING, 1015.0, "one")
    record.clock.time = 1015.0
    record.step(replace(record.state, since=5.0), event)
    record.look(1020.0)
    assert record.pictured() == ([1000.0, 1010.0, 1020.0] if changes else [1000.0])


def test_another_print_keeps_no_picture_for_the_change_of_one_before(history: History) -> None:
    record = begun(history)
    for at in (1000.0, 1010.0):
        record.look(at)
    record.step(replace(RUNNING, print_id="two"))
    record.look(1020.0, Level.MAYBE)
    assert record.pictured() == [1000.0]
    history.settle()
    assert [frame.pictures for frame in history.frames("two")] == [("",)]
    assert query(history.path, "SELECT sum(near_change) FROM pictures") == [(0,)], "the first verdict is none"


def test_where_no_pictures_are_wanted_or_the_disk_is_too_slow_none_is_kept(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = begun(history)
    history.retention = Retention(picture_every=None)
    record.look(1000.0)
    history.retention = Retention()
    with monkeypatch.context() as slow:
        slow.setattr(History, "is_behind", True)
        record.look(2000.0)
    record.look(3000.0)
    assert record.pictured() == [3000.0]
    assert len(list(history.frames("one"))) == 3


def test_pictures_are_left_out_once_so_many_frames_wait_for_the_disk(history: History) -> None:
    go_on = threading.Event()
    history.write(lambda _: go_on.wait())
    for _ in range(MAX_PENDING - 1):
        history.write(lambda _: None)
    assert not history.is_behind
    history.write(lambda _: None)
    assert history.is_behind
    go_on.set()
    history.settle()
    assert not history.is_behind


def test_prints_are_found_by_printer_and_by_time(history: History) -> None:
    record = Record(history)
    for number, printer in enumerate(("left", "right", "left")):
        record.step(replace(RUNNING, print_id=f"{number}", printer_id=printer, started_at=1000.0 + number))
    history.settle()
    assert [one.print_id for one in history.prints()] == ["2", "1", "0"]
    assert [one.print_id for one in history.prints(printer_id="left")] == ["2", "0"]
    assert [one.print_id for one in history.prints(before=1002.0)] == ["1", "0"]
    assert [one.print_id for one in history.prints(limit=1)] == ["2"]
    assert history.standing("none") is None


# For a page


def test_a_page_gets_short_numbers_and_the_boxes_of_pictures_that_were_kept(history: History) -> None:
    record = begun(history)
    record.look(1000.0, Level.NONE)
    record.look(1010.0, Level.NONE)
    history.settle()
    first, second = print_course(history, "one")["frames"]
    assert first[2:4] + first[7:] == [0.1235, 0.2346, 0.3457, 0.4568]
    (box,) = first[6][""]
    assert (box["x_min"], box["score"]) == (0.1, 0.9)
    assert (second[5], second[6]) == ([], {})


@pytest.mark.parametrize(("number", "stay"), [(9, 9), (10, 10), (11, 5)])
def test_as_many_frames_as_a_page_may_have_all_stay(number: int, stay: int) -> None:
    """Of more, one of each three, and the last."""
    frames: list[list[Any]] = [[n, 0, 0.1, 0.1, "none", []] for n in range(number)]
    assert (frames[0][P], frames[0][LEVEL], frames[0][PICTURES]) == (0.1, "none", [])
    assert len(thinned(frames, 10)) == stay


# Archives and tables


def test_a_table_has_a_line_for_each_frame_with_all_that_was_judged(history: History) -> None:
    record = begun(history)
    record.look(1010.0, number=1)
    record.look(1020.0, Level.MAYBE, stands=Level.MAYBE, number=2)
    history.settle()
    table = io.StringIO()
    assert exchange.write_csv(history, "one", table) == 2
    head, first, second = csv.reader(io.StringIO(table.getvalue()))
    lines = [dict(zip(head, line, strict=True)) for line in (first, second)]
    assert [(line["time"], line["p"], line["prediction_num"]) for line in lines] == [
        ("1010.0", "0.123456", "1"),
        ("1020.0", "0.123456", "2"),
    ]
    assert [(line["verdict"], line["level"], line["limit"]) for line in lines] == [
        ("none", "none", "0.456789"),
        ("maybe", "maybe", "0.456789"),
    ]
    assert {line["ewm_mean"] for line in lines} == {"0.234567"}


def archived(history: History) -> bytes:
    file = io.BytesIO()
    assert exchange.write_zip(history, ["one"], file) == 1
    return file.getvalue()


def recorded(history: History) -> Record:
    record = begun(history)
    for number in range(1, 4):
        record.look(BEGAN + 10.0 * number, Level.MAYBE if number > 1 else Level.NONE, number=number)
    record.step(replace(record.state, muted=True))
    return record


def test_no_prints_are_an_empty_archive(history: History) -> None:
    file = io.BytesIO()
    assert exchange.write_zip(history, [], file) == 0
    assert exchange.read_zip(history, file) == 0


def test_what_an_archive_brings_came_after_the_same_frames_and_is_kept_longest(
    history: History, tmp_path: Path
) -> None:
    recorded(history)
    other = History(tmp_path / "other.db")
    other.change(lambda connection: connection.execute("INSERT INTO sqlite_sequence VALUES ('frames', 500)"))
    assert exchange.read_zip(other, io.BytesIO(archived(history))) == 1

    def after(one: History) -> list[tuple[str, int]]:
        numbers = {0: 0} | {frame.id: frame.look.number for frame in one.frames("one")}
        return [(entry.kind, numbers[entry.after_frame]) for entry in one.entries("one")]

    assert after(other) == after(history)
    assert {number for _, number in after(other)} == {0, 3}
    assert query(other.path, "SELECT count(*), sum(near_change) FROM pictures") == [(3, 3)]
    other.close()


@pytest.mark.parametrize(
    ("limit", "name"),
    [
        ("MAX_FRAME", "frames.jsonl"),
        ("MAX_TEXT", "frames.jsonl"),
        ("MAX_ABOUT", "print.json"),
        ("MAX_PICTURE", ".jpg"),
    ],
)
def test_an_archive_is_refused_from_one_byte_too_many_on(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, name: str
) -> None:
    recorded(history)
    archive = archived(history)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        members = [opened.read(one) for one in opened.namelist() if one.endswith(name)]
    lines = members[0].splitlines(keepends=True) if limit == "MAX_FRAME" else members
    size = max(len(part) for part in lines)
    other = History(tmp_path / "other.db")
    monkeypatch.setattr(exchange, limit, size - 1)
    with pytest.raises(HistoryError, match="too large"):
        exchange.read_zip(other, io.BytesIO(archive))
    assert other.prints() == []
    monkeypatch.setattr(exchange, limit, size)
    assert exchange.read_zip(other, io.BytesIO(archive)) == 1
    other.close()


@pytest.mark.parametrize(
    ("raised", "error", "says"),
    [
        (HistoryError("The disk is full."), HistoryError, r"^The disk is full\.$"),
        (ValueError("odd"), HistoryError, "This is no archive of prints: odd"),
        (ZeroDivisionError("ours"), ZeroDivisionError, "ours"),
    ],
)
def test_what_is_no_fault_of_the_archive_is_not_taken_for_one(
    history: History,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    raised: Exception,
    error: type[Exception],
    says: str,
) -> None:
    recorded(history)
    other = History(tmp_path / "other.db")

    def fail(_: object) -> None:
        raise raised

    monkeypatch.setattr(other, "change", fail)
    with pytest.raises(error, match=says):
        exchange.read_zip(other, io.BytesIO(archived(history)))
    other.close()


# Labels


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("one,yes,", Label(failed=True)),
        (" one , TRUE ,1040.5", Label(failed=True, failed_from=1040.5)),
        ("one,1,", Label(failed=True)),
        ("one,failed,", Label(failed=True)),
        ("one,no,", Label(failed=False)),
        ("one,0,", Label(failed=False)),
        ("one,False,", Label(failed=False)),
        ("one,good,", Label(failed=False)),
        (",yes,", "Line 2: needs a print_id"),
        ("one,maybe,", "Line 2: needs a print_id, and yes or no"),
        ("one,,", "Line 2: needs a print_id, and yes or no"),
        ("one", "Line 2: needs a print_id, and yes or no"),
        ("one,no,5", "did not fail has no failed_from"),
        ("one,yes,noon", "Line 2: failed_from is no time in seconds: 'noon'"),
        ("one,yes,nan", "no time"),
        ("one,yes,inf", "no time"),
        ("other,yes,", "no print 'other'"),
    ],
)
def test_a_line_of_a_table_labels_a_print_or_says_what_is_wrong(
    history: History, line: str, label: Label | str
) -> None:
    begun(history)
    table = io.StringIO(f"print_id,failed,failed_from\n{line}\n")
    if isinstance(label, Label):
        assert exchange.read_labels(history, table) == 1
        assert history.print("one").label == label
        return
    with pytest.raises(HistoryError, match=label) as refused:
        exchange.read_labels(history, table)
    assert "no table" not in str(refused.value), "it is one"
    assert history.print("one").label is None


@pytest.mark.parametrize("table", ["", "print_id\none", "failed\nyes", "id,failed\none,yes"])
def test_a_table_of_labels_names_its_columns(history: History, table: str) -> None:
    begun(history)
    with pytest.raises(HistoryError, match="must name the columns print_id and failed"):
        exchange.read_labels(history, io.StringIO(table))


def test_a_table_that_names_a_print_that_is_not_known_labels_none(history: History) -> None:
    begun(history)
    with pytest.raises(HistoryError, match="no print 'other'"):
        exchange.read_labels(history, io.StringIO("print_id,failed\none,yes\nother,yes\n"))
    assert history.print("one").label is None


def test_labels_are_written_as_they_are_read(history: History) -> None:
    record = begun(history)
    record.step(replace(RUNNING, print_id="two", print_name="boat", started_at=2000.0))
    record.step(replace(RUNNING, print_id="three", started_at=3000.0))
    history.label("one", Label(failed=True))
    history.label("two", Label(failed=False))
    written = io.StringIO()
    assert exchange.write_labels(history, written) == 2
    assert written.getvalue() == "print_id,failed,failed_from,name\ntwo,no,,boat\none,yes,,cube\n"
    history.label("one", Label(failed=True, failed_from=0.0))
    written = io.StringIO()
    exchange.write_labels(history, written)
    assert "one,yes,0.0,cube" in written.getvalue()
    assert exchange.read_labels(history, io.StringIO(written.getvalue())) == 2


# Settings


def test_the_settings_that_a_verdict_depends_on_are_all_recorded() -> None:
    rules = ObicoRules(low=0.5, safe_frames=12)
    recorded_settings = RecordedSettings.of(WatchSettings(rules=rules, quorum=2), "ml_api", by_sum=True)
    assert recorded_settings.rule_set == rules
    assert (recorded_settings.quorum, recorded_settings.by_sum, recorded_settings.detector) == (
        2,
        True,
        "ml_api",
    )
    later = replace(recorded_settings, numbers={**recorded_settings.numbers, "of tomorrow": 1.0})
    assert later.rule_set == rules
    plain = RecordedSettings.of(WatchSettings(), "built_in")
    assert (plain.by_sum, plain.regions, plain.interval) == (False, {}, 10.0)
    assert json.dumps(plain.numbers)


# Faults that are nobody's but the program's


def test_a_fault_of_the_program_is_not_taken_for_one_of_the_file(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = begun(history)
    record.look(1010.0)
    record.look(1020.0)
    frames = history.frames("one")
    next(frames)
    with pytest.raises(ZeroDivisionError):
        cast(Generator[Any, None, None], frames).throw(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        history.change(lambda _: 1 / 0)
    monkeypatch.setattr(schema, "_migrate", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        History(tmp_path / "new.db")
