"""The rule set that Obico's open server applies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...statistics import TemporalStatistics
from ..trend import Trend
from ..verdict import Level, Rule, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ObicoRules:
    """One test on the recent mean minus the lifetime mean, passed plainly or with an escalation.

    Passing it plainly is `maybe`, passing it with the score divided by `escalation` is `failure`.
    Nothing is said in the first `safe_frames` frames of a print.
    """

    name: ClassVar[str] = "obico"
    cadence_aware: ClassVar[bool] = False

    low: float = 0.38
    high: float = 0.78
    rising_multiple: float = 3.8
    escalation: float = 1.75
    sensitivity: float = 1.0
    safe_frames: int = 30

    def judge(self, statistics: TemporalStatistics, trend: Trend) -> Verdict:  # noqa: ARG002
        """Return the verdict on one frame."""
        usual = statistics.rolling_mean_long
        score = (statistics.ewm_mean - usual) * self.sensitivity
        if statistics.prediction_num < self.safe_frames:
            return Verdict(Level.NONE, Rule.WARM_UP, score, usual, self.low)
        rise = (statistics.rolling_mean_short - usual) * self.rising_multiple
        for level, escalation in ((Level.FAILURE, self.escalation), (Level.MAYBE, 1.0)):
            escalated = score / escalation
            if escalated < self.low:
                continue
            if escalated > self.high:
                return Verdict(level, Rule.HIGH, score, usual, self.high * escalation)
            if escalated > rise:
                return Verdict(level, Rule.RISING, score, usual, max(self.low, rise) * escalation)
        if score < self.low:
            return Verdict(Level.NONE, Rule.QUIET, score, usual, self.low)
        return Verdict(Level.NONE, Rule.SETTLED, score, usual, min(self.high, rise))
