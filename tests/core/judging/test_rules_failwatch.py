"""FailWatch's own rules see what the plain statistics cannot, and stay quiet where they should."""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.simulated_printers import KINDS, Kind, simulate
from octoprint_failwatch.engine.history import Entry
from octoprint_failwatch.engine.judging.assessment import Answer, Assessment, assess
from octoprint_failwatch.engine.judging.failwatch_rules import SURE_LOOKS, FailWatchRules
from octoprint_failwatch.engine.judging.judge import Memory, judge
from octoprint_failwatch.engine.judging.latch import LatchTimes
from octoprint_failwatch.engine.judging.published_rules import ObicoRules
from octoprint_failwatch.engine.judging.trend import (
    OPENING,
    Trend,
    advance,
    after_good_print,
    after_move,
    for_new_print,
)
from octoprint_failwatch.engine.judging.verdict import Level, Rule
from octoprint_failwatch.engine.models import Detection
from octoprint_failwatch.engine.replay import Began, Judged, Sample, Step, replay
from octoprint_failwatch.engine.statistics import TemporalStatistics
from octoprint_failwatch.engine.watch.state import EventKind
from octoprint_failwatch.tuning.print_case import Case
from tests.slow import RUNS_SLOW_TESTS

MINUTE = 60.0


def watch(
    p: Callable[[float], float], minutes: float, spacing: Callable[[float], float] = lambda _: 10.0
) -> list[Judged]:
    """Judge a print on a new printer, p given by the seconds since its start."""
    samples, at = [], 0.0
    while at < minutes * MINUTE:
        samples.append(Sample(at, p(at)))
        at += spacing(at)
    return list(replay([Began("first"), *samples], FailWatchRules()))


def told(judged: Iterable[Judged], level: Level = Level.FAILURE) -> float:
    """Return after how many minutes a level stood, infinity for never."""
    return next((one.at / MINUTE for one in judged if one.level.rank >= level.rank), math.inf)


def learned(p: float, frames: int) -> Memory:
    """Return the memory of a printer that has always shown p."""
    now = Assessment()
    for number in range(frames):
        now = assess(now, FailWatchRules(), LatchTimes(), Detection(p), 10.0 * number, gap=60.0).assessment
    return now.memory.for_new_print()


def judged(memory: Memory, p: float, at: float) -> Memory:
    """Return the memory after one more look by FailWatch's own rules, learned from where that is allowed."""
    now = assess(Assessment(memory), FailWatchRules(), LatchTimes(), Detection(p), at, gap=60.0)
    return now.assessment.memory


# The first hole: the long mean of a new printer learns the failure as it happens


@pytest.mark.parametrize("p", [0.7, 0.9, 1.0])
@pytest.mark.parametrize("onset", [0, 2, 20, 60])
def test_a_first_print_that_fails_is_told(p: float, onset: float) -> None:
    """Golden vectors V1 and V2, where the open server never says anything: told within five minutes."""
    series = [0.02 if number < 6 * onset else p for number in range(int(6 * (onset + 30)))]
    judged = list(
        replay([Began("first"), *(Sample(10.0 * n, one) for n, one in enumerate(series))], FailWatchRules())
    )
    assert onset <= told(judged) <= onset + 5
    if onset == 0:
        obico = replay([Began("first"), *(Sample(10.0 * n, p) for n in range(400))], ObicoRules())
        assert all(one.level is Level.NONE for one in obico)


# The second hole: a slow rise takes the short mean along


@pytest.mark.parametrize("hours", [0.5, 1, 2, 3])
def test_a_slow_rise_is_told_on_its_way(hours: float) -> None:
    """However slowly p climbs to 0.8, a failure is told before it is there."""
    judged = watch(lambda at: min(0.8, 0.8 * at / (hours * 3600)), 60 * hours + 30)
    assert told(judged) < 60 * hours


def test_a_moderate_failure_is_not_got_used_to() -> None:
    """Golden vector V5: the open server warns for six frames, then never again."""
    memory = learned(0.02, 8000)
    series = [0.02] * 40 + [0.6] * 300
    verdicts = []
    for number, p in enumerate(series):
        memory, verdict, *_ = judge(memory, FailWatchRules(), Detection(p), 10.0 * number)
        verdicts.append(verdict)
    assert verdicts[-1].level is Level.FAILURE
    assert verdicts[-1].rule is Rule.SUSTAINED


