"""What the `failwatch` rules know beyond the temporal statistics.

Two gaps of the plain statistics are closed here. The lifetime mean of a new printer learns a failure
as fast as the failure happens, and the short mean follows a slow rise. The baseline instead starts
from a prior and learns only from frames that look good, and the slow level keeps a long, moderate
excess in view, and a strong one that comes and goes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..statistics import LONG_WINDOW, alpha_of, ewm

SLOW_SPAN = 60
SLOW_ALPHA = 2 / (SLOW_SPAN + 1)
RMS_ABOVE_MEAN = 1.1
"""How much higher than a mean a root mean square must be to say the same: noise alone raises it a little."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The slow means of this print's p and of its square, this printer's baseline, and what the user accepted.

    `baseline` is None until the first good frame of a new printer. `learned` counts the ten-second
    frames that the baseline has learned from. `accepted` is a level of p that the user called no
    failure; it holds while this print goes on looking like that, and falls after the slow mean.
    """

    slow_mean: float = 0.0
    baseline: float | None = None
    learned: float = 0.0
    accepted: float = 0.0
    slow_square: float = 0.0

    @property
    def slow_level(self) -> float:
        """The slow mean, or what the root mean square says where bad frames alternate with good ones."""
        return max(self.slow_mean, math.sqrt(self.slow_square) / RMS_ABOVE_MEAN)


def advance(trend: Trend, p: float, weight: float) -> Trend:
    """Return the trend after one more frame; the baseline stays until `learn`."""
    alpha = alpha_of(SLOW_ALPHA, weight)
    after = replace(
        trend,
        slow_mean=ewm(trend.slow_mean, p, alpha),
        slow_square=ewm(trend.slow_square, p * p, alpha),
    )
    # Not after p itself: what was accepted may come into view and go, and is not told again each time.
    accepted = min(trend.accepted, ewm(trend.accepted, after.slow_mean, alpha))
    return replace(after, accepted=accepted)


def learn(trend: Trend, p: float, weight: float, *, prior: float, prior_frames: float) -> Trend:
    """Return the trend with its baseline moved towards p, a frame of a good print.

    The prior counts for `prior_frames` ten-second frames; the memory is that of the long mean.
    """
    baseline = prior if trend.baseline is None else trend.baseline
    window = min(prior_frames + trend.learned + weight, float(LONG_WINDOW))
    baseline += (p - baseline) * weight / window
    return Trend(trend.slow_mean, baseline, trend.learned + weight, trend.accepted, trend.slow_square)


def accept(trend: Trend, level: float) -> Trend:
    """Return the trend after the user said that p at this level is not a failure."""
    return replace(trend, accepted=max(level, trend.accepted))


def for_new_print(trend: Trend) -> Trend:
    """Return the trend with everything forgotten that belongs to one print."""
    return replace(trend, slow_mean=0.0, accepted=0.0, slow_square=0.0)
