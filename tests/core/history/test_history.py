"""The history keeps what was seen, within the retention, over restarts, and gives it back."""

import io
import json
import os
import re
import sqlite3
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from octoprint_failwatch.engine.errors import Unavailable
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
    store,
)
from octoprint_failwatch.engine.history import recorder as recorder_module
from octoprint_failwatch.engine.history.recorder import STANDS_EVERY
from octoprint_failwatch.engine.judging.assessment import Answer
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import EventKind
from tests.core.watching import ScriptedDetector, VirtualClock, Watched, watching


def recorder(history: History, watched: Watched, settings: WatchSettings | None = None) -> Recorder:
    """Have a running watch recorded."""
    watch = watched.watch
    made = Recorder(
        history,
        watch.state,
        RecordedSettings.of(settings or WatchSettings(), "built_in"),
        source="test",
        clock=watched.clock,
        printer_name="Printer",
    )
    watch._recorder = made
    return made


async def recorded(
    history: History,
    looks: Sequence[float],
    print_id: str,
    name: str = "",
    *,
    outcome: str = "finished",
    clock: VirtualClock | None = None,
) -> Watched:
    """Record a whole print, with a look for each p."""
    async with watching(ScriptedDetector(looks), clock=clock) as watched:
        recorder(history, watched)
        watched.watch.start(print_id, name)
        await watched.frames(len(looks))
        watched.watch.end(outcome)
    history.settle()
    return watched


@pytest.fixture
def history(tmp_path: Path):
    """Return an empty history."""
    made = History(tmp_path / "history.db")
    yield made
    made.close()


async def test_a_print_is_kept_as_it_was_shown(history: History) -> None:
    """Frames, verdicts, levels, events and the outcome are those that the sink got."""
    watched = await recorded(history, [0.01] * 10 + [0.95] * 30, "one", "cube.gcode", outcome="failed")
    shown = {}
    for state in watched.states:
        if state.look:
            shown.setdefault(state.look.number, (state.look, state.level))
    kept = [(frame.look, frame.level) for frame in history.frames("one")]
    assert kept[:40] == list(shown.values())[:40]
    (record,) = history.prints()
    assert (record.name, record.outcome, record.level) == ("cube.gcode", "failed", Level.FAILURE)
    assert (record.printer_id, record.printer_name, record.source) == ("printer", "Printer", "test")
    assert record.frames == len(kept)
    rose = [next(look.at for look, stood in kept if stood is level) for level in (Level.MAYBE, Level.FAILURE)]
    assert [alarm.level for alarm in record.alarms] == [Level.MAYBE, Level.FAILURE]
    assert [alarm.at for alarm in record.alarms] == pytest.approx(rose, abs=1)
    kinds = [entry.kind for entry in history.entries("one")]
    assert kinds[:3] == [EntryKind.SETTINGS, EntryKind.STANDING, EventKind.STARTED]
    assert kinds[-2:] == [EventKind.ENDED, EntryKind.STANDING]
    assert EventKind.FAILURE in kinds


async def test_an_export_holds_no_link_that_opens_without_a_token(history: History) -> None:
    """A service's tagged picture does, to whoever knows its address."""

    class Tagging(ScriptedDetector):
        async def detect(self, frame: Frame) -> Detection:
            return replace(await super().detect(frame), tagged_image_url="https://s.example/secret.jpg")

    async with watching(Tagging([0.01] * 5)) as watched:
        recorder(history, watched)
        watched.watch.start("one")
        await watched.frames(5)
        assert any("secret" in str(state.look) for state in watched.states)
        watched.watch.end("finished")
    history.settle()
    assert [frame.look.views[0].tagged_image_url for frame in history.frames("one")] == [None] * 5
    archive = io.BytesIO()
    exchange.write_zip(history, ["one"], archive)
    with zipfile.ZipFile(archive) as opened:
        assert not any(b"secret" in opened.read(name) for name in opened.namelist())


