"""The minimum data for tuning, and the confidence of its result."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..engine.errors import FailWatchError
from .print_case import Case

FAILED, GOOD, HOURS = 3, 5, 8.0
CONFIDENCE = 0.95


class TooLittleData(FailWatchError):
    """The labelled prints are too few to choose anything by; the text says what is missing."""

    kind = "too_little_data"


def check(cases: Sequence[Case]) -> None:
    """Raise TooLittleData unless the labelled prints are enough."""
    labelled = [case for case in cases if case.label is not None]
    failed = [case for case in labelled if case.label is not None and case.label.failed]
    good = [case for case in labelled if case.label is not None and not case.label.failed]
    dated = [case for case in failed if case.label is not None and case.label.failed_from is not None]
    hours = sum(case.hours for case in good)
    if len(dated) < FAILED or len(good) < GOOD or hours < HOURS:
        raise TooLittleData(
            "Too little is known to tune anything. Needed are %(failed)d failed prints that say from when on they"
            " failed (there are %(has_failed)d), and %(good)d good ones (there are %(has_good)d) of together"
            " %(hours)d hours (there are %(has_hours).1f).",
            failed=FAILED,
            has_failed=len(dated),
            good=GOOD,
            has_good=len(good),
            hours=HOURS,
            has_hours=hours,
        )


def at_most(events: int, hours: float) -> float:
    """Return the rate per 100 hours that is not exceeded with 95 % confidence.

    The exact upper limit for a Poisson count: 3.0 events where none was seen, 4.7 for one.
    """
    if hours <= 0:
        return math.inf
    low, high = float(events), events + 10 * math.sqrt(events + 1) + 10
    for _ in range(60):
        middle = (low + high) / 2
        if _poisson_at_most(events, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return 100 * high / hours


def _poisson_at_most(count: int, mean: float) -> float:
    """Return the probability of at most so many events."""
    term = total = math.exp(-mean)
    for number in range(1, count + 1):
        term *= mean / number
        total += term
    return total
