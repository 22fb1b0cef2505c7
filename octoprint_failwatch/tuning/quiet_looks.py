"""Skip quiet looks: the same result as judging them one by one, many times faster.

While no level stands and nothing is accepted, a look that raises nothing changes no more than the means of
p, which are the same whatever the rules' numbers are, and what is learned of the printer. The means are
therefore computed once for all choices that tuning tries, by the engine's own steps.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..engine.judging.assessment import Assessment
from ..engine.judging.failwatch_rules import FailWatchRules
from ..engine.judging.judge import weight_of
from ..engine.judging.learning import hidden, is_good
from ..engine.judging.rules import RuleSet
from ..engine.judging.trend import Trend, excess_of, learned_mean, learned_unrest
from ..engine.judging.trend import advance as advance_trend
from ..engine.judging.verdict import Level
from ..engine.replay import Sample, at_cadence
from ..engine.statistics import LONG_WINDOW, TemporalStatistics, advance, rolling


@dataclass(frozen=True, slots=True)
class Means:
    """The means of p after each of a print's looks, and what else of a look no number changes.

    `seen` is p of a look; `p` is what of it counts where all that the camera's baseline explains may be
    hidden; `explained` is how much that is. `is_sure` says whether the latest looks make a sure failure.
    """

    at: array[float]
    seen: array[float]
    p: array[float]
    explained: array[float]
    weight: array[float]
    recent: array[float]
    short: array[float]
    frames: array[float]
    slow: array[float]
    slow_mean: array[float]
    slow_square: array[float]
    is_sure: array[float]
    sure_looks: array[float]
    sure_frames: array[float]

    @classmethod
    def of(cls, samples: Iterable[Sample], rules: RuleSet) -> Means:
        """Return the means of a print's looks."""
        means = cls(*(array("d") for _ in cls.__slots__))
        statistics, trend = TemporalStatistics(), Trend()
        before: float | None = None
        for sample in samples:
            p = sample.p - hidden(sample.p, sample.explained, math.inf)
            weight = weight_of(rules, before, sample.at)
            statistics = advance(statistics, p, weight)
            trend = advance_trend(trend, p, weight, is_sure=rules.is_sure(sample.p))
            before = sample.at
            means.at.append(sample.at)
            means.seen.append(sample.p)
            means.p.append(p)
            means.explained.append(sample.explained)
            means.weight.append(weight)
            means.recent.append(statistics.ewm_mean)
            means.short.append(statistics.rolling_mean_short)
            means.frames.append(statistics.frames)
            means.slow.append(trend.slow_level)
            means.slow_mean.append(trend.slow_mean)
            means.slow_square.append(trend.slow_square)
            means.is_sure.append(rules.is_sure_failure(trend))
            means.sure_looks.append(trend.sure_looks)
            means.sure_frames.append(trend.sure_frames)
        return means

    def put_into(
        self, now: Assessment, looks: int, trend: Trend, *, long: float, lifetime: float
    ) -> Assessment:
        """Return the assessment after so many of the print's looks, of which the latest ones were skipped."""
        last, before = looks - 1, now.memory.statistics
        statistics = TemporalStatistics(
            self.recent[last],
            self.short[last],
            long,
            looks,
            before.prediction_num_lifetime + looks - before.prediction_num,
            self.frames[last],
            lifetime,
        )
        trend = replace(
            trend,
            slow_mean=self.slow_mean[last],
            slow_square=self.slow_square[last],
            sure_looks=int(self.sure_looks[last]),
            sure_frames=self.sure_frames[last],
        )
        memory = replace(now.memory, statistics=statistics, trend=trend, judged_at=self.at[last])
        return replace(now, memory=memory)


