"""Evaluate a choice of rules on labelled prints."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..engine.history import Entry
from ..engine.judging.latch import LatchTimes
from ..engine.judging.rules import RuleSet
from ..engine.judging.verdict import Level
from ..engine.replay import Judged, Replayer
from ..engine.watch.state import EventKind
from .print_case import Case, by_printer
from .quiet_looks import MeansCache, can_skip, skip

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
    means: MeansCache | None = None,
) -> list[Outcome]:
    """Return what the rules would have done, each printer's prints judged in order.

    `level` is what counts as an alarm: that level or a higher one. `means` is what was computed for other rules.
    """
    found: dict[str, Outcome] = {}
    means = means or MeansCache()
    for prints in by_printer(cases):
        watch = _Watch(rules, level, times, means)
        found |= {case.print_id: _outcome(case, watch.alarms(case, every)) for case in prints}
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


class _Watch:
    """Judges a printer's prints, with a user who answers false alarms a minute after they came.

    A print that was rightly called failed is over.
    """

    def __init__(self, rules: RuleSet, level: Level, times: LatchTimes | None, means: MeansCache) -> None:
        self._rules, self._rank, self._means = rules, level.rank, means
        self._replayer = Replayer(rules, times)

    def alarms(self, case: Case, every: float | None) -> list[float]:
        """Return when (seconds) a print raised alarms."""
        replayer, label = self._replayer, case.label
        replayer.begin(case.print_id)
        fails_at = (label.failed_from or -math.inf) if label and label.failed else math.inf
        samples = case.samples if every is None else self._means.at_cadence(case.samples, every)
        means = self._means.of(samples, self._rules)
        alarms: list[float] = []
        answer: Entry | None = None
        stood = False
        look = 0
        while look < len(samples):
            if means is not None and answer is None and can_skip(replayer.now):
                replayer.now, after = skip(replayer.now, means, self._rules, look)
                stood = stood and after == look
                look = after
                if look == len(samples):
                    break
            sample = samples[look]
            if answer is not None and sample.at >= answer.at:
                replayer.enter(answer)
                answer = None
            judged = replayer.look(sample)
            if means is not None and judged.p != means.p[look]:
                means = None  # less was hidden than the means take for granted
            look += 1
            stands = judged.level.rank >= self._rank
            if stands and not stood:
                alarms.append(judged.at)
                if judged.at >= fails_at:
                    return alarms
                answer = _denied(judged)
            stood = stands
        if answer is not None and case.samples[-1].at >= answer.at:
            replayer.enter(answer)
        return alarms


def _denied(judged: Judged) -> Entry:
    data = {"detail": "not_a_failure", "level": judged.level.value}
    return Entry(0, judged.at + ANSWERS_AFTER, EventKind.ACKNOWLEDGED, data)


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
