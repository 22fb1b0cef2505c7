"""One print over time: p at each look, judged by the engine's statistics, rules and latch."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from octoprint_failwatch.engine.judging.assessment import Assessment, assess
from octoprint_failwatch.engine.judging.judge import Memory
from octoprint_failwatch.engine.judging.latch import LatchTimes
from octoprint_failwatch.engine.judging.rules import RuleSet
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.models import Detection

CADENCE = 10.0
"""Seconds between two looks."""
TIMES = LatchTimes()

Values: TypeAlias = list[float]


@dataclass(frozen=True, slots=True)
class Print:
    """p at each look of a print; `onset` is the first look that shows the failure, if there is one."""

    name: str
    p: tuple[float, ...]
    onset: int | None

    @property
    def hours(self) -> float:
        """Length of the part without failure."""
        return (len(self.p) if self.onset is None else self.onset) * CADENCE / 3600


@dataclass(frozen=True, slots=True)
class Outcome:
    """When each level first stood after the onset (looks later), and how often it was raised before."""

    maybe: int | None
    failure: int | None
    false_maybe: int
    false_failure: int


def follow(one: Print, rules: RuleSet, memory: Memory) -> tuple[Outcome, Memory]:
    """Return how a print goes under some rules, for a printer with that memory, and what its next print begins with."""
    now = Assessment(memory.for_new_print())
    first: dict[Level, int] = {}
    false = {Level.MAYBE: 0, Level.FAILURE: 0}
    for number, p in enumerate(one.p):
        before = now.latch.level
        now = assess(now, rules, TIMES, Detection(p), number * CADENCE, gap=math.inf).assessment
        level_now = now.latch.level
        good = one.onset is None or number < one.onset
        for level in (Level.MAYBE, Level.FAILURE):
            if good and level_now.rank >= level.rank > before.rank:
                false[level] += 1
            if not good and level_now.rank >= level.rank:
                first.setdefault(level, number - (one.onset or 0))
    return Outcome(
        first.get(Level.MAYBE), first.get(Level.FAILURE), false[Level.MAYBE], false[Level.FAILURE]
    ), now.for_new_print().memory


def like(chance: random.Random, frames: Values, looks: int, *, hold: bool = False) -> Values:
    """Return p for so many looks: that of the frames in their order, with their scatter around it.

    With `hold` each frame stands for as many looks as any other, and there is no scatter.
    """
    if hold:
        return [frames[min(number * len(frames) // looks, len(frames) - 1)] for number in range(looks)]
    logits = [float(np.log(p / (1 - p))) for p in np.clip(frames, 1e-9, 1 - 1e-9)]
    course = np.interp(np.linspace(0, len(logits) - 1, looks), np.arange(len(logits)), logits)
    scatter = float(np.std(np.diff(logits))) / 2**0.5
    values, wandering = [], 0.0
    for logit in course:
        # Neighbouring looks resemble one another: the head passes, the light changes slowly.
        wandering = 0.8 * wandering + 0.6 * chance.gauss(0, scatter)
        values.append(float(1 / (1 + np.exp(-(logit + wandering)))))
    return values
