"""The replay of a recorded print comes to the live verdicts, and tells what other rules would have said."""

import math
from collections.abc import Callable
from dataclasses import replace as replaced
from pathlib import Path

import pytest

from octoprint_failwatch.engine.errors import DetectionError, NotAuthorised, Unavailable
from octoprint_failwatch.engine.history import History
from octoprint_failwatch.engine.judging.assessment import Answer
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.latch import LatchTimes
from octoprint_failwatch.engine.judging.published_rules import ObicoRules
from octoprint_failwatch.engine.judging.rules import RULE_SETS, create_rules
from octoprint_failwatch.engine.judging.verdict import Level, Rule
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.replay import (
    Judged,
    at_cadence,
    recorded,
    replay,
)
from octoprint_failwatch.engine.statistics import TemporalStatistics
from octoprint_failwatch.engine.watch.cadence import Cadence
from octoprint_failwatch.engine.watch.policy import Action, Policy
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import SWITCHED_OFF, EventKind
from tests.core.history.test_history import recorder
from tests.core.watching import ScriptedDetector, VirtualClock, Watched, watching
from tests.slow import RUNS_SLOW_TESTS


@pytest.fixture
def history(tmp_path: Path):
    """Return an empty history."""
    made = History(tmp_path / "history.db")
    yield made
    made.close()


def live(history: History, print_id: str) -> list[tuple[object, ...]]:
    """Return what was recorded live of each frame."""
    return [
        (frame.look.at, frame.look.p, frame.look.statistics, frame.look.verdict, frame.level)
        for frame in history.frames(print_id)
    ]


def again(judged: list[Judged]) -> list[tuple[object, ...]]:
    """Return the same of a replay."""
    return [(one.at, one.p, one.statistics, one.verdict, one.level) for one in judged]


def assert_replayed_as_live(history: History) -> None:
    """By the recorded rules, and by the same ones of one's own."""
    was = live(history, "one")
    assert again(list(replay(recorded(history, ["one"])))) == was
    assert again(list(replay(recorded(history, ["one"]), FailWatchRules()))) == was


def user(watched: Watched) -> list[Callable[[], object]]:
    """Return all that a user or a host may do in mid-print."""
    watch = watched.watch
    return [
        lambda: watch.answer(Answer.NOT_A_FAILURE),
        lambda: watch.answer(Answer.FAILURE),
        lambda: watch.answer(Answer.CLEARED),
        lambda: watch.answer(Answer.WITHDRAWN),
        lambda: watch.snooze(300),
        lambda: watch.snooze(0),
        lambda: watch.mute(True),
        lambda: watch.mute(False),
        watch.pause,
        watch.resume,
        lambda: watch.hold("heating"),
        lambda: watch.release("heating"),
        lambda: watch.hold(SWITCHED_OFF),
        lambda: watch.release(SWITCHED_OFF),
        watch.check_now,
    ]


@pytest.mark.parametrize("name", RULE_SETS)
@pytest.mark.parametrize("seed", range(4 if RUNS_SLOW_TESTS else 2))
async def test_the_recorded_print_gives_the_live_verdicts(history: History, name: str, seed: int) -> None:
    """Whatever was answered, snoozed, paused, changed or restarted on the way."""
    numbers = _noise(seed)
    ps = [abs(math.sin(index / 17 + seed)) ** 3 * 1.3 * next(numbers) for index in range(300)]
    settings = WatchSettings(rules=create_rules(name), policy=Policy(on_failure=Action.PAUSE))
    clock = VirtualClock()
    async with watching(ScriptedDetector(ps), settings, clock=clock) as first:
        recorder(history, first, settings)
        first.watch.start("one")
        for turn in range(1, 9):
            number = 8 * turn
            await first.frames(number)
            does = user(first)
            does[int(next(numbers) * 1000) % len(does)]()
            first.watch.resume()
            first.watch.release("heating")
        state = first.watch.state
    stricter = WatchSettings(rules=FailWatchRules(failure=0.3), latch_times=LatchTimes(clear_failure=100))
    async with watching(ScriptedDetector(ps[80:]), stricter, state=state, clock=clock) as second:
        recorder(history, second, stricter)
        second.watch.start("one")
        second.watch.check_now()
        await second.frames(120)
        second.watch.end("finished")
        second.watch.start("two")
        second.watch.mute()
        await second.frames(30)
        second.watch.mute(False)
        await second.frames(50)
    history.settle()
    for print_id in ("one", "two"):
        assert again(list(replay(recorded(history, [print_id])))) == live(history, print_id)
    both = live(history, "one") + live(history, "two")
    assert again(list(replay(recorded(history, ["one", "two"])))) == both
    assert len({row[4] for row in both}) > 1 or name != "failwatch"