async def test_pictures_are_kept_near_changes_and_thinned_elsewhere(history: History) -> None:
    """Around the change every picture of a minute either side; else one in two minutes."""
    await recorded(history, [0.0] * 100 + [0.95] * 100, "one")
    frames = list(history.frames("one"))
    pictured = {frame.look.number for frame in frames if frame.pictures}
    changed = next(frame.look.number for frame in frames if frame.look.verdict.level is not Level.NONE)
    assert set(range(changed - 5, changed + 6)) <= pictured
    assert {1, 13, 25, 37} <= pictured
    assert not {2, 3, 14, 30, 50} & pictured
    frame = next(frame for frame in frames if frame.look.number == changed)
    assert (history.picture(frame.id) or b"").startswith(b"\xff\xd8")
    assert history.picture(frame.id, "no such camera") is None


async def test_pictures_near_a_change_outlast_all_others(tmp_path: Path) -> None:
    """Both those that waited for it and those that follow."""
    history = History(tmp_path / "history.db", Retention(picture_every=10))
    watched = await recorded(history, [0.0] * 100 + [0.95] * 100, "one")
    frames = list(history.frames("one"))
    changed = next(frame.look.number for frame in frames if frame.look.verdict.level is not Level.NONE)
    near = set(range(changed - 5, changed + 6))
    before = {frame.look.number for frame in frames if frame.pictures}
    history.retention = replace(history.retention, megabytes=(history.size() - 50_000) / 1e6)
    history.tidy(watched.clock.now())
    history.settle()
    after = {frame.look.number for frame in history.frames("one") if frame.pictures}
    assert len(before - after) >= 50
    assert near <= after
    history.close()


