"""The replay: the same judgement and latch that a live watch runs, folded over a series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace as changed
from typing import NamedTuple

from .. import serialization
from ..history.records import Entry, EntryKind, RecordedSettings, Standing
from ..judging import latch as latches
from ..judging.judge import judge
from ..judging.latch import Latch, LatchTimes
from ..judging.rules import FailWatchRules, RuleSet
from ..judging.verdict import Level, Verdict
from ..models import Detection
from ..statistics import TemporalStatistics
from ..watch.state import EventKind
from .series import Began, Sample, Step


class Judged(NamedTuple):
    """A frame with its statistics and verdict, the level that stands after it, and the rules in force."""

    at: float
    p: float
    statistics: TemporalStatistics
    verdict: Verdict
    level: Level
    print_id: str
    rules: RuleSet

    def as_json(self) -> dict[str, str | float]:
        """Return what `failwatch replay --json` prints of it."""
        return frame_as_json(self.at, self.p, self.statistics, self.verdict)

    def as_line(self) -> str:
        """Return the same as a line of text, several times faster than through `as_json`."""
        statistics, verdict = self.statistics, self.verdict
        return (
            f'{{"time": {self.at!r}, "p": {self.p!r}, "ewm_mean": {statistics.ewm_mean!r},'
            f' "rolling_mean_short": {statistics.rolling_mean_short!r},'
            f' "rolling_mean_long": {statistics.rolling_mean_long!r},'
            f' "prediction_num": {statistics.prediction_num},'
            f' "prediction_num_lifetime": {statistics.prediction_num_lifetime},'
            f' "verdict": "{verdict.level}", "rule": "{verdict.rule}", "margin": {verdict.margin!r}}}'
        )


def frame_as_json(
    at: float, p: float, statistics: TemporalStatistics, verdict: Verdict
) -> dict[str, str | float]:
    """Return a judged frame as every command prints it."""
    return {
        "time": at,
        "p": p,
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
    now = course.standing
    memory, latch, muted, snoozed_until = now.memory, now.latch, now.muted, now.snoozed_until
    for step in steps:
        if type(step) is Sample:
            at, p, served = step
            memory, verdict = judge(memory, course.rules, Detection(p, (), served), at)
            if not muted and (snoozed_until is None or at >= snoozed_until):  # as in `_silenced`
                latch = latches.follow(latch, verdict, at, course.times)
            course.p = p
            yield Judged(at, p, memory.statistics, verdict, latch.level, course.print_id, course.rules)
            continue
        now = Standing(memory, latch, muted, snoozed_until)
        if isinstance(step, Began):
            now = course.begin(now, step.print_id)
        elif isinstance(step, Entry):
            now = course.enter(now, step)
        memory, latch, muted, snoozed_until = now.memory, now.latch, now.muted, now.snoozed_until


class _Course:
    """What is in force along a replay, and how it takes what happened between frames."""

    def __init__(self, rules: RuleSet | None, times: LatchTimes | None, standing: Standing | None) -> None:
        self.as_recorded = rules is None
        self.times_given = times is not None
        self.rules: RuleSet = rules or FailWatchRules()
        self.times = times or LatchTimes()
        self.has_memory = standing is not None
        self.standing = standing or Standing()
        self.print_id = ""
        self.p = 0.0

    def begin(self, now: Standing, print_id: str) -> Standing:
        """Another print begins."""
        self.print_id = print_id
        self.p = 0.0
        return Standing(now.memory.for_new_print(), snoozed_until=now.snoozed_until)

    def enter(self, now: Standing, entry: Entry) -> Standing:
        """Take an entry of the history."""
        kind, data = entry.kind, entry.data
        if kind == EntryKind.SETTINGS:
            settings = serialization.from_json(RecordedSettings, data)
            if self.as_recorded:
                self.rules = settings.rule_set
            if not self.times_given:
                self.times = settings.latch_times
        elif kind == EntryKind.STANDING:
            recorded = serialization.from_json(Standing, data)
            began_with = None if self.has_memory else recorded.memory
            self.has_memory = True
            if self.as_recorded:
                return recorded
            if began_with is not None:
                return changed(now, memory=began_with)
        elif kind == EntryKind.SNOOZED:
            return _silenced(changed(now, snoozed_until=data), entry.at)
        elif kind == EntryKind.MUTED:
            return _silenced(changed(now, muted=data), entry.at)
        elif kind == EventKind.BLIND:
            return changed(now, latch=latches.interrupted(now.latch))
        elif kind == EventKind.ACKNOWLEDGED:
            return self._answer(now, entry.at, data["detail"], Level(data["level"]))
        return now

    def _answer(self, now: Standing, at: float, answer: str, level: Level) -> Standing:
        if answer == "failure":
            return changed(now, latch=latches.confirm(now.latch, at))
        if level is not Level.NONE and now.latch.level is Level.NONE:
            return now
        return changed(now, latch=latches.acknowledge(at, self.times), memory=now.memory.accepting(self.p))


def _silenced(now: Standing, at: float) -> Standing:
    silent = now.muted or (now.snoozed_until is not None and at < now.snoozed_until)
    return changed(now, latch=Latch()) if silent else now