@pytest.mark.parametrize("spacing", [5.0, 10.0, 15.0])
def test_a_failure_that_comes_into_view_and_goes_is_told(spacing: float) -> None:
    """A blob that the head carries past the camera: a minute of it in every two and a half, and none between."""
    judged = watch(
        lambda at: 0.75 if at > 3600 and at % 150 < 65 else 0.02,
        120,
        lambda _: spacing,
    )
    assert 63 <= told(judged) <= 72
    (first, *_) = (one for one in judged if one.level is Level.FAILURE)
    assert first.verdict.rule is Rule.SUSTAINED


def test_what_looks_half_bad_without_a_break_is_still_a_doubt_only() -> None:
    """Supports that look like 0.4 for a quarter of an hour, with the scatter that pictures have."""
    judged = watch(lambda at: 0.42 + 0.08 * math.sin(at) if 3600 < at < 4500 else 0.02, 120)
    assert told(judged, Level.MAYBE) < math.inf
    assert told(judged) == math.inf


def test_a_failure_does_not_become_usual() -> None:
    """Hours of a failure that nobody looks at leave the printer's usual level where it was."""
    memory = learned(0.02, 1000)
    before = memory.trend.baseline
    for number in range(3000):
        memory = judged(memory, 0.7, 10.0 * number)
    assert memory.trend.baseline == pytest.approx(before or 0.0, abs=0.01)


# What is no failure


def test_a_flicker_is_no_failure() -> None:
    """Up to five bad pictures in a row, now and then, are a doubt at most."""
    judged = watch(lambda at: 0.9 if at % 1800 < 50 else 0.02, 240)
    assert told(judged, Level.MAYBE) < math.inf
    assert told(judged) == math.inf


@pytest.mark.parametrize("spacing", [5.0, 10.0])
@pytest.mark.parametrize("sensitivity", [0.5, 1.0, 2.0])
def test_what_lasts_is_doubted_where_as_high_an_excess_was_too_brief(
    spacing: float, sensitivity: float
) -> None:
    """The recent mean of both is just above the limit; a few seconds more of what was brief are a doubt, too."""
    limits = {
        name: limit * sensitivity for name, limit in (("maybe", 0.40), ("failure", 0.60), ("sustained", 0.40))
    }
    rules = FailWatchRules(sensitivity=sensitivity, **limits)

    def doubted(p: float, seconds: float) -> Judged | None:
        end = 3600 + seconds
        looks = (spacing * number for number in range(round((end + 600) / spacing)))
        series = [Sample(at, p if 3600 <= at < end else 0.02) for at in looks]
        steps = replay([Began("first"), *series], rules)
        return next((one for one in steps if one.level is not Level.NONE), None)

    assert doubted(0.85, 40) is None
    assert doubted(0.85, 50) is not None
    lasting = doubted(0.45, 300)
    assert lasting is not None
    assert lasting.level is Level.MAYBE
    assert lasting.verdict.score < 0.42 * sensitivity
    assert lasting.verdict.limit < rules.maybe, "an hour of calm has been seen"


def test_what_is_too_brief_for_a_doubt_has_a_limit_of_its_own_to_show() -> None:
    """The score lies below the limit that the verdict names, as in every look that raises nothing."""
    judged = watch(lambda at: 0.85 if 3600 <= at < 3640 else 0.02, 62)
    (highest,) = [one for one in judged if one.verdict.score >= 0.40]
    assert highest.verdict.rule is Rule.QUIET
    assert highest.verdict.score < highest.verdict.limit == pytest.approx(0.45)
    assert highest.verdict.is_halfway


def test_a_steady_box_is_learned() -> None:
    """What looks like 0.2 all the time from the first print on is never told, and a failure above it is."""
    quiet = watch(lambda _: 0.2, 240)
    assert told(quiet, Level.MAYBE) == math.inf
    failing = watch(lambda at: 0.2 if at < 7200 else 0.95, 140)
    assert 120 <= told(failing) <= 125


def test_light_switched_at_night_is_no_failure() -> None:
    """The level steps up by 0.2 and stays."""
    judged = watch(lambda at: 0.02 if at < 3600 else 0.22, 300)
    assert told(judged, Level.MAYBE) == math.inf


# Any cadence


@pytest.mark.parametrize("spacing", [3.0, 10.0, 20.0, 30.0])
def test_the_cadence_does_not_change_when_it_is_told(spacing: float) -> None:
    """From 3 to 30 seconds a failure is told after about the same time."""
    judged = watch(lambda at: 0.02 if at < 1800 else 0.85, 60, lambda _: spacing)
    assert 30.8 <= told(judged) <= 32.2


