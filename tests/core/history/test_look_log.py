"""A print's looks are kept, to tell which levels other rules would have reached."""

from dataclasses import replace

import pytest

from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.judge import Memory
from octoprint_failwatch.engine.judging.trend import Trend
from octoprint_failwatch.engine.judging.verdict import Verdict
from octoprint_failwatch.engine.replay.look_log import LONGEST, LookLog
from octoprint_failwatch.engine.statistics import TemporalStatistics
from octoprint_failwatch.engine.watch.state import CameraView, Look, WatchState

IDLE = WatchState(printer_id="printer")
SUDDEN = [0.02] * 20 + [0.7] * 20


def seen(at: float, p: float, print_id: str | None = "one") -> WatchState:
    look = Look(1, at, p, (CameraView(""),), TemporalStatistics(), Verdict(), 0.1)
    return WatchState(print_id=print_id, look=look)


def logged(log: LookLog, *ps: float, before: WatchState = IDLE, print_id: str = "one") -> WatchState:
    """Log a print of these looks, ten seconds apart, and return its last state."""
    state = replace(before, print_id=print_id, look=None)
    log.follow(before, state)
    for number, p in enumerate(ps):
        before, state = state, seen(10.0 * number, p, print_id)
        log.follow(before, state)
    return state


def test_other_rules_say_what_they_would_have_reached_and_when() -> None:
    log = LookLog()
    logged(log, *SUDDEN)
    told = log.judged_by(FailWatchRules())
    assert (told["looks"], told["level"]) == (40, "failure")
    assert 200.0 < told["maybe_at"] < told["failure_at"] < 400.0
    assert told["highest_score"] == pytest.approx(0.65, abs=0.03)
    calm = log.judged_by(FailWatchRules(failure=2.0, sustained=2.0, sure=2.0))
    assert (calm["level"], calm["failure_at"]) == ("maybe", None)
    assert calm["maybe_at"] == told["maybe_at"]
    blunt = log.judged_by(FailWatchRules(maybe=0.1, failure=0.1))
    assert blunt["maybe_at"] == blunt["failure_at"] is not None, "a failure is at least a doubt"
    deaf = log.judged_by(FailWatchRules(maybe=2.0, failure=2.0, sustained=2.0, sure=2.0))
    assert (deaf["level"], deaf["maybe_at"], deaf["failure_at"]) == ("none", None, None)


def test_before_any_print_nothing_was_reached() -> None:
    log = LookLog()
    log.follow(IDLE, IDLE)
    log.follow(IDLE, seen(5.0, 1.0, None))
    told = log.judged_by(FailWatchRules())
    assert told == {"looks": 0, "level": "none", "maybe_at": None, "failure_at": None, "highest_score": 0.0}


def test_each_look_counts_once_and_the_last_print_stays_until_another_begins() -> None:
    log = LookLog()
    last = logged(log, *SUDDEN)
    log.follow(last, replace(last, muted=True))
    log.follow(last, seen(380.0, 0.9))
    ended = replace(last, print_id=None)
    log.follow(last, ended)
    log.follow(ended, replace(ended, look=replace(ended.look, at=900.0)))
    assert log.judged_by(FailWatchRules())["looks"] == 40
    logged(log, 0.02, 0.02, before=ended, print_id="two")
    told = log.judged_by(FailWatchRules())
    assert (told["looks"], told["level"]) == (2, "none")


def test_what_is_known_of_the_printer_before_the_print_counts() -> None:
    """Not what was known of the print before it."""
    used = Memory(TemporalStatistics(ewm_mean=0.9), Trend(baseline=0.34, learned=2000.0, slow_mean=0.9))
    new, known = LookLog(), LookLog()
    logged(new, *[0.7] * 40)
    logged(known, *[0.7] * 40, before=replace(IDLE, memory=used))
    assert new.judged_by(FailWatchRules())["level"] == "failure"
    assert known.judged_by(FailWatchRules())["level"] == "none"


def test_of_a_very_long_print_a_tenth_at_its_beginning_is_forgotten() -> None:
    """What comes later is told with its own time."""
    log = LookLog()
    logged(log, *[0.9] * 100, *[0.0] * (LONGEST - 100))
    for number in range(LONGEST, LONGEST + 20):
        log.follow(IDLE, seen(10.0 * number, 0.9))
    told = log.judged_by(FailWatchRules())
    assert told["looks"] == LONGEST - LONGEST // 10 + 20
    assert 10.0 * LONGEST < told["maybe_at"] < 10.0 * (LONGEST + 20)
