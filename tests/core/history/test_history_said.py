"""The history records pauses, mutes, snoozes, holds and answers."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from octoprint_failwatch.engine.history import EntryKind, History
from octoprint_failwatch.engine.history.course import print_course
from octoprint_failwatch.engine.judging.assessment import Answer
from octoprint_failwatch.engine.watch.state import EventKind
from tests.core.watching import ScriptedDetector, Watched, watching

ABOUT_SETTINGS = {EntryKind.SETTINGS, EntryKind.STANDING}


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(tmp_path / "history.db")
    yield made
    made.close()


def said(history: History, print_id: str = "one") -> list[tuple[str, object]]:
    """Return what happened in the print, in order, but for what every print has."""
    history.settle()
    entries = [one for one in history.entries(print_id) if one.kind not in ABOUT_SETTINGS]
    return [(str(one.kind), one.data) for one in entries if one.kind != EventKind.STARTED]


async def _looked(watched: Watched) -> None:
    await watched.frames(watched.watch.state.memory.statistics.prediction_num + 1)


async def test_a_pause_and_a_resume_are_kept_once_each(history: History) -> None:
    async with watching(ScriptedDetector([0.01]), history=history) as watched:
        watched.watch.start("one")
        await watched.frames(2)
        watched.watch.pause()
        watched.watch.pause()
        watched.watch.mute()
        assert said(history) == [("paused", None), ("muted", True)]
        watched.watch.resume()
        await _looked(watched)
        assert said(history) == [("paused", None), ("muted", True), ("resumed", None)]
        # A print that is cancelled while it is paused does not go on.
        watched.watch.pause()
        watched.watch.end("cancelled")
    kinds = [kind for kind, _ in said(history)]
    assert kinds[:4] == ["paused", "muted", "resumed", "paused"]
    assert kinds[-1] == "ended"


async def test_muting_and_its_end_are_kept_for_the_print_that_was_muted(history: History) -> None:
    async with watching(ScriptedDetector([0.01]), history=history) as watched:
        watched.watch.start("one")
        await watched.frames(1)
        watched.watch.mute()
        await _looked(watched)
        watched.watch.mute(False)
        watched.watch.mute()
        watched.watch.end("done")
        watched.watch.start("two")
        await watched.frames(1)
    assert [one for one in said(history) if one[0] == "muted"] == [
        ("muted", True),
        ("muted", False),
        ("muted", True),
    ]
    assert said(history, "two") == [], "the mute ended with its print"


async def test_a_snooze_is_kept_with_its_end(history: History) -> None:
    async with watching(ScriptedDetector([0.01]), history=history) as watched:
        watched.watch.start("one")
        await watched.frames(1)
        until = watched.clock.now() + 600
        watched.watch.snooze(600)
        watched.watch.snooze(0)
    assert said(history) == [("snoozed", until), ("snoozed", None)]


async def test_every_reason_to_hold_is_kept_as_it_comes_and_goes(history: History) -> None:
    async with watching(ScriptedDetector([0.01]), history=history) as watched:
        watched.watch.start("one")
        await watched.frames(1)
        watched.watch.hold("heating")
        watched.watch.hold("layer")
        watched.watch.release("heating")
        watched.watch.release("layer")
        await _looked(watched)
    holds = [["heating"], ["heating", "layer"], ["layer"], []]
    assert said(history) == [("holds", reasons) for reasons in holds]


def put_right(watched: Watched, monkeypatch: pytest.MonkeyPatch, seconds: float) -> Iterator[float]:
    """Put the system's clock right once; return what is left to be followed."""
    steps = iter([seconds])
    monkeypatch.setattr(watched.clock, "step", lambda: next(steps, 0.0))
    monkeypatch.setattr(
        watched.clock, "follow", lambda step: setattr(watched.clock, "time", watched.clock.time + step)
    )
    return steps


