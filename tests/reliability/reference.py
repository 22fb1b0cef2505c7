"""The statistics as the Super Detection API's text defines them, computed anew from every p: slow, and apart."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

EWM_ALPHA = Fraction(2, 12 + 1)
SHORT, LONG = 310, 7200


def ewm_mean(values: Sequence[float]) -> float:
    """Return the exponentially weighted mean with a span of 12, which begins at 0."""
    kept = 1 - EWM_ALPHA
    newest_first = reversed(list(values))
    return float(sum(EWM_ALPHA * kept**age * Fraction(p) for age, p in enumerate(newest_first)))


def rolling_mean(values: Sequence[float], window: int) -> float:
    """Return the mean of a first 0 and all values; from the window's size on each new one weighs 1 / window."""
    full = window - 1
    mean = Fraction(0)
    if values:
        begun = values[:full]
        mean = sum(map(Fraction, begun), Fraction(0)) / (len(begun) + 1)
    for p in values[full:]:
        mean = Fraction(float(mean)) * Fraction(window - 1, window) + Fraction(p) / window
    return float(mean)
