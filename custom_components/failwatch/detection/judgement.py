"""From one detection to the next verdict: the pure step that live watching and replay share."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import statistics as temporal
from . import trend as trends
from .detection import Detection
from .rules import FailWatchRules, RuleSet
from .statistics import REFERENCE_INTERVAL, TemporalStatistics
from .trend import Trend
from .verdict import Level, Verdict

MIN_WEIGHT, MAX_WEIGHT = 0.05, 6.0
"""Bounds of one frame's weight, so that a single frame after a gap does not stand for all of it."""


@dataclass(frozen=True, slots=True)
class Memory:
    """All that a judgement depends on besides the frame itself; JSON can hold it."""

    statistics: TemporalStatistics = TemporalStatistics()
    trend: Trend = Trend()
    judged_at: float | None = None

    def for_new_print(self) -> Memory:
        """Return the memory of the printer alone."""
        return Memory(temporal.for_new_print(self.statistics), trends.for_new_print(self.trend), None)

    def accepting(self) -> Memory:
        """Return the memory after the user said "not a failure": the present level is a usual one."""
        level = max(self.statistics.ewm_mean, self.trend.slow_mean)
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
    if isinstance(rules, FailWatchRules) and verdict.level is Level.NONE and verdict.score < rules.learn_below:
        trend = trends.learn(
            trend, detection.p, weight, prior=rules.prior, prior_frames=rules.prior_frames
        )
    return Memory(statistics, trend, at), verdict
