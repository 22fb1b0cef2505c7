"""The figures that a detector is judged by, and how sure they are. Plain numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Scores: TypeAlias = NDArray[np.float64]
Truth: TypeAlias = NDArray[np.bool_]
Measure: TypeAlias = Callable[[Scores, Truth], float]

DRAWS = 1000
"""Bootstrap samples."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the interval that holds 95 % of its bootstrap samples."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Return it as a person writes it."""
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def auroc(scores: Scores, failed: Truth) -> float:
    """Return how often a failure scores above a good print, ties counting half (Mann and Whitney)."""
    order = np.argsort(scores, kind="stable")
    _, first, counts = np.unique(scores[order], return_index=True, return_counts=True)
    ranks = np.empty(len(scores))
    ranks[order] = np.repeat(first + (counts + 1) / 2, counts)
    positives, negatives = int(failed.sum()), int((~failed).sum())
    return float((ranks[failed].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(scores: Scores, failed: Truth) -> float:
    """Return the mean precision over the failures, from the highest score down; ties count as one."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(failed[order])
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    found = np.append(0, hits[last])
    return float(np.sum(np.diff(found) / found[-1] * hits[last] / (last + 1)))


def recall_at(false_positives: float) -> Measure:
    """Return the measure of the failures found at the threshold that so many good pictures exceed."""

    def recall(scores: Scores, failed: Truth) -> float:
        good = np.sort(scores[~failed])[::-1]
        threshold = good[min(len(good) - 1, int(false_positives * len(good)))]
        return float((scores[failed] > threshold).mean())

    return recall


@dataclass(frozen=True, slots=True)
class Bin:
    """Pictures with about the same p: their mean p, and the share of failures among them."""

    p: float
    failures: float
    count: int


def reliability(p: Scores, failed: Truth, bins: int = 10) -> list[Bin]:
    """Return the reliability diagram: bins of equal width that hold any picture."""
    place = np.minimum((p * bins).astype(int), bins - 1)
    return [
        Bin(
            float(p[place == number].mean()),
            float(failed[place == number].mean()),
            int((place == number).sum()),
        )
        for number in range(bins)
        if (place == number).any()
    ]


def calibration_error(p: Scores, failed: Truth) -> float:
    """Return the mean distance of p from the share of failures, over the bins (Guo et al. 2017)."""
    return sum(abs(one.p - one.failures) * one.count for one in reliability(p, failed)) / len(p)


def calibration_error_by_chance(p: Scores, seed: int = 0) -> Figure:
    """Return the error that a p that means exactly what it says shows on so many pictures: few ones are no proof."""
    generator = np.random.default_rng(seed)
    values = [calibration_error(p, generator.random(len(p)) < p) for _ in range(DRAWS)]
    low, high = np.percentile(values, [2.5, 97.5])
    return Figure(float(np.mean(values)), float(low), float(high))


def share_with_interval(hits: Sequence[bool], groups: Sequence[str], seed: int = 0) -> Figure:
    """Return the share of hits with its interval, by drawing whole groups: boxes of one print are not independent."""
    names = sorted(set(groups))
    found = np.array(
        [sum(hit for hit, group in zip(hits, groups, strict=True) if group == name) for name in names]
    )
    there = np.array([sum(group == name for group in groups) for name in names])
    drawn = np.random.default_rng(seed).integers(0, len(names), (DRAWS, len(names)))
    low, high = np.percentile(found[drawn].sum(1) / there[drawn].sum(1), [2.5, 97.5])
    return Figure(float(found.sum() / there.sum()), float(low), float(high))


def auroc_interval(value: float, failures: int, good: int) -> tuple[float, float]:
    """Return the 95 % interval of an AUROC of pictures that are independent (Hanley and McNeil 1982)."""
    both_bad, both_good = value / (2 - value), 2 * value**2 / (1 + value)
    variance = (
        value * (1 - value) + (failures - 1) * (both_bad - value**2) + (good - 1) * (both_good - value**2)
    )
    half = 1.96 * (max(variance, 0.0) / (failures * good)) ** 0.5
    return max(0.0, value - half), min(1.0, value + half)


def with_interval(
    measure: Measure, scores: Scores, failed: Truth, groups: Sequence[str], seed: int = 0
) -> Figure:
    """Return a figure with its interval, by drawing whole groups: pictures of one print are not independent.

    Groups of failures and of good pictures are drawn apart, so that each sample has both.
    """
    generator = np.random.default_rng(seed)
    names = np.array(groups)
    by_kind = []
    for kind in (True, False):
        members = [
            np.flatnonzero((names == name) & (failed == kind)) for name in np.unique(names[failed == kind])
        ]
        by_kind.append(members)
    values = []
    for _ in range(DRAWS):
        drawn = [members[i] for members in by_kind for i in generator.integers(0, len(members), len(members))]
        chosen = np.concatenate(drawn)
        values.append(measure(scores[chosen], failed[chosen]))
    low, high = np.percentile(values, [2.5, 97.5])
    return Figure(measure(scores, failed), float(low), float(high))
