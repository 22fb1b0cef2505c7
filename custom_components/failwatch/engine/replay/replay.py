"""Replay a series with the same judgement and latch as a live watch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace as changed
from typing import NamedTuple

from .. import serialization
from ..history.records import Entry, EntryKind, RecordedSettings
from ..judging.assessment import Answer, Assessment, answered, assess, interrupted, relearning
from ..judging.failwatch_rules import FailWatchRules
from ..judging.judge import NOWHERE
from ..judging.latch import LatchTimes
from ..judging.rules import RuleSet
from ..judging.verdict import Level, Verdict
from ..models import Detection
from ..statistics import REFERENCE_INTERVAL, TemporalStatistics
from ..watch.settings import gap_after
from ..watch.state import SWITCHED_OFF, EventKind
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
    standing: Assessment | None = None,
) -> Iterator[Judged]:
    """Yield the judgement of every frame, in constant memory.

    Without `rules` those recorded in the series are used, each from when it was in force, and the
    verdicts are the live ones bit for bit. With `rules` the series is judged as if they had been in
    force all along: what a print began with is then what the replay itself has learned so far, and
    "not a failure" counts only where the level that it answered stands here too.
    """
    replayer = Replayer(rules, times, standing)
    for step in steps:
        if type(step) is Sample:
            yield replayer.look(step)
        elif isinstance(step, Began):
            replayer.begin(step.print_id)
        elif isinstance(step, Entry):
            replayer.enter(step)


class Replayer:
    """The rules and settings in force along a replay, changed by what happened between frames."""

    def __init__(
        self,
        rules: RuleSet | None = None,
        times: LatchTimes | None = None,
        standing: Assessment | None = None,
    ) -> None:
        """Begin with the rules that are recorded, unless some are given."""
        self.as_recorded = rules is None
        self.times_given = times is not None
        self.rules: RuleSet = rules or FailWatchRules()
        self.times = times or LatchTimes()
        self.gap = gap_after(REFERENCE_INTERVAL)
        self.has_memory = standing is not None
        self.now = standing or Assessment()
        self.print_id = ""
        self.boxes, self.p = NOWHERE, 0.0

    def look(self, sample: Sample) -> Judged:
        """Judge a frame."""
        at, p, served, explained, self.boxes = sample
        detection = Detection(p, (), served, explained=explained)
        self.now, verdict, self.p, _ = assess(
            self.now, self.rules, self.times, detection, at, boxes=self.boxes, gap=self.gap
        )
        statistics, level = self.now.memory.statistics, self.now.latch.level
        return Judged(at, self.p, statistics, verdict, level, self.print_id, self.rules)

    def begin(self, print_id: str) -> None:
        """Begin another print."""
        self.print_id = print_id
        self.boxes, self.p = NOWHERE, 0.0
        self.now = self.now.for_new_print()

    def enter(self, entry: Entry) -> None:
        """Apply an entry of the history."""
        kind, data = entry.kind, entry.data
        if kind == EntryKind.SETTINGS:
            settings = serialization.from_json(RecordedSettings, data)
            self.gap = gap_after(settings.interval)
            if self.as_recorded:
                self.rules = settings.rule_set
            if not self.times_given:
                self.times = settings.latch_times
        elif kind == EntryKind.STANDING:
            self._take_standing(serialization.from_json(Assessment, data))
        elif kind == EntryKind.SNOOZED:
            self.now = changed(self.now, snoozed_until=data)
        elif kind == EntryKind.MUTED:
            self.now = changed(self.now, muted=data)
        elif kind == EntryKind.HOLDS:
            self.now = changed(interrupted(self.now), switched_off=SWITCHED_OFF in data)
        elif kind in _GAPS:
            self.now = interrupted(self.now)
        elif kind == EventKind.CAMERA_MOVED:
            self.now = relearning(self.now)
        elif kind == EventKind.ACKNOWLEDGED:
            answer = Answer(data["detail"])
            self.now = answered(self.now, answer, entry.at, self.times, p=self.p, boxes=self.boxes)

    def _take_standing(self, recorded: Assessment) -> None:
        memory = self.now.memory if self.has_memory else recorded.memory
        self.has_memory = True
        if self.as_recorded:
            self.now = recorded
        else:
            self.now = changed(self.now, memory=memory, switched_off=recorded.switched_off)


_GAPS = (EventKind.BLIND, EntryKind.PAUSED)
"""What interrupts the looking."""