@dataclass(frozen=True, slots=True)
class MeansCache:
    """The means of every print that was tried, kept for the next choice; prints of the same looks share them."""

    known: dict[tuple[int, bool, float], tuple[Sequence[Sample], Means | None]] = field(default_factory=dict)
    seldom: dict[tuple[int, float], tuple[Sequence[Sample], Sequence[Sample]]] = field(default_factory=dict)

    def of(self, samples: Sequence[Sample], rules: RuleSet) -> Means | None:
        """Return the means of a print's looks, None where a service kept statistics of its own."""
        sure = rules.sure if isinstance(rules, FailWatchRules) else math.inf
        key = id(samples), rules.cadence_aware, sure
        if key not in self.known:
            is_served = any(sample.served is not None for sample in samples)
            # The samples are kept, too, so that their id stays theirs.
            self.known[key] = samples, None if is_served else Means.of(samples, rules)
        return self.known[key][1]

    def at_cadence(self, samples: Sequence[Sample], every: float) -> Sequence[Sample]:
        """Return the looks that looking every so many seconds would have taken."""
        key = id(samples), every
        if key not in self.seldom:
            taken = [step for step in at_cadence(samples, every) if isinstance(step, Sample)]
            self.seldom[key] = samples, taken
        return self.seldom[key][1]


def can_skip(now: Assessment) -> bool:
    """Return whether looks that raise nothing change nothing but means and what is learned."""
    memory = now.memory
    return now.latch.level is Level.NONE and memory.acceptance is None and not memory.trend.is_open


def skip(now: Assessment, means: Means, rules: RuleSet, looks: int) -> tuple[Assessment, int]:
    """Return the assessment before the next look that may raise something, and how many looks are before it."""
    if isinstance(rules, FailWatchRules):
        return _skip_learning(now, means, rules, looks)
    statistics = now.memory.statistics
    long, lifetime = statistics.rolling_mean_long, statistics.frames_lifetime
    look = looks
    for look in range(looks, len(means.p)):
        frames = lifetime + 1.0
        after = rolling(long, means.p[look], LONG_WINDOW, frames, 1.0)
        if not rules.is_quiet(means.recent[look], 0.0, after):
            break
        long, lifetime = after, frames
    else:
        look = len(means.p)
    if look > looks:
        now = means.put_into(now, look, now.memory.trend, long=long, lifetime=lifetime)
    return now, look


def _skip_learning(
    now: Assessment, means: Means, rules: FailWatchRules, looks: int
) -> tuple[Assessment, int]:
    """Do the same for rules that learn of good looks alone, and never read the mean over the lifetime."""
    trend = now.memory.trend
    least = min(trend.opening, trend.fixture, rules.usual_at_most)
    baseline = rules.prior if trend.baseline is None else trend.baseline
    learned, unrest, excess, waited = trend.learned, trend.unrest, trend.excess, trend.excess_frames
    look = looks
    for look in range(looks, len(means.p)):
        usual = max(baseline, least)
        recent = means.recent[look]
        hides_all = means.explained[look] <= max(rules.usual_at_most - usual, 0.0)
        if means.is_sure[look] or not hides_all or not rules.is_quiet(recent, means.slow[look], usual):
            break
        weight = means.weight[look]
        excess += excess_of(rules.swing_of(recent - usual), weight)
        waited += weight
        if is_good((recent - usual) * rules.sensitivity, means.seen[look], usual, rules):
            p = min(means.p[look], rules.usual_at_most)
            baseline = learned_mean(baseline, learned, p, weight, rules.prior_frames)
            unrest = learned_unrest(unrest, learned, excess, waited, rules.prior_frames)
            excess = waited = 0.0
            learned += weight
    else:
        look = len(means.p)
    if look == looks:
        return now, look
    taught = learned > trend.learned
    trend = replace(
        trend,
        baseline=baseline if taught else trend.baseline,
        learned=learned,
        unrest=unrest,
        excess=excess,
        excess_frames=waited,
    )
    statistics = now.memory.statistics
    return means.put_into(
        now, look, trend, long=statistics.rolling_mean_long, lifetime=statistics.frames_lifetime
    ), look
