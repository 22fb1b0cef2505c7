"""Evaluate a choice of rules on labelled prints."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..engine.history import Entry
from ..engine.judging.latch import LatchTimes
from ..engine.judging.rules import RuleSet
from ..engine.judging.verdict import Level
from ..engine.replay import Began, Judged, Step, at_cadence, replay
from ..engine.watch.state import EventKind
from .print_case import Case, by_printer

MISSED_MINUTES = 60.0
"""What a missed failure costs: how long it would have gone on unseen."""
FALSE_ALARM_MINUTES = 10.0
"""What a false alarm costs: the print stands still until somebody has looked."""
ANSWERS_AFTER = 60.0
"""Seconds until the user says "not a failure"."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened on one print.

    `alarm` is when the failure was told, in seconds after it began; None if it was missed, or there
    was none. `false_alarms` are those while all was well, which went on for `good_hours`.
    """

    print_id: str
    failed: bool
    alarm: float | None
    false_alarms: int
    good_hours: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Outcomes added up. Rates are per 100 hours of good printing, delays in minutes.

    `lost` is what all of it costs in minutes per 100 hours: a failure costs the minutes until it is
    told, at most the hour that a missed one costs, and a false alarm costs FALSE_ALARM_MINUTES.
    """

    failures: int = 0
    missed: int = 0
    delay: float = 0.0
    false_alarms: int = 0
    good_hours: float = 0.0
    lost: float = 0.0

    @property
    def false_alarm_rate(self) -> float:
        """False alarms per 100 hours."""
        return 100 * self.false_alarms / self.good_hours if self.good_hours else 0.0

    @property
    def until_told(self) -> float:
        """Minutes until a failure is told, where a missed one counts as MISSED_MINUTES."""
        if not self.failures:
            return 0.0
        told = self.failures - self.missed
        return (self.delay * told + MISSED_MINUTES * self.missed) / self.failures


def outcomes(
    cases: Sequence[Case],
    rules: RuleSet,
    *,
    level: Level = Level.FAILURE,
    every: float | None = None,
    times: LatchTimes | None = None,
) -> list[Outcome]:
    """Return what the rules would have done, each printer's prints judged in order.

    `level` is what counts as an alarm: that level or a higher one.
    """
    found: dict[str, Outcome] = {}
    for prints in by_printer(cases):
        found |= _of_printer(prints, rules, level, every, times)
    return [found[case.print_id] for case in cases if case.label is not None and case.counts]


def lost(result: Outcome) -> float:
    """Return what an outcome costs in minutes; see Summary."""
    late = 0.0
    if result.failed:
        late = MISSED_MINUTES if result.alarm is None else min(result.alarm / 60, MISSED_MINUTES)
    return late + FALSE_ALARM_MINUTES * result.false_alarms


def summarise(results: Iterable[Outcome]) -> Summary:
    """Return the outcomes added up."""
    failures = missed = false_alarms = 0
    delay = good_hours = minutes = 0.0
    for result in results:
        false_alarms += result.false_alarms
        good_hours += result.good_hours
        minutes += lost(result)
        if result.failed:
            failures += 1
            if result.alarm is None:
                missed += 1
            else:
                delay += result.alarm / 60
    told = failures - missed
    return Summary(
        failures,
        missed,
        delay / told if told else 0.0,
        false_alarms,
        good_hours,
        100 * minutes / good_hours if good_hours else minutes,
    )


class _User:
    """Answers false alarms a minute after they came, and ends a print that was rightly called failed."""

    def __init__(self, prints: Sequence[Case]) -> None:
        self._prints = prints
        self.rises: dict[str, list[float]] = {case.print_id: [] for case in prints}
        self._answers_at = math.inf
        self._level = Level.NONE
        self._ended = False
        self._fails_at = math.inf

    def steps(self) -> Iterator[Step]:
        """Yield the prints' frames, with the answers in between."""
        for case in self._prints:
            yield Began(case.print_id)
            label = case.label
            self._fails_at = (label.failed_from or -math.inf) if label and label.failed else math.inf
            self._answers_at, self._ended = math.inf, False
            for sample in case.samples:
                if self._ended:
                    break
                if sample.at >= self._answers_at:
                    data = {"detail": "not_a_failure", "level": self._level.value}
                    yield Entry(0, self._answers_at, EventKind.ACKNOWLEDGED, data)
                    self._answers_at = math.inf
                yield sample

    def alarmed(self, judged: Judged) -> None:
        """Take note of an alarm."""
        self.rises[judged.print_id].append(judged.at)
        if judged.at >= self._fails_at:
            self._ended = True
        else:
            self._level, self._answers_at = judged.level, judged.at + ANSWERS_AFTER


def _of_printer(
    prints: Sequence[Case], rules: RuleSet, level: Level, every: float | None, times: LatchTimes | None
) -> Mapping[str, Outcome]:
    user = _User(prints)
    steps: Iterable[Step] = user.steps() if every is None else at_cadence(user.steps(), every)
    rank = level.rank
    stood, current = False, ""
    for judged in replay(steps, rules, times):
        if judged.print_id != current:
            current, stood = judged.print_id, False
        stands = judged.level.rank >= rank
        if stands and not stood:
            user.alarmed(judged)
        stood = stands
    return {case.print_id: _outcome(case, user.rises[case.print_id]) for case in prints}


def _outcome(case: Case, rises: Sequence[float]) -> Outcome:
    begin, end = (case.samples[0].at, case.samples[-1].at) if case.samples else (0.0, 0.0)
    if case.label is None or not case.label.failed:
        return Outcome(case.print_id, False, None, len(rises), (end - begin) / 3600)
    since = case.label.failed_from
    if since is None:
        return Outcome(case.print_id, True, 0.0 if rises else None, 0, 0.0)
    before = [at for at in rises if at < since]
    after = [at for at in rises if at >= since]
    alarm = after[0] - since if after else None
    return Outcome(case.print_id, True, alarm, len(before), max(0.0, since - begin) / 3600)
