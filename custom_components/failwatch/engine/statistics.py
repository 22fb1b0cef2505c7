"""Temporal statistics of p, as the Super Detection API defines them.

The formulas are recursive, one step per frame: an exponentially weighted mean that starts at 0,
and two means that start with one phantom sample of 0 and turn into exponential means once their
window is full. All constants assume one frame every ten seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

EWM_SPAN = 12
EWM_ALPHA = 2 / (EWM_SPAN + 1)
SHORT_WINDOW = 310
LONG_WINDOW = 7200
REFERENCE_INTERVAL = 10.0
"""Seconds between frames for which the windows, and every threshold on them, were chosen."""


@dataclass(frozen=True, slots=True)
class TemporalStatistics:
    """The means and counters after a frame.

    `frames` and `frames_lifetime` say how many ten-second frames the means stand for. They equal
    `prediction_num` and `prediction_num_lifetime` unless frames were weighted by their real spacing.
    """

    ewm_mean: float = 0.0
    rolling_mean_short: float = 0.0
    rolling_mean_long: float = 0.0
    prediction_num: int = 0
    prediction_num_lifetime: int = 0
    frames: float = 0.0
    frames_lifetime: float = 0.0


def advance(statistics: TemporalStatistics, p: float, weight: float = 1.0) -> TemporalStatistics:
    """Return the statistics after one more frame.

    `weight` is the frame's distance from the one before in units of ten seconds; at exactly 1 the
    result is the Super Detection API's, at other weights every rate is raised to that power.
    """
    frames = statistics.frames + weight
    lifetime = statistics.frames_lifetime + weight
    return TemporalStatistics(
        ewm(statistics.ewm_mean, p, EWM_ALPHA, weight),
        rolling(statistics.rolling_mean_short, p, SHORT_WINDOW, frames, weight),
        rolling(statistics.rolling_mean_long, p, LONG_WINDOW, lifetime, weight),
        statistics.prediction_num + 1,
        statistics.prediction_num_lifetime + 1,
        frames,
        lifetime,
    )


def for_new_print(statistics: TemporalStatistics) -> TemporalStatistics:
    """Return the statistics without what belongs to one print."""
    return replace(statistics, ewm_mean=0.0, rolling_mean_short=0.0, prediction_num=0, frames=0.0)


def ewm(mean: float, p: float, alpha: float, weight: float = 1.0) -> float:
    """Return an exponentially weighted mean after p, which counts for `weight` equal frames."""
    alpha = alpha_of(alpha, weight)
    return p * alpha + mean * (1 - alpha)


def alpha_of(alpha: float, weight: float) -> float:
    """Return the alpha that `weight` equal frames have together, where each has that one."""
    return alpha if weight == 1.0 else 1 - math.pow(1 - alpha, weight)


def rolling(mean: float, p: float, window: int, frames: float, weight: float) -> float:
    """Return a rolling mean after p, which counts for `weight` of the `frames` that there are with it."""
    divisor = window if window <= frames else frames + 1
    if weight == 1.0:
        return mean + (p - mean) / divisor
    return mean + (p - mean) * (1 - math.pow(1 - 1 / divisor, weight))
