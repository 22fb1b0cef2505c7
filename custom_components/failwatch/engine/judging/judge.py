"""From one detection to the next verdict: the pure step that live watching and replay share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .. import statistics as temporal
from ..models import Detection
from ..statistics import REFERENCE_INTERVAL, TemporalStatistics
from . import trend as trends
from .rules import FailWatchRules, RuleSet
from .trend import Trend
from .verdict import Level, Verdict

MIN_WEIGHT, MAX_WEIGHT = 0.05, 3.0
"""Bounds of one frame's weight: after a gap, a single frame must not make a failure by itself."""


@dataclass(frozen=True, slots=True)
class Memory:
    """All that a judgement depends on besides the frame itself; JSON can hold it."""

    statistics: TemporalStatistics = field(default_factory=TemporalStatistics)
    trend: Trend = field(default_factory=Trend)
    judged_at: float | None = None

    def for_new_print(self) -> Memory:
        """Return the memory of the printer alone."""
        return Memory(temporal.for_new_print(self.statistics), trends.for_new_print(self.trend), None)

    def accepting(self, p: float) -> Memory:
        """Return the memory after the user said, at this p, that it is not a failure."""
        level = max(p, self.statistics.ewm_mean, self.trend.slow_level)
        return replace(self, trend=trends.accept(self.trend, level))


def judge(memory: Memory, rules: RuleSet, detection: Detection, at: float) -> tuple[Memory, Verdict]:
    """Return the memory and the verdict after a detection of a frame taken `at` (seconds).

    Statistics that the service returned are taken as they are.
    """
    weight = 1.0
    if rules.cadence_aware and memory.judged_at is not None:
        weight = min(max((at - memory.judged_at) / REFERENCE_INTERVAL, MIN_WEIGHT), MAX_WEIGHT)
    statistics = detection.statistics or temporal.advance(memory.statistics, detection.p, weight)
    trend = trends.advance(memory.trend, detection.p, weight)
    verdict = rules.judge(statistics, trend)
    if (
        isinstance(rules, FailWatchRules)
        and verdict.level is Level.NONE
        and verdict.score < rules.learn_below
    ):
        usual = min(detection.p, rules.usual_at_most)
        trend = trends.learn(trend, usual, weight, prior=rules.prior, prior_frames=rules.prior_frames)
    return Memory(statistics, trend, at), verdict
