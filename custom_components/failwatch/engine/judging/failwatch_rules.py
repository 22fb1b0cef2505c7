"""FailWatch's own rules, which learn what is normal for a printer and never get used to a failure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from ..statistics import TemporalStatistics
from .limits import Limits, out_of_reach, unscaled
from .trend import NEW_SWING, Trend, learn, set_aside
from .verdict import Level, Rule, Verdict

SURE_LOOKS = 10
"""Looks in a row that make a sure failure, and at least half as many ten-second frames."""

LASTING, BRIEF = 0.375, 1.125
"""Shares of `maybe`: what the slow mean must stand above normal once an excess lasts, and the limit of a doubt before.

Four very bad pictures lift the recent mean just above 0.40. A head, a hand or a flash of light is as brief; a failure
is still there in the next picture.
"""

CALM = 0.7
"""Share of `maybe` that is asked of a printer whose good prints are calm.

A printer that swings as much as a new one is assumed to is asked for all of it, in between in proportion. On replayed
prints of new printers more of those that fail are doubted so, with as few needless doubts (`training/evaluate`).
"""

CALM_LASTING = 0.8
"""The same share of `sustained`: what is asked of the slow mean for a failure, of a printer that is known.

On simulated printers weak and slow failures are told twice as soon, and fewer are missed (`benchmarks/tuning`). At
0.7 filament that looks like 0.30 would be told as well.
"""

KNOWN_PRINTS = 3
"""Good prints after which a printer is known: supports that look bad for minutes come up in most prints or in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailWatchRules:
    """Limits on the recent mean, and a lower one on the slow level, both above the baseline; and one on p itself.

    `prior` is the level assumed of a new printer, and counts for `prior_frames` ten-second frames.
    The baseline learns from a frame while the score is below `learn_below`, and never rises above
    `usual_at_most`; all that was learned of a camera during prints together hides no more than that either.
    p of at least `sure` in ten looks in a row is a failure on any printer, whatever was learned, and so is a
    recent mean of that height. `maybe` is asked of a new printer and of a restless one, less of a calm one; so is
    `sustained` once the printer had a few good prints.
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
    sure: float = 0.80

    def usual(self, trend: Trend) -> float:
        """Return the p that is normal for this printer, or was there before the print began."""
        baseline = self.prior if trend.baseline is None else trend.baseline
        return max(baseline, min(trend.opening, trend.fixture, self.usual_at_most))

    def hideable(self, trend: Trend) -> float:
        """Return how much of p may be explained by what the detector learned during prints."""
        return max(self.usual_at_most - self.usual(trend), 0.0)

    def taught(self, trend: Trend, p: float, above: float, weight: float) -> Trend:
        """Return the trend after a look that may be learned from; `above` normal by so much stands the recent mean."""
        p = min(p, self.usual_at_most)
        return learn(trend, p, self.swing_of(above), weight, prior=self.prior, prior_frames=self.prior_frames)

    def untaught(self, trend: Trend, above: float, weight: float) -> Trend:
        """Return the trend after a look that may not be learned from yet, or never."""
        return set_aside(trend, self.swing_of(above), weight)

    def swing_of(self, above: float) -> float:
        """Return how large a swing of the recent mean is; what is beyond a doubt is no more than a doubt."""
        return min(max(above, 0.0), self.maybe)

    def is_sure(self, p: float) -> bool:
        """Return whether this p, before subtracting anything learned, is that of a sure failure."""
        return p >= self.sure

    def is_sure_failure(self, trend: Trend) -> bool:
        """Return whether the latest looks make a sure failure."""
        return trend.sure_looks >= SURE_LOOKS and trend.sure_frames >= SURE_LOOKS / 2

    def is_quiet(self, mean: float, slow: float, usual: float) -> bool:
        """Return whether a recent mean and a slow level raise nothing for sure."""
        quiet = (mean - usual) * self.sensitivity < min(CALM * self.maybe, self.failure)
        return quiet and (slow - usual) * self.sensitivity < CALM_LASTING * self.sustained

    def judge(self, statistics: TemporalStatistics, trend: Trend) -> Verdict:
        """Return the verdict on one frame."""
        usual = self.usual(trend)
        score = (statistics.ewm_mean - usual) * self.sensitivity
        slow = (trend.slow_level - usual) * self.sensitivity
        if self.is_sure_failure(trend):
            return Verdict(Level.FAILURE, Rule.SURE, score, usual, min(score, self.failure))
        doubt = self._doubt(trend)
        if statistics.prediction_num < self.warm_up_frames:
            return Verdict(Level.NONE, Rule.WARM_UP, score, usual, doubt)
        failure = self._failure(usual)
        if score >= failure:
            return Verdict(Level.FAILURE, Rule.HIGH, score, usual, failure)
        if slow >= self.sustained:
            return Verdict(Level.FAILURE, Rule.SUSTAINED, slow, usual, self.sustained)
        steady = (trend.slow_mean - usual) * self.sensitivity
        lasting = self._lasting(trend)
        if steady >= lasting:
            return Verdict(Level.FAILURE, Rule.SUSTAINED, steady, usual, lasting)
        if score < doubt:
            return Verdict(Level.NONE, Rule.QUIET, score, usual, doubt)
        doubt = doubt if steady >= LASTING * self.maybe else BRIEF * self.maybe
        if score < doubt:
            return Verdict(Level.NONE, Rule.QUIET, score, usual, doubt)
        return Verdict(Level.MAYBE, Rule.HIGH, score, usual, doubt)

    def _doubt(self, trend: Trend) -> float:
        """Return the score of a doubt that lasts."""
        return self.maybe * _asked(trend, CALM)

    def _lasting(self, trend: Trend) -> float:
        """Return the score of a failure that lasts, by the slow mean alone: it is no sight that comes and goes."""
        known = trend.fixture_prints >= KNOWN_PRINTS
        return self.sustained * (_asked(trend, CALM_LASTING) if known else 1.0)

    def _failure(self, usual: float) -> float:
        """Return the score of a failure: where much was learned, `failure` would be asked for where p hardly comes."""
        return min(self.failure, max((self.sure - usual) * self.sensitivity, self.maybe))

    def limits(self, usual: float, limit: float = math.inf) -> Limits:
        """Return how far the recent mean must stand above the normal level for each level, if it lasts.

        `limit` is that of a verdict, which knows how calm the printer is.
        """
        return (
            (Level.MAYBE, "maybe", unscaled(min(self.maybe, limit), self.sensitivity)),
            (Level.FAILURE, "failure", unscaled(self._failure(usual), self.sensitivity)),
        )

    def level_that_lasts(self, p: float) -> Level:
        """Return the level of a new printer's print that looks like this for a while."""
        usual = self.usual(Trend())
        reached = (level for level, _, above in self.limits(usual) if p - usual >= above)
        return max(reached, key=lambda level: level.rank, default=Level.NONE)

    def out_of_reach(self) -> tuple[str, ...]:
        """Return the names of the numbers that p of less than 1 never reaches, so that they raise nothing."""
        scores = {"maybe": self.maybe, "failure": self.failure, "sustained": self.sustained}
        heights = {name: unscaled(score, self.sensitivity) for name, score in scores.items()}
        return out_of_reach({**heights, "sure": self.sure})


def _asked(trend: Trend, calm: float) -> float:
    """Return the share of a number that is asked of a printer: all of it, down to that of a calm one."""
    return min(1.0, max(calm, trend.swing / NEW_SWING))
