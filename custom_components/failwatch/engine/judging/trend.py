"""What the `failwatch` rules know beyond the temporal statistics.

Three gaps of the plain statistics are closed here. The lifetime mean of a new printer learns a failure
as fast as the failure happens; the baseline instead starts from a prior and learns only what
`learning.teaches` lets through. The short mean follows a slow rise; the slow level keeps a long, moderate
excess in view, and a strong one that comes and goes. And a printer with a high baseline hides a failure
from both for a while; the run of sure looks does not depend on anything learned.

How restless good prints of this printer are is learned, too, so that a calm one can be doubted sooner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..statistics import LONG_WINDOW, alpha_of, ewm

OPENING = 6
"""First looks of a print that show what was there before it."""
SLOW_SPAN = 60
SLOW_ALPHA = 2 / (SLOW_SPAN + 1)
RMS_ABOVE_MEAN = 1.1
"""How much higher than a mean a root mean square must be to say the same: noise alone raises it a little."""
NEW_SWING = 0.1
"""By how much the recent mean of a new printer is assumed to swing in good prints."""
NEW_UNREST = NEW_SWING**3
SWING_FRAMES = 0.5
"""For how many frames that assumption counts, as a share of those that the assumed baseline counts for."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The slow means of this print's p and of its square, this printer's baseline, and the run of sure looks.

    `baseline` is None until the first look that teaches. `learned` counts the ten-second frames that it
    has learned from. `sure_looks` counts the latest looks in a row whose p was that of a sure failure,
    before anything learned was taken off, and `sure_frames` the ten-second frames that they stand for.

    `opening` is the mean of p over the print's first looks, `opening_looks` of them, when there was hardly
    anything to fail; `fixture` that over the openings of the `fixture_prints` earlier prints that turned out
    well. What was there in both is no failure of this print.

    `unrest` is the mean cube of how far the recent mean stood above normal while all was well. What the looks of an
    excess add to it, `excess` in `excess_frames`, waits until the excess has gone: a failure does not go.
    """

    slow_mean: float = 0.0
    baseline: float | None = None
    learned: float = 0.0
    slow_square: float = 0.0
    sure_looks: int = 0
    sure_frames: float = 0.0
    opening: float = 0.0
    opening_looks: int = 0
    fixture: float = 0.0
    fixture_prints: int = 0
    unrest: float = NEW_UNREST
    excess: float = 0.0
    excess_frames: float = 0.0

    @property
    def slow_level(self) -> float:
        """The slow mean, or what the root mean square says where bad frames alternate with good ones."""
        return max(self.slow_mean, math.sqrt(self.slow_square) / RMS_ABOVE_MEAN)

    @property
    def swing(self) -> float:
        """By how much the recent mean swings in good prints; rare large swings weigh more than small ones."""
        return math.cbrt(self.unrest)

    @property
    def is_open(self) -> bool:
        """Whether the print's first looks are not over yet."""
        return self.opening_looks < OPENING


def advance(trend: Trend, p: float, weight: float, *, is_sure: bool) -> Trend:
    """Return the trend after one more frame; the baseline stays until `learn`."""
    alpha = alpha_of(SLOW_ALPHA, weight)
    opening, looks = trend.opening, trend.opening_looks
    if looks < OPENING:
        looks += 1
        opening += (p - opening) / looks
    # Tuning takes this step millions of times; `replace` would take 60% longer.
    return Trend(
        slow_mean=ewm(trend.slow_mean, p, alpha),
        baseline=trend.baseline,
        learned=trend.learned,
        slow_square=ewm(trend.slow_square, p * p, alpha),
        sure_looks=trend.sure_looks + 1 if is_sure else 0,
        sure_frames=trend.sure_frames + weight if is_sure else 0.0,
        opening=opening,
        opening_looks=looks,
        fixture=trend.fixture,
        fixture_prints=trend.fixture_prints,
        unrest=trend.unrest,
        excess=trend.excess,
        excess_frames=trend.excess_frames,
    )


def after_good_print(trend: Trend) -> Trend:
    """Return the trend after a good print: its first looks show what is normal for the printer."""
    if trend.is_open:
        return trend
    count = min(trend.fixture_prints, 4)
    fixture = trend.fixture + (trend.opening - trend.fixture) / (count + 1)
    return replace(trend, fixture=fixture, fixture_prints=trend.fixture_prints + 1)


def learn(trend: Trend, p: float, above: float, weight: float, *, prior: float, prior_frames: float) -> Trend:
    """Return the trend with its baseline moved towards p of a good frame, and with what swings there were.

    `above` is how far the recent mean stands above normal. The prior counts for `prior_frames` ten-second
    frames; the memory is that of the long mean.
    """
    baseline = prior if trend.baseline is None else trend.baseline
    return Trend(
        slow_mean=trend.slow_mean,
        baseline=learned_mean(baseline, trend.learned, p, weight, prior_frames),
        learned=trend.learned + weight,
        slow_square=trend.slow_square,
        sure_looks=trend.sure_looks,
        sure_frames=trend.sure_frames,
        opening=trend.opening,
        opening_looks=trend.opening_looks,
        fixture=trend.fixture,
        fixture_prints=trend.fixture_prints,
        unrest=learned_unrest(
            trend.unrest,
            trend.learned,
            trend.excess + excess_of(above, weight),
            trend.excess_frames + weight,
            prior_frames,
        ),
    )


def set_aside(trend: Trend, above: float, weight: float) -> Trend:
    """Return the trend after a look that does not teach: whether it showed a swing or a failure will be seen."""
    excess = trend.excess + excess_of(above, weight)
    return replace(trend, excess=excess, excess_frames=trend.excess_frames + weight)


def excess_of(above: float, weight: float) -> float:
    """Return what a look that counts for `weight` frames adds to the excess."""
    return above**3 * weight


def learned_mean(mean: float, learned: float, seen: float, weight: float, prior_frames: float) -> float:
    """Return a mean that has learned from `learned` frames after what was seen, which counts for `weight` more."""
    window = min(prior_frames + learned + weight, float(LONG_WINDOW))
    return mean + (seen - mean) * min(weight / window, 1.0)


def learned_unrest(unrest: float, learned: float, excess: float, frames: float, prior_frames: float) -> float:
    """Return the unrest after so many more frames, whose cubes have the sum `excess`."""
    return learned_mean(unrest, learned, excess / frames, frames, SWING_FRAMES * prior_frames)


def after_move(trend: Trend) -> Trend:
    """Return the trend without its baseline, after the camera was moved."""
    return replace(
        trend,
        baseline=None,
        learned=0.0,
        opening=0.0,
        opening_looks=OPENING,
        fixture=0.0,
        fixture_prints=0,
        unrest=NEW_UNREST,
    )


def for_new_print(trend: Trend) -> Trend:
    """Return the trend without what belongs to one print."""
    return replace(
        without_sight(trend),
        opening=0.0,
        opening_looks=0,
    )


def without_sight(trend: Trend) -> Trend:
    """Return the trend without its memory of the latest looks."""
    return replace(
        trend, slow_mean=0.0, slow_square=0.0, sure_looks=0, sure_frames=0.0, excess=0.0, excess_frames=0.0
    )
