"""FailWatch's own rule set: right on a first print, at any cadence, and for slow failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...statistics import TemporalStatistics
from ..trend import Trend
from ..verdict import Level, Rule, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class FailWatchRules:
    """Limits on the recent mean, and a lower one on the slow level, both above the baseline.

    `prior` is the level assumed of a new printer, and counts for `prior_frames` ten-second frames.
    The baseline learns from a frame while the score is below `learn_below`, and never rises above
    `usual_at_most`, so that a sure failure is one on any printer.
    """

    name: ClassVar[str] = "failwatch"
    cadence_aware: ClassVar[bool] = True

    maybe: float = 0.40
    failure: float = 0.60
    sustained: float = 0.40
    sensitivity: float = 1.0
    warm_up_frames: int = 3
    prior: float = 0.02
    prior_frames: float = 360.0
    learn_below: float = 0.20
    usual_at_most: float = 0.35

    def usual(self, trend: Trend) -> float:
        """Return the level of p that is normal for this printer, or accepted for this print."""
        baseline = self.prior if trend.baseline is None else trend.baseline
        return max(baseline, trend.accepted)

    def judge(self, statistics: TemporalStatistics, trend: Trend) -> Verdict:
        """Return the verdict on one frame."""
        usual = self.usual(trend)
        score = (statistics.ewm_mean - usual) * self.sensitivity
        slow = (trend.slow_level - usual) * self.sensitivity
        if statistics.prediction_num < self.warm_up_frames:
            return Verdict(Level.NONE, Rule.WARM_UP, score, usual, self.maybe)
        if score >= self.failure:
            return Verdict(Level.FAILURE, Rule.HIGH, score, usual, self.failure)
        if slow >= self.sustained:
            return Verdict(Level.FAILURE, Rule.SUSTAINED, slow, usual, self.sustained)
        if score >= self.maybe:
            return Verdict(Level.MAYBE, Rule.HIGH, score, usual, self.maybe)
        return Verdict(Level.NONE, Rule.QUIET, score, usual, self.maybe)