def test_a_service_that_lets_nothing_through_for_minutes() -> None:
    """One picture in two minutes, after 429: told after four pictures at most, never after one."""
    judged = watch(lambda at: 0.02 if at < 1800 else 0.85, 60, lambda at: 10.0 if at < 1700 else 120.0)
    bad = [one for one in judged if one.p > 0.5]
    assert bad[0].level is Level.NONE
    assert told(judged) <= bad[3].at / MINUTE


def test_one_bad_picture_after_a_long_pause_is_no_failure() -> None:
    """A gap of hours does not make a single picture stand for all of it."""
    judged = watch(
        lambda at: 0.95 if 12_200 < at < 12_215 else 0.02,
        240,
        lambda at: 3600.0 if 5000 < at < 9000 else 10.0,
    )
    assert [one.p for one in judged].count(0.95) == 1
    assert told(judged) == math.inf


@given(
    st.lists(st.floats(0, 3), min_size=1, max_size=80),
    st.floats(1, 90),
    st.floats(0.02, 0.3),
)
@settings(max_examples=60)
def test_worse_pictures_never_look_better(ps: list[float], spacing: float, more: float) -> None:
    """Raising the last p raises the score, whatever came before."""
    memory, rules = Memory(), FailWatchRules()
    for number, p in enumerate(ps[:-1]):
        memory = judge(memory, rules, Detection(p), spacing * number).memory
    at = spacing * len(ps)
    verdict = judge(memory, rules, Detection(ps[-1]), at).verdict
    worse = judge(memory, rules, Detection(ps[-1] + more), at).verdict
    assert worse.level.rank >= verdict.level.rank


def test_how_a_printer_looks_at_first_is_the_mean_of_the_prints_that_went_well() -> None:
    trend = Trend()
    for p, mean in ((0.4, 0.4), (0.2, 0.3), (0.0, 0.2)):
        for _ in range(OPENING):
            trend = advance(trend, p, 1.0, is_sure=False)
        trend = for_new_print(after_good_print(trend))
        assert trend.fixture == pytest.approx(mean)


# Whatever was learned


def test_what_was_learned_hides_no_more_together_than_it_may() -> None:
    """The printer's number and the camera's cells have one budget: 0.35 of p is all that they hide."""
    rules = FailWatchRules()
    for baseline, hidden in ((0.02, 0.33), (0.2, 0.15), (0.35, 0.0)):
        memory = Memory(trend=Trend(baseline=baseline, learned=1000.0))
        counted = judge(memory, rules, Detection(0.8, explained=0.35), 0.0).p
        assert counted == pytest.approx(0.8 - hidden)
    assert judge(Memory(), ObicoRules(), Detection(0.8, explained=0.35), 0.0).p == pytest.approx(0.45)


@pytest.mark.parametrize("sensitivity", [0.9, 1.0, 1.25])
def test_a_recent_mean_as_high_as_a_sure_failure_is_one_on_any_printer(sensitivity: float) -> None:
    """On a printer that has learned all that it may, `failure` alone would ask for more than p can give."""
    rules, trend = FailWatchRules(sensitivity=sensitivity, failure=0.7), Trend(baseline=0.35, learned=1000.0)

    def verdict(mean: float) -> Level:
        return rules.judge(TemporalStatistics(ewm_mean=mean, prediction_num=50), trend).level

    assert verdict(rules.sure + 0.001) is Level.FAILURE
    assert verdict(rules.sure - 0.06) is not Level.FAILURE
    rules = replace(rules, maybe=0.6 * sensitivity, failure=2.0)
    assert verdict(0.94) is Level.NONE, "a failure is never told sooner than a doubt"
    assert verdict(0.96) is Level.FAILURE


def test_one_good_look_after_a_time_without_any_clears_nothing() -> None:
    """What was good before the gap proves nothing after it; ten good minutes without a gap do."""
    now, at = Assessment(), 0.0

    def look(p: float, later: float = 10.0) -> Level:
        nonlocal now, at
        at += later
        now = assess(now, FailWatchRules(), LatchTimes(), Detection(p), at, gap=60.0).assessment
        return now.latch.level

    while look(0.9) is not Level.FAILURE:
        pass
    while now.latch.quiet_since is None:
        look(0.0)
    assert look(0.0, 900.0) is Level.FAILURE
    assert {look(0.0) for _ in range(50)} == {Level.FAILURE}
    assert [look(0.0) for _ in range(30)][-1] is Level.NONE


