"""A printer whose good prints are calm is doubted sooner; what restlessness is, is learned from what went away."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.judging.assessment import Answer, Assessment, answered, assess
from octoprint_failwatch.engine.judging.failwatch_rules import (
    CALM,
    CALM_LASTING,
    KNOWN_PRINTS,
    FailWatchRules,
)
from octoprint_failwatch.engine.judging.latch import LatchTimes
from octoprint_failwatch.engine.judging.trend import (
    NEW_SWING,
    Trend,
    after_good_print,
    after_move,
    for_new_print,
)
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.models import Detection
from octoprint_failwatch.engine.statistics import TemporalStatistics

RULES = FailWatchRules()
HOUR = 3600.0
EVERY = 10.0


def watched(p: Callable[[float], float], hours: float, before: Assessment | None = None) -> list[Assessment]:
    """Return the assessment after each look of a print (or of its next hours), p given by the seconds since then."""
    now, after = before or Assessment(), []
    began = now.memory.judged_at or 0.0
    for look in range(round(hours * HOUR / EVERY)):
        at = look * EVERY
        step = assess(now, RULES, LatchTimes(), Detection(p(at)), began + EVERY + at, gap=math.inf)
        now = step.assessment
        after.append(now)
    return after


def calm(hours: float = 4.0) -> Assessment:
    return watched(lambda _: 0.02, hours)[-1]


def known(prints: int, before: Assessment | None = None) -> Assessment:
    """Return a printer, calm unless another is given, after so many good prints."""
    now = before or calm()
    for _ in range(prints):
        now = replace(now, memory=replace(now.memory, trend=after_good_print(now.memory.trend)))
    return now


def told(looks: list[Assessment]) -> float | None:
    """Return the minutes until a failure stands."""
    return next(
        (look * EVERY / 60 for look, one in enumerate(looks) if one.latch.level is Level.FAILURE), None
    )


def is_doubted(looks: list[Assessment]) -> bool:
    return any(look.latch.level is not Level.NONE for look in looks)


def asked(trend: Trend, rules: FailWatchRules = RULES) -> float:
    """Return the score that a doubt asks of a printer once an excess has lasted."""
    good = replace(trend, slow_mean=0.0, slow_square=0.0, sure_looks=0)
    return rules.judge(TemporalStatistics(prediction_num=100), good).limit


@pytest.mark.parametrize("p", [0.32, 0.36])
def test_a_weak_failure_is_doubted_of_a_calm_printer_and_not_of_a_new_one(p: float) -> None:
    assert is_doubted(watched(lambda _: p, 0.25, calm()))
    assert not is_doubted(watched(lambda at: 0.02 if at < 300 else p, 0.25))


def test_a_restless_printer_is_asked_as_much_as_a_new_one() -> None:
    """For two minutes of every ten something comes into view, and goes."""
    restless = watched(lambda at: 0.45 if at % 600 < 120 else 0.02, 8)
    assert not is_doubted(restless)
    now = restless[-1]
    assert asked(now.memory.trend) > 0.9 * RULES.maybe
    assert not is_doubted(watched(lambda at: 0.45 if at % 600 < 120 else 0.02, 8, now))
    assert is_doubted(watched(lambda _: 0.45, 0.5, now))


@pytest.mark.parametrize(
    ("slow_mean", "level", "limit"),
    [(0.151, Level.MAYBE, CALM * 0.40), (0.149, Level.NONE, 0.45), (0.0, Level.NONE, 0.45)],
)
def test_only_what_has_lasted_is_asked_for_less(slow_mean: float, level: Level, limit: float) -> None:
    """As much of the slow mean is asked of a calm printer as of any."""
    trend = Trend(baseline=0.0, unrest=0.0, slow_mean=slow_mean)
    rules = replace(RULES, prior=0.0)
    verdict = rules.judge(TemporalStatistics(ewm_mean=0.35, prediction_num=100), trend)
    assert (verdict.level, verdict.limit) == (level, pytest.approx(limit))


@given(st.floats(0.0, 1.0), st.floats(0.1, 1.5), st.floats(0.25, 4.0))
def test_no_printer_is_asked_more_than_the_number_or_less_than_seven_tenths(
    unrest: float, maybe: float, sensitivity: float
) -> None:
    rules = FailWatchRules(maybe=maybe, failure=2.0, sustained=2.0, sensitivity=sensitivity)
    assert CALM * maybe <= asked(Trend(baseline=0.02, unrest=unrest), rules) <= maybe
    assert asked(Trend(), rules) == maybe


def test_hours_of_calm_and_no_minutes_of_it_lower_the_limit() -> None:
    looks = watched(lambda _: 0.02, 4)
    limits = [asked(look.memory.trend) for look in looks]
    assert limits == sorted(limits, reverse=True)
    assert limits[12] > 0.95 * RULES.maybe
    assert limits[-1] == pytest.approx(CALM * RULES.maybe)


def test_a_failure_teaches_no_unrest_however_slowly_it_comes() -> None:
    """What goes on until the print ends is no swing of a good print."""
    before = calm()
    failing = watched(lambda at: min(0.02 + 0.9 * at / HOUR, 0.9), 1, before)[-1]
    assert failing.latch.level is Level.FAILURE
    assert failing.memory.trend.excess > 0.5
    after = failing.for_new_print().memory.trend
    assert (after.excess, after.excess_frames) == (0.0, 0.0)
    assert asked(after) == pytest.approx(asked(before.memory.trend), abs=0.01)


def test_an_excess_that_went_away_is_unrest_and_not_before() -> None:
    before = calm()
    during = watched(lambda _: 0.5, 0.02, before)[-1]
    assert during.memory.trend.unrest == before.memory.trend.unrest
    gone = watched(lambda _: 0.02, 0.2, during)[-1]
    assert gone.memory.trend.unrest > before.memory.trend.unrest
    assert watched(lambda _: 0.02, 0.2, before)[-1].memory.trend.unrest < before.memory.trend.unrest
    assert (gone.memory.trend.excess, gone.memory.trend.excess_frames) == (0.0, 0.0)


def test_mess_that_was_cleared_away_is_no_unrest() -> None:
    before = calm()
    failed = watched(lambda _: 0.9, 0.1, before)[-1]
    cleared = answered(failed, Answer.CLEARED, failed.memory.judged_at or 0.0, LatchTimes(), p=0.9)
    assert cleared.memory.trend.excess == 0.0
    again = watched(lambda _: 0.02, 1, cleared)[-1]
    assert again.memory.trend.learned > before.memory.trend.learned
    assert asked(again.memory.trend) == pytest.approx(CALM * RULES.maybe)


def test_nothing_is_learned_while_the_file_has_it_switched_off() -> None:
    before = replace(calm(), switched_off=True)
    after = watched(lambda at: 0.5 if at % 600 < 60 else 0.02, 2, before)[-1]
    assert (after.memory.trend.unrest, after.memory.trend.excess) == (before.memory.trend.unrest, 0.0)


def test_a_moved_camera_begins_as_a_new_printer() -> None:
    assert after_move(calm().memory.trend).unrest == NEW_SWING**3


def test_the_next_print_knows_how_calm_the_printer_is() -> None:
    known = calm().memory.trend
    assert for_new_print(known).unrest == known.unrest < NEW_SWING**3


def test_the_line_that_is_drawn_is_the_limit_that_a_verdict_names() -> None:
    """Of a restless printer, or while an excess is brief, it is what was set at most."""
    drawn = [RULES.limits(0.1, limit)[0][2] for limit in (0.28, 0.40, 0.45)]
    assert drawn == [0.28, RULES.maybe, RULES.maybe]
    assert [above for _, _, above in RULES.limits(0.1)] == [RULES.maybe, RULES.failure]


# A failure that lasts


@pytest.mark.parametrize("p", [0.36, 0.40])
def test_a_weak_failure_of_a_calm_printer_with_good_prints_behind_it_is_told(p: float) -> None:
    minutes = told(watched(lambda _: p, 1, known(KNOWN_PRINTS)))
    assert minutes is not None
    assert 8 < minutes < 20
    before = watched(lambda _: p, 1, known(KNOWN_PRINTS - 1))
    assert is_doubted(before)
    assert told(before) is None


def test_a_restless_printer_is_told_of_what_lasts_by_the_number_alone() -> None:
    restless = watched(lambda at: 0.45 if at % 600 > 480 else 0.02, 8)[-1]
    for p, is_told in ((0.40, False), (0.55, True)):
        assert (told(watched(lambda _, p=p: p, 1, known(KNOWN_PRINTS, restless))) is not None) is is_told


def test_a_sight_that_comes_and_goes_is_asked_for_all_of_the_number() -> None:
    """Its bad looks count for more than its good ones, which makes up for those."""
    rules = replace(RULES, prior=0.0)
    calm_and_known = Trend(baseline=0.0, unrest=0.0, fixture_prints=KNOWN_PRINTS)
    for slow_mean, slow_square, level in (
        (0.33, 0.0, Level.FAILURE),
        (0.31, (0.39 * 1.1) ** 2, Level.NONE),
        (0.31, (0.41 * 1.1) ** 2, Level.FAILURE),
    ):
        trend = replace(calm_and_known, slow_mean=slow_mean, slow_square=slow_square)
        assert rules.judge(TemporalStatistics(prediction_num=100), trend).level is level


@given(st.floats(0.0, 1.0), st.integers(0, 9), st.floats(0.1, 1.5), st.floats(0.25, 4.0))
def test_a_failure_that_lasts_is_asked_for_the_number_or_down_to_eight_tenths_of_it(
    unrest: float, prints: int, sustained: float, sensitivity: float
) -> None:
    rules = FailWatchRules(prior=0.0, maybe=9.0, failure=9.0, sustained=sustained, sensitivity=sensitivity)
    trend = Trend(baseline=0.0, unrest=unrest, fixture_prints=prints, slow_mean=10.0 / sensitivity)
    least = CALM_LASTING if prints >= KNOWN_PRINTS else 1.0
    for share, level in ((least * 0.99, Level.NONE), (1.01, Level.FAILURE)):
        now = replace(trend, slow_mean=share * sustained / sensitivity)
        assert rules.judge(TemporalStatistics(prediction_num=100), now).level is level
