"""The rule set that the Super Detection API's documentation suggests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...statistics import TemporalStatistics
from ..trend import Trend
from ..verdict import Level, Rule, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SuperApiRules:
    """Four clauses on the recent mean minus the lifetime mean, tried in order.

    With p of at most 1, `failure` is out of reach in practice: the numbers are meant for services
    that sum the confidences of their boxes.
    """

    name: ClassVar[str] = "super_api"
    cadence_aware: ClassVar[bool] = False

    low: float = 0.36
    high: float = 0.78
    failure: float = 0.99
    rising_multiple: float = 3.8

    def judge(self, statistics: TemporalStatistics, trend: Trend) -> Verdict:  # noqa: ARG002
        """Return the verdict on one frame."""
        usual = statistics.rolling_mean_long
        score = statistics.ewm_mean - usual
        rise = (statistics.rolling_mean_short - usual) * self.rising_multiple
        if score < self.low:
            return Verdict(Level.NONE, Rule.QUIET, score, usual, self.low)
        if score > self.failure:
            return Verdict(Level.FAILURE, Rule.HIGH, score, usual, self.failure)
        if score > self.high:
            return Verdict(Level.MAYBE, Rule.HIGH, score, usual, self.high)
        if statistics.ewm_mean > rise:
            # The clause compares the mean itself, so its limit on the score is lower by the usual level.
            return Verdict(Level.MAYBE, Rule.RISING, score, usual, max(self.low, rise - usual))
        return Verdict(Level.NONE, Rule.SETTLED, score, usual, min(self.high, rise - usual))