async def test_a_print_whose_beginning_could_not_be_written_is_recorded_all_the_same(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nothing could be written before its end."""
    async with watching(ScriptedDetector([0.0])) as watched:
        recorder(history, watched)
        with monkeypatch.context() as at_first:
            at_first.setattr(store, "transaction", full)
            watched.watch.start("one", "cube.gcode")
            await watched.frames(3)
            history.settle()
        assert history.prints() == []
        watched.watch.end("finished")
    history.settle()
    (record,) = history.prints()
    assert (record.print_id, record.outcome, record.ended_at) == ("one", "finished", watched.clock.now())
    assert record.started_at == record.ended_at


async def test_pictures_are_kept_where_a_verdict_falls_although_the_level_stands(history: History) -> None:
    """The level is lowered minutes later, and what was seen last of the failure matters as much as what was first."""
    await recorded(history, [0.0] * 30 + [0.95] * 60 + [0.0] * 40, "one")
    frames = list(history.frames("one"))
    verdicts = [frame.look.verdict.level for frame in frames]
    fell = next(
        number for number in range(60, 130) if verdicts[number] is not verdicts[number - 1] and number > 90
    )
    assert frames[fell].level is Level.FAILURE
    assert all(frame.pictures for frame in frames[fell - 5 : fell + 6])


async def test_what_is_too_much_goes_every_so_many_looks_and_at_the_end(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidied: list[int] = []
    monkeypatch.setattr(recorder_module, "TIDY_EVERY", 20)
    async with watching(ScriptedDetector([0.0])) as watched:
        recorder(history, watched)
        monkeypatch.setattr(history, "tidy", lambda _: tidied.append(watched.watch.state.look.number))
        watched.watch.start("one")
        await watched.frames(50)
        assert tidied == [20, 40]
        watched.watch.end("finished")
    assert tidied[2:] == [50]


async def test_of_a_quiet_print_its_beginning_and_its_end_are_noted_once(history: History) -> None:
    await recorded(history, [0.01] * 3, "one")
    standing, kinds = EntryKind.STANDING, [entry.kind for entry in history.entries("one")]
    assert kinds == [EntryKind.SETTINGS, standing, EventKind.STARTED, EventKind.ENDED, standing]


def test_the_folder_of_a_history_is_made(tmp_path: Path) -> None:
    made = History(tmp_path / "one" / "two" / "history.db")
    assert made.prints() == []
    made.close()


def test_what_is_kept_unless_somebody_chooses() -> None:
    assert asdict(Retention()) == {"days": 365, "megabytes": 500, "picture_every": 120, "near": 60}


async def test_the_size_stays_within_the_limit(tmp_path: Path) -> None:
    """Pictures away from changes go first, then prints; the newest stays."""
    history = History(tmp_path / "history.db", Retention(megabytes=0.08, near=60, picture_every=10))
    for number in range(4):
        await recorded(history, [0.0] * 90, f"print {number}")
    assert history.size() <= 80_000
    assert history.prints()[0].print_id == "print 3"
    assert 0 < len(history.prints()) < 4
    history.close()


async def test_a_print_whose_name_is_no_text_is_recorded(history: History) -> None:
    """A file that was copied from a computer with another encoding."""
    async with watching(ScriptedDetector([0.01])) as watched:
        recorder(history, watched)
        watched.watch.start("one", os.fsdecode("Würfel".encode("latin-1")))
        await watched.frames(2)
        watched.watch.end("done")
        history.settle()
        assert (history.print("one").name, history.print("one").frames) == ("W?rfel", 2)


async def test_old_prints_go_and_labelled_ones_stay(tmp_path: Path) -> None:
    """The age limit does not touch what the user has labelled."""
    history = History(tmp_path / "history.db", Retention(days=1.5))
    clock = VirtualClock()
    for number in range(4):
        await recorded(history, [0.0] * 3, f"print {number}", clock=clock)
        if number == 0:
            history.label("print 0", Label(failed=False))
        clock.time += 86400
    history.settle()
    assert [record.print_id for record in history.prints()] == ["print 3", "print 2", "print 0"]
    history.close()


async def test_answers_during_the_print_are_its_label(history: History) -> None:
    """The last one counts; taking it back takes the label off; resuming or clearing away labels nothing."""
    async with watching(ScriptedDetector([0.95])) as watched:
        recorder(history, watched)
        watched.watch.start("one")
        await watched.told(EventKind.FAILURE)
        since = watched.watch.state.latch.since
        failed = Label(failed=True, failed_from=since)
        for said, label in (
            *((said, None) for said in (Answer.RESUMED, Answer.CLEARED)),
            *((said, failed) for said in (Answer.FAILURE, Answer.RESUMED, Answer.CLEARED)),
            (Answer.NOT_A_FAILURE, Label(failed=False)),
        ):
            watched.watch.answer(said)
            history.settle()
            assert history.print("one").label == label
        watched.watch.answer(Answer.WITHDRAWN)
        history.settle()
        assert history.print("one").label is None
        watched.watch.start("two")
        await watched.until(lambda: watched.watch.state.level is Level.FAILURE)
        watched.watch.answer(Answer.NOT_A_FAILURE)
    history.settle()
    assert history.print("two").label == Label(failed=False)
    history.label("two", None)
    assert history.print("two").label is None


async def test_accepting_blindness_says_nothing_of_the_print(history: History) -> None:
    """It may fail all the same, and tuning must not take it for a good one."""
    async with watching(ScriptedDetector([0.01, Unavailable("No connection.")])) as watched:
        recorder(history, watched)
        watched.watch.start("one")
        await watched.told(EventKind.BLIND)
        watched.watch.answer(Answer.NOT_A_FAILURE)
        history.settle()
        assert history.print("one").label is None
        assert EventKind.ACKNOWLEDGED in [entry.kind for entry in history.entries("one")]


async def test_a_print_goes_on_after_a_restart(history: History, tmp_path: Path) -> None:
    """The second process adds to the same print; one that was never ended is closed by the next."""
    clock = VirtualClock()
    async with watching(ScriptedDetector([0.1]), clock=clock) as first:
        recorder(history, first)
        first.watch.start("one")
        await first.frames(5)
        state = first.watch.state
    history.close()
    again = History(tmp_path / "history.db")
    async with watching(ScriptedDetector([0.1]), clock=clock, state=state) as second:
        recorder(again, second)
        second.watch.start("one")
        await second.frames(10)
        second.watch.start("two")
        await second.frames(2)
    again.settle()
    two, one = again.prints()
    assert [frame.look.number for frame in again.frames("one")][:10] == list(range(1, 11))
    assert one.ended_at is not None
    assert one.outcome == ""
    assert two.ended_at is None
    again.close()


async def test_what_was_learned_is_known_although_the_power_was_cut(history: History) -> None:
    """A host that keeps no state of its own begins the next print with it."""
    async with watching(ScriptedDetector([0.1]), history=history) as watched:
        watched.watch.start("one")
        await watched.frames(STANDS_EVERY)
        learned = watched.watch.state.memory
        history.settle()
        standing = history.standing("printer")
    assert standing is not None
    assert standing.memory.statistics.prediction_num_lifetime == STANDS_EVERY
    assert standing.memory.trend.learned == learned.trend.learned


async def test_export_and_import_give_the_same(history: History, tmp_path: Path) -> None:
    """A zip brings everything into another history, once; the table has a line per frame."""
    await recorded(history, [0.01] * 20 + [0.9] * 20, "one", "cube", outcome="cancelled")
    history.label("one", Label(failed=True, failed_from=5.5))
    archive = io.BytesIO()
    assert exchange.write_zip(history, ["one"], archive) == 1
    other = History(tmp_path / "other.db")
    assert exchange.read_zip(other, archive) == 1
    assert exchange.read_zip(other, archive) == 0
    assert other.print("one") == history.print("one")
    mine, theirs = list(history.frames("one")), list(other.frames("one"))
    assert [(f.look, f.level, f.pictures) for f in theirs] == [(f.look, f.level, f.pictures) for f in mine]
    assert [(e.kind, e.data) for e in other.entries("one")] == [
        (e.kind, e.data) for e in history.entries("one")
    ]
    pictured = [f for f in mine if f.pictures]
    assert [other.picture(f.id) for f in theirs if f.pictures] == [history.picture(f.id) for f in pictured]
    table = io.StringIO()
    assert exchange.write_csv(other, "one", table) == len(mine)
    assert table.getvalue().splitlines()[0].startswith("time,p,print_id,ewm_mean")
    labels = io.StringIO()
    exchange.write_labels(other, labels)
    history.label("one", None)
    assert exchange.read_labels(history, io.StringIO(labels.getvalue())) == 1
    assert history.print("one").label == Label(failed=True, failed_from=5.5)
    other.close()


@pytest.mark.parametrize(
    "table", ["print_id,failed\none,perhaps\n", "print_id,failed\n,yes\n", "print_id,failed\nx,yes\n"]
)
def test_labels_that_make_no_sense_are_refused(history: History, table: str) -> None:
    """A wrong word, no print, or one that is not known."""
    with pytest.raises(HistoryError):
        exchange.read_labels(history, io.StringIO(table))


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (b"", "The first line"),
        (b"print,failed\none,yes\n", "The first line"),
        (b"print_id,failed,failed_from\none,yes,nan\n", "Line 2: failed_from is no time"),
        (b"print_id,failed,failed_from\none,no,12\n", "Line 2: a print that did not fail"),
        (b"print_id,failed\non\xe9,yes\n", "This is no table of labels"),
        (b'print_id,failed\n"' + 200_000 * b"x", "This is no table of labels"),
    ],
)
def test_what_is_wrong_with_a_table_of_labels_is_said(history: History, table: bytes, says: str) -> None:
    with pytest.raises(HistoryError, match=f"^{says}"):
        exchange.read_labels(history, io.TextIOWrapper(io.BytesIO(table), encoding="utf-8", newline=""))


async def archive_of_one_print(history: History) -> bytes:
    """Record a print of three frames, and return it as an archive."""
    await recorded(history, [0.01] * 3, "one", "cube", outcome="done")
    file = io.BytesIO()
    exchange.write_zip(history, ["one"], file)
    return file.getvalue()


async def test_a_damaged_archive_is_refused_wherever_the_damage_is(
    history: History, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of it stays, and nothing is logged as if the disk were at fault."""
    archive = await archive_of_one_print(history)
    other = History(tmp_path / "other.db")
    refused = 0
    for place in range(0, len(archive), 29):
        damaged = archive[:place] + bytes([archive[place] ^ 0xFF]) + archive[place + 1 :]
        try:
            exchange.read_zip(other, io.BytesIO(damaged))
        except HistoryError:
            refused += 1
            assert other.prints() == []
        for record in other.prints():
            other.forget(record.print_id)
    assert refused > 10
    assert caplog.text == ""
    other.close()


@pytest.mark.parametrize("name", ["print.json", "frames.jsonl"])
async def test_a_small_archive_that_becomes_large_is_refused_before_it_takes_memory(
    history: History, tmp_path: Path, name: str
) -> None:
    whole, bomb = io.BytesIO(await archive_of_one_print(history)), io.BytesIO()
    with (
        zipfile.ZipFile(whole) as real,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        for each in real.namelist():
            more = b" " * 60_000_000 if each.endswith(name) else b""
            archive.writestr(each, more + real.read(each))
    assert len(bomb.getvalue()) < 476_000
    other = History(tmp_path / "other.db")
    tracemalloc.start()
    try:
        with pytest.raises(HistoryError, match="too large"):
            exchange.read_zip(other, bomb)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert other.prints() == []
    other.close()


@pytest.mark.parametrize(
    ("limit", "name", "of"),
    [
        ("MAX_TEXT", "frames.jsonl", lambda info, _: info.file_size),
        ("MAX_FRAME", "frames.jsonl", lambda _, content: max(map(len, content.splitlines(keepends=True)))),
        ("MAX_ABOUT", "print.json", lambda info, _: info.file_size),
        ("MAX_PICTURE", ".jpg", lambda info, _: info.file_size),
    ],
)
async def test_what_is_exactly_as_large_as_it_may_be_is_taken(
    history: History,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    name: str,
    of: Callable[[zipfile.ZipInfo, bytes], int],
) -> None:
    packed = io.BytesIO(await archive_of_one_print(history))
    with zipfile.ZipFile(packed) as archive:
        largest = max(
            of(info, archive.read(info)) for info in archive.infolist() if info.filename.endswith(name)
        )
    other = History(tmp_path / "other.db")
    monkeypatch.setattr(exchange, limit, largest - 1)
    with pytest.raises(HistoryError, match="too large"):
        exchange.read_zip(other, packed)
    monkeypatch.setattr(exchange, limit, largest)
    exchange.read_zip(other, packed)
    assert len(other.prints()) == 1
    other.close()


@pytest.mark.parametrize("key", ["prediction_num", "prediction_num_lifetime"])
async def test_an_archive_with_a_number_that_no_database_holds_is_refused(
    history: History, tmp_path: Path, key: str
) -> None:
    whole, changed = io.BytesIO(await archive_of_one_print(history)), io.BytesIO()
    with zipfile.ZipFile(whole) as real, zipfile.ZipFile(changed, "w") as archive:
        for name in real.namelist():
            content, huge = real.read(name), b'"%b":%d' % (key.encode(), 2**63)
            archive.writestr(
                name, re.sub(rb'"%b":\d+' % key.encode(), huge, content) if "jsonl" in name else content
            )
    other = History(tmp_path / "other.db")
    with pytest.raises(HistoryError, match="no archive of prints"):
        exchange.read_zip(other, changed)
    assert other.prints() == []
    assert exchange.read_zip(other, whole) == 1
    other.close()


async def test_an_archive_of_which_one_print_is_damaged_leaves_none(history: History, tmp_path: Path) -> None:
    """What was added before the damage was met is dropped again; what was known before stays."""
    for print_id in ("one", "two"):
        await recorded(history, [0.01] * 3, print_id, outcome="done")
    file = io.BytesIO()
    exchange.write_zip(history, ["one", "two"], file)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("00003/print.json", "{}")
    other = History(tmp_path / "other.db")
    with pytest.raises(HistoryError, match="no archive of prints"):
        exchange.read_zip(other, file)
    assert other.prints() == []
    with pytest.raises(HistoryError, match="no archive of prints"):
        exchange.read_zip(history, file)
    assert {record.print_id for record in history.prints()} == {"one", "two"}
    other.close()


@pytest.mark.parametrize("junk", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_archive_is_refused(history: History, junk: bytes) -> None:
    """Nothing is added; an empty archive adds nothing either."""
    if junk.startswith(b"PK"):
        assert exchange.read_zip(history, io.BytesIO(junk)) == 0
    else:
        with pytest.raises(HistoryError):
            exchange.read_zip(history, io.BytesIO(junk))
    assert history.prints() == []


def test_a_later_or_foreign_file_is_refused(tmp_path: Path) -> None:
    """A database of a later release is not touched, and neither is what is none."""
    with closing(sqlite3.connect(tmp_path / "later.db")) as connection:
        connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
        connection.execute("CREATE TABLE prints (name TEXT)")
        connection.commit()
    (tmp_path / "text.db").write_text("This is no database, but it is long enough to look at." * 100)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(HistoryError, match=r"later release .*version 3; this one knows 2"):
        History(tmp_path / "later.db")
    with pytest.raises(HistoryError, match="cannot be opened"):
        History(tmp_path / "text.db")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


REBUILT = """
CREATE TABLE new_prints (
  id INTEGER PRIMARY KEY,
  print_id TEXT NOT NULL UNIQUE,
  printer_id TEXT NOT NULL,
  printer_name TEXT NOT NULL,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  started_at REAL NOT NULL,
  ended_at REAL,
  outcome TEXT NOT NULL DEFAULT '',
  level TEXT NOT NULL DEFAULT 'none',
  frames INTEGER NOT NULL DEFAULT 0,
  filament TEXT NOT NULL DEFAULT 'unknown; not told'
);
INSERT INTO new_prints SELECT *, 'PLA' FROM prints;
DROP TABLE prints;
ALTER TABLE new_prints RENAME TO prints;
"""
"""A made-up migration that rebuilds the table to which all others refer."""


@pytest.fixture
async def written(tmp_path: Path) -> Path:
    """Return a history of the present version with a labelled print of ten frames."""
    history = History(tmp_path / "history.db")
    await recorded(history, [0.01] * 10, "one", "cube", outcome="done")
    history.label("one", Label(failed=False))
    history.close()
    return history.path


def filaments(path: Path) -> list[tuple[object, ...]]:
    """Return what a migrated database says of its prints."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT print_id, filament FROM prints").fetchall()


def test_a_migration_keeps_everything(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the version before, and from nothing; what refers to a rebuilt table stays."""
    old = History(written)
    before = old.print("one"), list(old.frames("one")), old.entries("one")
    old.close()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, REBUILT))
    migrated = History(written)
    assert (migrated.print("one"), list(migrated.frames("one")), migrated.entries("one")) == before
    assert filaments(written) == [("one", "PLA")]
    migrated.forget("one")
    assert list(migrated.frames("one")) == []
    migrated.close()
    History(tmp_path / "new.db").close()
    assert filaments(tmp_path / "new.db") == []


def test_a_migration_that_fails_changes_nothing(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The release before opens the file as if nothing had been tried."""
    shipped = schema.MIGRATIONS
    for broken in ("INSERT INTO nowhere VALUES (1);", "UPDATE frames SET print = 77;"):
        monkeypatch.setattr(schema, "MIGRATIONS", (*shipped, REBUILT, broken))
        with pytest.raises(HistoryError, match="cannot be opened"):
            History(written)
    monkeypatch.setattr(schema, "MIGRATIONS", shipped)
    history = History(written)
    assert [record.frames for record in history.prints()] == [10]
    history.close()


def test_two_processes_may_open_an_old_file_at_once(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One migrates, the other waits and finds it done."""
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, REBUILT))
    with ThreadPoolExecutor(4) as at_once:
        for history in at_once.map(History, [written] * 4):
            assert [record.frames for record in history.prints()] == [10]
            history.close()
    assert filaments(written) == [("one", "PLA")]