@cache
def _prints(kind: Kind) -> list[Case]:
    """Return a printer's prints, of which most looks are left out: it saves the tests' time."""
    prints = simulate(replace(kind, new_printers=False), 6 if RUNS_SLOW_TESTS else 4, 3)
    return [replace(one, samples=one.samples[:: 1 if RUNS_SLOW_TESTS else 3]) for one in prints]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("denied", [False, True])
def test_a_sure_failure_is_one_on_every_kind_of_printer(kind: Kind, denied: bool) -> None:
    """After good and failed prints, and half of one more, also where every alarm before this print was denied."""
    *before, last = _prints(kind)
    steps: list[Step] = []
    for case in before:
        steps += [Began(case.print_id), *case.samples]
        if denied:
            said = {"detail": Answer.NOT_A_FAILURE.value, "level": Level.FAILURE.value}
            steps.insert(-10, Entry(1, case.samples[-10].at, EventKind.ACKNOWLEDGED, said))
    onset = last.label.failed_from if last.label and last.label.failed_from else math.inf
    good = [sample for sample in last.samples if sample.at < onset]
    half = good[: max(len(good) // 2, 12)]
    sure = [Sample(half[-1].at + 10.0 * number, FailWatchRules().sure) for number in range(1, SURE_LOOKS + 1)]
    *_, told = replay([*steps, Began(last.print_id), *half, *sure], FailWatchRules())
    assert told.level is Level.FAILURE


@pytest.mark.parametrize(("spacing", "at_first", "looks"), [(10.0, SURE_LOOKS, SURE_LOOKS), (2.0, 21, 25)])
def test_after_clearing_away_a_sure_failure_takes_all_its_looks_again(
    spacing: float, at_first: int, looks: int
) -> None:
    """None of the looks at the mess that is gone counts, nor the time that they took."""
    rules = FailWatchRules(maybe=2.0, failure=2.0, sustained=2.0)

    def seen(memory: Memory, after: float) -> tuple[int, Memory]:
        for number in range(1, 3 * looks):
            memory, verdict, *_ = judge(memory, rules, Detection(0.9), after + spacing * number)
            if verdict.level is not Level.NONE:
                assert verdict.rule is Rule.SURE
                return number, memory
        raise AssertionError("never told")

    first, memory = seen(Memory(), 0.0)
    assert first == at_first
    assert seen(memory.cleared(), spacing * first)[0] == looks


def test_what_a_printer_shows_counts_beside_what_was_assumed_of_it() -> None:
    """The assumption counts for so many pictures, and each picture for one of all."""
    first = FailWatchRules(prior=0.0, prior_frames=3.0).taught(Trend(), 0.2, 0.2, 1.0)
    assert (first.baseline, first.learned) == (pytest.approx(0.2 / 4), 1.0)
    second = FailWatchRules(prior=0.0, prior_frames=3.0).taught(first, 0.2, 0.2, 2.0)
    assert (second.baseline, second.learned) == (pytest.approx(0.05 + 0.15 * 2 / 6), 3.0)


def test_of_a_camera_that_was_moved_nothing_is_known_but_this_prints_means() -> None:
    before = Trend(0.3, 0.1, 500.0, 0.2, 4, 4.0, 0.25, 3, 0.15, 6)
    assert after_move(before) == Trend(0.3, None, 0.0, 0.2, 4, 4.0, 0.0, OPENING, 0.0, 0)


@given(st.floats(0.0, 0.35), st.sampled_from([0.5, 1.0, 2.0]))
def test_the_limits_that_are_drawn_are_those_that_decide(usual: float, sensitivity: float) -> None:
    """For what lasts; also where so much was learned that a mean as high as a sure failure's p is enough."""
    rules = FailWatchRules(sensitivity=sensitivity)
    trend = Trend(baseline=usual, slow_mean=usual + 0.2 / sensitivity)
    for level, _, above in rules.limits(usual):
        for beside, reached in ((-0.001, False), (0.001, True)):
            statistics = TemporalStatistics(ewm_mean=usual + above + beside, prediction_num=10)
            assert (rules.judge(statistics, trend).level.rank >= level.rank) is reached


@pytest.mark.parametrize(
    ("p", "level"),
    [
        (0.0, Level.NONE),
        (0.41, Level.NONE),
        (0.43, Level.MAYBE),
        (0.61, Level.MAYBE),
        (0.63, Level.FAILURE),
        (1.0, Level.FAILURE),
    ],
)
def test_a_single_picture_is_judged_as_a_new_printers_print_that_goes_on_like_it(
    p: float, level: Level
) -> None:
    assert FailWatchRules().level_that_lasts(p) is level