async def test_a_clock_that_is_put_right_adds_no_picture(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It moves the time of the last one, which stays one."""
    async with watching(ScriptedDetector([0.01]), history=history) as watched:
        watched.watch.start("one")
        await watched.frames(3)
        steps = put_right(watched, monkeypatch, 3600.0)
        await watched.frames(6)
        history.settle()
    numbers = [frame.look.number for frame in history.frames("one")]
    assert next(steps, None) is None, "the clock was put right"
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 6


MONTH = 30 * 86400.0


@pytest.mark.parametrize("step", [MONTH, -MONTH], ids=["it was behind", "it was ahead"])
async def test_a_print_lasted_as_long_as_it_did_though_the_clock_was_put_right_meanwhile(
    history: History, monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    """A Raspberry Pi that was off for a month begins where it stopped, until the network tells it the time."""
    async with watching(ScriptedDetector([0.01]), history=history) as watched:
        watched.watch.start("before")
        await watched.frames(3)
        watched.watch.end("done")
        watched.watch.start("one")
        await watched.frames(30)
        watched.watch.answer(Answer.FAILURE)
        began = watched.watch.state.started_at
        put_right(watched, monkeypatch, step)
        await watched.frames(60)
        watched.watch.end("done")
        history.settle()
    before, record = history.print("before"), history.print("one")
    assert began is not None
    assert record.started_at == pytest.approx(began + step)
    assert (before.ended_at or 0) - before.started_at < 600
    times = [record.started_at, *(frame.look.at for frame in history.frames("one")), record.ended_at]
    assert all(0 <= later - earlier <= 60 for earlier, later in itertools.pairwise(times))
    assert all(record.started_at <= entry.at <= record.ended_at for entry in history.entries("one"))
    assert record.label is not None
    assert record.started_at < (record.label.failed_from or 0) < record.ended_at
    kept = [frame.pictures for frame in history.frames("one")]
    gaps = [len(list(run)) for has, run in itertools.groupby(kept, bool) if not has]
    assert max(gaps) <= 12, "one every two minutes"
    assert sum(map(bool, kept)) < 30, "and all around the answer"


@pytest.mark.parametrize("goes_on", [False, True], ids=["over", "goes on"])
async def test_what_was_recorded_before_the_clock_went_wrong_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goes_on: bool
) -> None:
    """A machine whose clock stops with it was restarted in mid print."""
    first = History(tmp_path / "history.db")
    async with watching(ScriptedDetector([0.01]), history=first) as watched:
        watched.watch.start("one")
        await watched.frames(3)
    first.close()
    with closing(History(tmp_path / "history.db")) as second:
        before, began = [frame.look.at for frame in second.frames("one")], second.print("one").started_at
        async with watching(ScriptedDetector([0.01]), state=watched.watch.state, history=second) as again:
            again.watch.start("one" if goes_on else "two")
            await again.frames(2)
            put_right(again, monkeypatch, MONTH)
            await again.frames(4)
        second.settle()
        assert second.print("one").started_at == began
        times = [frame.look.at for frame in second.frames("one")]
        assert times[: len(before)] == before
        assert all(at > began + MONTH / 2 for at in times[len(before) :])
        assert goes_on == (len(times) > len(before))
        assert goes_on or second.print("two").started_at > began + MONTH / 2


async def test_a_replay_takes_what_stood_at_the_right_time(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known of the printer, and a snooze, are in the print's own time, too."""
    async with watching(ScriptedDetector([0.01]), history=history) as watched:
        watched.watch.start("one")
        await watched.frames(3)
        watched.watch.snooze(1e6)
        await watched.frames(4)
        put_right(watched, monkeypatch, MONTH)
        await watched.frames(6)
        until = watched.watch.state.snoozed_until
    history.settle()
    entries = history.entries("one")
    began = history.print("one").started_at
    stood = [one.data["memory"]["judged_at"] for one in entries if one.kind == EntryKind.STANDING]
    assert any(stood)
    assert all(at is None or began <= at <= began + 3600 for at in stood)
    assert {one.data for one in entries if one.kind == EntryKind.SNOOZED} == {until}


async def test_the_page_marks_all_of_it_behind_the_picture_that_it_came_after(history: History) -> None:
    async with watching(ScriptedDetector([0.01]), history=history) as watched:
        watched.watch.start("one")
        await watched.frames(3)
        watched.watch.hold("heating")
        watched.watch.release("heating")
        await watched.frames(4)
        watched.watch.pause()
        history.settle()
    course = print_course(history, "one")
    ids = [frame[0] for frame in course["frames"]]
    marks = [(mark["kind"], ids.index(mark["after_frame"])) for mark in course["marks"][1:]]
    assert marks == [("holds", 2), ("holds", 2), ("paused", 3)]