def full(*_: object) -> None:
    """Do what SQLite does where there is no room left."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


def test_a_host_goes_on_without_a_broken_file(tmp_path: Path) -> None:
    """It is put aside, not deleted, and a new one is begun."""
    (tmp_path / "history.db").write_bytes(b"broken" * 1000)
    history = History.of_host(tmp_path / "history.db", Retention())
    assert history.prints() == []
    history.close()
    (aside,) = tmp_path.glob("history-unusable-*.db")
    assert aside.read_bytes() == b"broken" * 1000
    (tmp_path / "file").touch()
    with pytest.raises(HistoryError):
        History.of_host(tmp_path / "file" / "history.db", Retention())


def test_a_fault_of_the_program_is_no_broken_file(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as at_first:
        at_first.setattr(store, "open_database", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            History.of_host(written, Retention())
    history = History.of_host(written, Retention())
    assert [record.print_id for record in history.prints()] == ["one"]
    history.close()


async def test_a_locked_file_is_no_broken_one(
    written: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A host leaves it where it is, says why nothing is recorded, and goes on with it when it is free."""
    monkeypatch.setattr(schema, "LOCK_WAIT", 0.05)
    with closing(sqlite3.connect(written, isolation_level=None)) as backup:
        backup.execute("PRAGMA locking_mode = EXCLUSIVE")
        backup.execute("BEGIN EXCLUSIVE")
        with pytest.raises(HistoryError, match=r"history\.db cannot be opened now: database is locked\."):
            History(written)
        history = History.of_host(written, Retention())
        assert "cannot be opened now: database is locked. Nothing is recorded until" in caplog.text
        with pytest.raises(HistoryError, match="database is locked"):
            history.prints()
        with pytest.raises(HistoryError, match="database is locked"):
            history.forget("one")
    async with watching(ScriptedDetector([0.01] * 5)) as watched:
        recorder(history, watched)
        watched.watch.start("two")
        await watched.frames(5)
    history.settle()
    assert [record.print_id for record in history.prints()] == ["two", "one"]
    history.close()
    assert not list(written.parent.glob("history-unusable-*"))