@pytest.mark.parametrize("gap", [[Unavailable("down")] * 8, [NotAuthorised("who?")]], ids=len)
async def test_a_gap_in_what_was_seen_is_one_in_the_replay(
    history: History, gap: list[DetectionError]
) -> None:
    """Good pictures before a blindness clear nothing after it, then as live, and by the same rules given."""
    script = [0.01] * 5 + [1.0] * 20 + [0.0] * 45 + gap + [0.0] * 100
    async with watching(ScriptedDetector(script)) as watched:
        recorder(history, watched)
        watched.watch.start("one")
        await watched.told(EventKind.SEEING)
        await watched.told(EventKind.CLEARED)
        watched.watch.end("finished")
    history.settle()
    assert_replayed_as_live(history)


@pytest.mark.parametrize("reason", ["heating", SWITCHED_OFF])
async def test_a_short_hold_is_a_gap_in_the_replay(history: History, reason: str) -> None:
    """Good pictures before it clear nothing after it, although the looks are no further apart than ever."""
    async with watching(ScriptedDetector([0.01] * 5 + [1.0] * 20 + [0.0] * 200)) as watched:
        recorder(history, watched)
        watched.watch.start("one")
        await watched.told(EventKind.FAILURE)
        await watched.until(lambda: watched.watch.state.latch.quiet_since is not None)
        await watched.frames(watched.watch.state.look.number + 20)
        watched.watch.hold(reason)
        watched.watch.release(reason)
        released = watched.clock.time
        cleared = await watched.told(EventKind.CLEARED)
        assert cleared.at >= released + WatchSettings().latch_times.clear_failure
        watched.watch.end("finished")
    history.settle()
    assert_replayed_as_live(history)


async def test_looks_as_far_apart_as_they_were_wanted_are_no_gap_in_the_replay(history: History) -> None:
    """A failure clears as it did live."""
    settings = WatchSettings(cadence=Cadence(interval=100.0))
    async with watching(ScriptedDetector([0.01] * 5 + [1.0] * 20 + [0.0]), settings) as watched:
        recorder(history, watched, settings)
        watched.watch.start("one")
        await watched.told(EventKind.CLEARED)
        watched.watch.end("finished")
    history.settle()
    assert_replayed_as_live(history)


async def test_rules_of_ones_own_know_what_they_learned_themselves(history: History) -> None:
    """Whatever the live ones knew meanwhile."""
    async with watching(ScriptedDetector([0.15])) as watched:
        recorder(history, watched)
        for print_id in ("one", "two"):
            watched.watch.start(print_id)
            await watched.until(lambda: (look := watched.watch.state.look) is not None and look.number == 70)
            watched.watch.end("finished")
    history.settle()
    both = recorded(history, ["one", "two"])
    usual = [one.verdict.usual for one in replay(both, FailWatchRules(learn_below=0.0, usual_at_most=0.0))]
    assert set(usual) == {FailWatchRules().prior}
    *_, last = history.frames("two")
    assert last.look.verdict.usual > FailWatchRules().prior


@pytest.mark.parametrize("off", [True, False])
async def test_what_was_seen_while_it_was_switched_off_is_learned_at_no_cadence(
    history: History, off: bool
) -> None:
    """What else would be learned as normal."""
    async with watching(ScriptedDetector([0.02] * 20 + [0.15] * 200)) as watched:
        recorder(history, watched)
        watched.watch.start("one")
        await watched.frames(30)
        if off:
            watched.watch.hold(SWITCHED_OFF)
        await watched.frames(200)
        watched.watch.end("finished")
    history.settle()
    for rules in (None, FailWatchRules()):
        judged = list(replay(at_cadence(recorded(history, ["one"]), 30), rules))
        at_first, at_last = (one.verdict.usual for one in (judged[12], judged[-1]))
        assert (at_last == at_first) is off


