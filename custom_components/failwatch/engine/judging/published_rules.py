"""Rules as their authors published them: they compare means, and learn from every look."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from ..statistics import TemporalStatistics
from .limits import Limits, heights_of, out_of_reach, unscaled
from .trend import Trend
from .verdict import Level, Rule, Verdict


class _PublishedRules:
    """The common part of published rule sets, which learn nothing but the lifetime mean."""

    cadence_aware: ClassVar[bool] = False
    learn_below: ClassVar[float] = 0.20

    def hideable(self, trend: Trend) -> float:  # noqa: ARG002
        """Return how much of p what the detector learned during prints may explain: all of it."""
        return math.inf

    def taught(self, trend: Trend, p: float, above: float, weight: float) -> Trend:  # noqa: ARG002
        """Return the trend after a look that may be learned from: they learn from every look elsewhere."""
        return trend

    def untaught(self, trend: Trend, above: float, weight: float) -> Trend:  # noqa: ARG002
        """Return the trend after any other look."""
        return trend

    def is_sure(self, p: float) -> bool:  # noqa: ARG002
        """Return whether a look at this p is one of a sure failure: they know none."""
        return False

    def is_sure_failure(self, trend: Trend) -> bool:  # noqa: ARG002
        """Return whether the latest looks make a sure failure: they know none."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObicoRules(_PublishedRules):
    """One test on the recent mean minus the lifetime mean, passed plainly or with an escalation.

    Passing it plainly is `maybe`, passing it with the score divided by `escalation` is `failure`.
    Nothing is said in the first `safe_frames` frames of a print.
    """

    name: ClassVar[str] = "obico"

    low: float = 0.38
    high: float = 0.78
    rising_multiple: float = 3.8
    escalation: float = 1.75
    sensitivity: float = 1.0
    safe_frames: int = 30

    def is_quiet(self, mean: float, slow: float, usual: float) -> bool:  # noqa: ARG002
        """Return whether a recent mean raises nothing for sure."""
        score = (mean - usual) * self.sensitivity
        return max(score, score / self.escalation) < self.low

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

    def limits(self, usual: float, limit: float = math.inf) -> Limits:  # noqa: ARG002
        """Return how far the recent mean must stand above the lifetime mean for each level, at least."""
        escalated = self.low * self.escalation
        return (
            (Level.MAYBE, "low", unscaled(self.low, self.sensitivity)),
            (Level.FAILURE, "low x escalation", unscaled(escalated, self.sensitivity)),
        )

    def out_of_reach(self) -> tuple[str, ...]:
        """Return the names of the numbers that p of less than 1 never reaches, so that they raise nothing."""
        return out_of_reach(heights_of(self.limits(0.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SuperApiRules(_PublishedRules):
    """Four clauses on the recent mean minus the lifetime mean, tried in order.

    With p of at most 1, `failure` is out of reach in practice: the numbers are meant for services
    that sum the confidences of their boxes.
    """

    name: ClassVar[str] = "super_api"

    low: float = 0.36
    high: float = 0.78
    failure: float = 0.99
    rising_multiple: float = 3.8

    def is_quiet(self, mean: float, slow: float, usual: float) -> bool:  # noqa: ARG002
        """Return whether a recent mean raises nothing for sure."""
        return mean - usual < self.low

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

    def limits(self, usual: float, limit: float = math.inf) -> Limits:  # noqa: ARG002
        """Return how far the recent mean must stand above the lifetime mean for each level, at least."""
        return (Level.MAYBE, "low", self.low), (Level.FAILURE, "failure", self.failure)

    def out_of_reach(self) -> tuple[str, ...]:
        """Return the names of the numbers that p of less than 1 never reaches, so that they raise nothing."""
        return out_of_reach(heights_of(self.limits(0.0)))