def test_a_full_disk_is_no_broken_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was recorded before the disk was full must be there when it no longer is."""
    with monkeypatch.context() as at_first:
        at_first.setattr(schema, "_migrate", full)
        history = History.of_host(tmp_path / "history.db", Retention())
    history.write(
        lambda connection: connection.execute(
            "INSERT INTO prints (print_id, printer_id, printer_name, name, source, started_at)"
            " VALUES ('later', '', '', '', '', 0)"
        )
    )
    history.settle()
    assert [record.print_id for record in history.prints()] == ["later"]
    history.close()
    assert not list(tmp_path.glob("history-unusable-*"))


def test_what_a_later_release_wrote_last_is_put_aside_with_it(tmp_path: Path) -> None:
    """Also while another process has the file open, so that some of it is only in the log beside it."""
    with closing(sqlite3.connect(tmp_path / "history.db", isolation_level=None)) as later:
        later.execute("PRAGMA journal_mode = WAL")
        later.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
        later.execute("CREATE TABLE prints (name TEXT)")
        later.execute("INSERT INTO prints VALUES ('cube')")
        History.of_host(tmp_path / "history.db", Retention()).close()
        (aside,) = tmp_path.glob("history-unusable-*.db")
        with closing(sqlite3.connect(aside)) as connection:
            assert connection.execute("SELECT name FROM prints").fetchall() == [("cube",)]


def test_a_damaged_history_is_said_to_be_damaged(written: Path) -> None:
    """It opens, but what it should hold is gone."""
    with closing(sqlite3.connect(written)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    written.write_bytes(written.read_bytes()[:size] + b"\xaa" * (written.stat().st_size - size))
    history = History(written)
    for read in (history.prints, lambda: list(history.frames("one")), lambda: history.picture(1)):
        with pytest.raises(HistoryError, match="cannot be read"):
            read()
    history.close()


def test_a_change_that_cannot_be_made_is_told_and_the_next_works(history: History) -> None:
    """Also one that fails only when it is all but written."""

    def too_late(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.execute("INSERT INTO labels VALUES (77, 1, NULL)")

    with pytest.raises(HistoryError, match="cannot be written"):
        history.change(too_late)
    history.change(
        lambda connection: connection.execute(
            "INSERT INTO prints (print_id, printer_id, printer_name, name, source, started_at)"
            " VALUES ('one', '', '', '', '', 0)"
        )
    )
    history.label("one", Label(failed=True))
    assert [record.label for record in history.prints()] == [Label(failed=True)]


def test_a_write_that_fails_is_logged_and_the_next_works(
    history: History, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk must not end a watch, and is no fault to be looked for in the program."""
    told: list[Exception | None] = []
    history.on_problem = told.append
    for _ in range(2):
        history.write(full)
    history.settle()
    assert caplog.text.count("The history could not be written: database or disk is full") == 1
    assert "Traceback" not in caplog.text
    assert len(told) == 1
    assert "disk is full" in str(told[0])
    history.write(lambda connection: connection.execute("INSERT INTO nowhere VALUES (1)"))
    history.settle()
    assert "Traceback" in caplog.text
    for _ in range(2):
        history.write(lambda connection: connection.execute("DELETE FROM prints"))
    history.settle()
    assert json.dumps(history.prints()) == "[]"
    assert caplog.text.count("The history is written again.") == 1
    assert (len(told), told[-1]) == (2, None)