async def test_a_service_that_keeps_the_statistics_is_replayed_with_them(history: History) -> None:
    """They are taken as they were returned, except at another cadence."""

    class Service(ScriptedDetector):
        async def detect(self, frame: object) -> Detection:
            detection = await super().detect(frame)  # type: ignore[arg-type]
            return Detection(detection.p, statistics=TemporalStatistics(0.7, 0.1, 0.05, 900, 9000))

    settings = WatchSettings(rules=ObicoRules())
    async with watching(Service([0.1]), settings) as watched:
        recorder(history, watched, settings)
        watched.watch.start("one")
        await watched.frames(900)
        await watched.until(lambda: len(watched.watch._detector.frames) > 20)  # type: ignore[attr-defined]
        watched.watch.end("finished")
    history.settle()
    assert again(list(replay(recorded(history, ["one"])))) == live(history, "one")
    assert next(replay(recorded(history, ["one"]))).statistics.ewm_mean == 0.7
    thinned = next(replay(at_cadence(recorded(history, ["one"]), 60), ObicoRules()))
    assert thinned.statistics.ewm_mean == pytest.approx(0.1 * 2 / 13)


async def test_what_a_camera_explains_is_taken_off_once_in_the_replay(history: History) -> None:
    """And a sure failure is known by p before it."""

    class Learned(ScriptedDetector):
        async def detect(self, frame: Frame) -> Detection:
            return replaced(await super().detect(frame), explained=0.1)

    async with watching(Learned([0.15] * 20 + [0.82] * 20)) as watched:
        recorder(history, watched)
        watched.watch.start("one")
        await watched.frames(40)
        watched.watch.end("finished")
    history.settle()
    assert live(history, "one")[0][1] == pytest.approx(0.05)
    assert Rule.SURE in {frame.look.verdict.rule for frame in history.frames("one")}
    assert_replayed_as_live(history)


async def test_an_answer_counts_only_for_what_stands(history: History) -> None:
    """The user denied an alarm; rules that raised none must not learn from the denial."""
    async with watching(ScriptedDetector([0.0] * 50 + [0.7] * 500)) as watched:
        recorder(history, watched)
        watched.watch.start("one")
        await watched.told(EventKind.FAILURE)
        watched.watch.answer(Answer.NOT_A_FAILURE)
        await watched.frames(150)
        watched.watch.end("finished")
    history.settle()
    deaf = list(replay(recorded(history, ["one"]), FailWatchRules(maybe=9, failure=9, sustained=9)))
    assert Rule.ACCEPTED not in {one.verdict.rule for one in deaf}
    same = list(replay(recorded(history, ["one"]), FailWatchRules()))
    assert Rule.ACCEPTED in {one.verdict.rule for one in same}


@pytest.mark.parametrize(
    ("said", "stands"), [(Answer.FAILURE, Level.FAILURE), (Answer.NOT_A_FAILURE, Level.NONE)]
)
async def test_a_failure_that_the_user_saw_stands_whatever_the_rules_raised(
    history: History, said: Answer, stands: Level
) -> None:
    async with watching(ScriptedDetector([0.0] * 50 + [0.7] * 500)) as watched:
        recorder(history, watched)
        watched.watch.start("one")
        await watched.told(EventKind.FAILURE)
        watched.watch.answer(said)
        await watched.frames(80)
        watched.watch.end("finished")
    history.settle()
    *_, last = replay(recorded(history, ["one"]), FailWatchRules(maybe=9, failure=9, sustained=9))
    assert last.level is stands


async def test_at_another_cadence_nothing_live_comes_between(history: History) -> None:
    """What the live watch knew after an answer or a restart stands for frames that are left out."""
    async with watching(ScriptedDetector([0.0] * 20 + [0.9] * 60)) as watched:
        recorder(history, watched)
        watched.watch.start("one")
        await watched.frames(50)
        watched.watch.answer(Answer.NOT_A_FAILURE)
        await watched.frames(70)
        watched.watch.end("finished")
        watched.watch.start("two")
        await watched.frames(30)
    history.settle()
    judged = list(replay(at_cadence(recorded(history, ["one", "two"]), 60)))
    counted = [one.statistics.prediction_num for one in judged]
    first = [one.print_id for one in judged].count("one")
    assert counted == [*range(1, first + 1), *range(1, len(judged) - first + 1)]
    assert judged[-1].statistics.prediction_num_lifetime == len(judged)
    assert judged[first - 1].verdict.rule is Rule.ACCEPTED, "the answer counts all the same"


def _noise(seed: int):
    """Yield numbers between 0 and 1 that are the same in every run."""
    value = seed * 7919 + 12345
    while True:
        value = (value * 1103515245 + 12345) % 2**31
        yield value / 2**31
