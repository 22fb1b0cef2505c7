"""Judge one detection: the pure step that live watching and replay share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .. import statistics as temporal
from ..models import Detection
from ..statistics import REFERENCE_INTERVAL, TemporalStatistics
from . import trend as trends
from .acceptance import Acceptance, Places, accept, follow, is_another
from .learning import hidden
from .rules import RuleSet
from .trend import Trend
from .verdict import Level, Rule, Verdict

MIN_WEIGHT, MAX_WEIGHT = 0.05, 3.0
"""Bounds of one frame's weight: after a gap, a single frame must not make a failure by itself."""
NOWHERE: Places = {}


@dataclass(frozen=True, slots=True)
class Memory:
    """All that a judgement depends on besides the frame itself; JSON can hold it.

    `acceptance` is what the user called no failure in this print, `answers` how often that was.
    """

    statistics: TemporalStatistics = field(default_factory=TemporalStatistics)
    trend: Trend = field(default_factory=Trend)
    judged_at: float | None = None
    acceptance: Acceptance | None = None
    answers: int = 0

    def for_new_print(self) -> Memory:
        """Return the memory with only what belongs to the printer."""
        return Memory(temporal.for_new_print(self.statistics), trends.for_new_print(self.trend))

    def accepting(self, p: float, boxes: Places, at: float) -> Memory:
        """Return the memory after the user called the last look, at this p, not a failure."""
        lasting = self.answers > 0
        accepted = accept(self.acceptance, self.statistics, self.trend, boxes, p, at, lasting=lasting)
        return replace(self, acceptance=accepted, answers=self.answers + 1)

    def withdrawn(self) -> Memory:
        """Return the memory after the user took an acceptance back."""
        answers = self.answers if self.acceptance is None else self.answers - 1
        return replace(self, acceptance=None, answers=answers)

    def cleared(self) -> Memory:
        """Return the memory after the mess was cleared away."""
        return replace(self, trend=trends.without_sight(self.trend), acceptance=None)


class Judgement(NamedTuple):
    """The memory and the verdict after a detection; `p` is what of it counted, `weight` for how many frames."""

    memory: Memory
    verdict: Verdict
    p: float
    weight: float


def judge(
    memory: Memory, rules: RuleSet, detection: Detection, at: float, boxes: Places = NOWHERE
) -> Judgement:
    """Judge the detection of a frame taken `at` (seconds); `boxes` says where, for what was accepted.

    Statistics that the service returned are taken as they are.
    """
    weight = weight_of(rules, memory.judged_at, at)
    trend = memory.trend
    p = detection.p - hidden(detection.p, detection.explained, rules.hideable(trend))
    statistics = detection.statistics or temporal.advance(memory.statistics, p, weight)
    trend = trends.advance(trend, p, weight, is_sure=rules.is_sure(detection.p))
    verdict = rules.judge(statistics, trend)
    acceptance = memory.acceptance
    if acceptance is not None:
        acceptance = follow(acceptance, statistics, trend, boxes, p, at, weight)
        if acceptance is not None and rules.is_sure_failure(trend) and is_another(acceptance, boxes):
            acceptance = None
    if acceptance is not None and verdict.level is not Level.NONE:
        verdict = _accepted(verdict, acceptance)
    return Judgement(Memory(statistics, trend, at, acceptance, memory.answers), verdict, p, weight)


def weight_of(rules: RuleSet, before: float | None, at: float) -> float:
    """Return for how many ten-second frames a look counts; `before` is when the print's last one was."""
    if before is None or not rules.cadence_aware:
        return 1.0
    return min(max((at - before) / REFERENCE_INTERVAL, MIN_WEIGHT), MAX_WEIGHT)


def _accepted(verdict: Verdict, acceptance: Acceptance) -> Verdict:
    limit = (acceptance.limit or 1.0) - verdict.usual
    return Verdict(Level.NONE, Rule.ACCEPTED, verdict.score, verdict.usual, limit)
