"""The latch holds its level while rules change from frame to frame."""

from octoprint_failwatch.engine.judging.latch import Latch, LatchTimes, confirm, follow, quieten
from octoprint_failwatch.engine.judging.verdict import Level, Rule, Verdict

TIMES = LatchTimes(clear_maybe=100, clear_failure=200, cooldown=50)
NONE = Verdict()
MAYBE = Verdict(Level.MAYBE, Rule.HIGH, 0.5, 0.0, 0.4)
FAILURE = Verdict(Level.FAILURE, Rule.HIGH, 0.8, 0.0, 0.6)


def test_it_rises_at_once_and_falls_only_by_lasting_evidence() -> None:
    """One failure frame holds; 200 s of none take it back."""
    latch = follow(Latch(), FAILURE, 10, TIMES)
    assert (latch.level, latch.since, latch.verdict) == (Level.FAILURE, 10, FAILURE)
    for at in range(20, 220, 10):
        latch = follow(latch, NONE, at, TIMES)
        assert latch.level is Level.FAILURE
    assert follow(latch, NONE, 220, TIMES).level is Level.NONE


def test_a_relapse_starts_the_evidence_anew() -> None:
    """The quiet time counts from the last bad verdict."""
    latch = follow(Latch(), MAYBE, 0, TIMES)
    latch = follow(latch, NONE, 10, TIMES)
    latch = follow(latch, MAYBE, 90, TIMES)
    latch = follow(latch, NONE, 100, TIMES)
    assert follow(latch, NONE, 190, TIMES).level is Level.MAYBE
    assert follow(latch, NONE, 200, TIMES).level is Level.NONE


def test_not_a_failure_is_silent_for_a_while() -> None:
    """After the answer nothing is raised until the cool-down is over."""
    latch = quieten(100, TIMES)
    assert follow(latch, FAILURE, 149, TIMES).level is Level.NONE
    assert follow(latch, FAILURE, 150, TIMES).level is Level.FAILURE


def test_a_confirmed_failure_is_not_taken_back() -> None:
    """What the user saw stands whatever the frames say."""
    latch = confirm(Latch(), 5)
    for at in range(10, 2000, 100):
        latch = follow(latch, NONE, at, TIMES)
    assert latch.level is Level.FAILURE
