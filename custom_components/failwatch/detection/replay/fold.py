"""The replay: the same judgement and latch that a live watch runs, folded over a series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace as changed
from typing import NamedTuple

from .. import latch as latches
from .. import wire
from ..detection import Detection
from ..history.records import Entry, EntryKind, RecordedSettings, Standing
from ..judgement import judge
from ..latch import Latch, LatchTimes
from ..rules import FailWatchRules, RuleSet
from ..state import EventKind
from ..statistics import TemporalStatistics
from ..verdict import Level, Verdict
from .series import Began, Sample, Step


class Judged(NamedTuple):
    """A frame with its statistics and verdict, and the level that stands after it."""

    at: float
    p: float
    statistics: TemporalStatistics
    verdict: Verdict
    level: Level
    print_id: str

    def as_json(self) -> dict[str, str | float]:
        """Return what `failwatch replay --json` prints of it."""
        statistics, verdict = self.statistics, self.verdict
        return {
            "time": self.at,
            "p": self.p,
            "ewm_mean": statistics.ewm_mean,
            "rolling_mean_short": statistics.rolling_mean_short,
            "rolling_mean_long": statistics.rolling_mean_long,
            "prediction_num": statistics.prediction_num,
            "prediction_num_lifetime": statistics.prediction_num_lifetime,
            "verdict": verdict.level.value,
            "rule": verdict.rule.value,
            "margin": verdict.margin,
        }


def replay(
    steps: Iterable[Step],
    rules: RuleSet | None = None,
    times: LatchTimes | None = None,
    standing: Standing | None = None,
) -> Iterator[Judged]:
    """Yield the judgement of every frame, in constant memory.

    Without `rules` those recorded in the series are used, each from when it was in force, and the
    verdicts are the live ones bit for bit. With `rules` the series is judged as if they had been in
    force all along: what a print began with is then what the replay itself has learned so far, and
    "not a failure" counts only where the level that it answered stands here too.
    """
    course = _Course(rules, times, standing)
    for step in steps:
        if type(step) is Sample:
            at, p, served = step
            standing = course.standing
            memory, verdict = judge(standing.memory, course.rules, Detection(p, (), served), at)
            latch = standing.latch
            snoozed_until = standing.snoozed_until
            if not standing.muted and (snoozed_until is None or at >= snoozed_until):
                latch = latches.follow(latch, verdict, at, course.times)
            course.standing = Standing(memory, latch, standing.muted, snoozed_until)
            course.p = p
            yield Judged(at, p, memory.statistics, verdict, latch.level, course.print_id)
        elif isinstance(step, Began):
            course.begin(step.print_id)
        elif isinstance(step, Entry):
            course.enter(step)


class _Course:
    """Where a replay has got to, and how it takes what happened between frames."""

    def __init__(self, rules: RuleSet | None, times: LatchTimes | None, standing: Standing | None) -> None:
        self.as_recorded = rules is None
        self.times_given = times is not None
        self.rules: RuleSet = rules or FailWatchRules()
        self.times = times or LatchTimes()
        self.has_memory = standing is not None
        self.standing = standing or Standing()
        self.print_id = ""
        self.p = 0.0

    def begin(self, print_id: str) -> None:
        """Another print begins."""
        self.print_id = print_id
        self.p = 0.0
        self.standing = Standing(
            self.standing.memory.for_new_print(), snoozed_until=self.standing.snoozed_until
        )

    def enter(self, entry: Entry) -> None:
        """Take an entry of the history."""
        kind, data = entry.kind, entry.data
        if kind == EntryKind.SETTINGS:
            settings = wire.from_json(RecordedSettings, data)
            if self.as_recorded:
                self.rules = settings.rule_set
            if not self.times_given:
                self.times = settings.latch_times
        elif kind == EntryKind.STANDING:
            recorded = wire.from_json(Standing, data)
            if self.as_recorded:
                self.standing = recorded
            elif not self.has_memory:
                self.standing = changed(self.standing, memory=recorded.memory)
            self.has_memory = True
        elif kind == EntryKind.SNOOZED:
            self.standing = changed(self.standing, snoozed_until=data, latch=Latch())
        elif kind == EntryKind.MUTED:
            self.standing = changed(self.standing, muted=data, latch=Latch())
        elif kind == EventKind.ACKNOWLEDGED:
            self._answer(entry.at, data["detail"], Level(data["level"]))

    def _answer(self, at: float, answer: str, level: Level) -> None:
        standing = self.standing
        if answer == "failure":
            self.standing = changed(standing, latch=latches.confirm(standing.latch, at))
        elif level is Level.NONE or standing.latch.level is not Level.NONE:
            self.standing = changed(
                standing,
                latch=latches.acknowledge(at, self.times),
                memory=standing.memory.accepting(self.p),
            )
