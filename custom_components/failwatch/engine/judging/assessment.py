"""Carry a judgement from look to look: the steps that live watching and replay share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from ..models import Detection
from . import latch as latches
from .acceptance import Places
from .judge import NOWHERE, Memory, judge
from .latch import Latch, LatchTimes
from .learning import opening_teaches, teaches
from .rules import RuleSet
from .trend import after_good_print, after_move
from .verdict import Level, Verdict


class Answer(StrEnum):
    """What users answer about a print. Only the first two label it."""

    FAILURE = "failure"
    NOT_A_FAILURE = "not_a_failure"
    RESUMED = "resumed"
    CLEARED = "cleared"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that is known about a print from its looks and its user; a replay starts from this.

    While its file has FailWatch `switched_off`, nothing is learned from it.
    """

    memory: Memory = field(default_factory=Memory)
    latch: Latch = field(default_factory=Latch)
    muted: bool = False
    snoozed_until: float | None = None
    switched_off: bool = False

    def for_new_print(self) -> Assessment:
        """Return the assessment that the next print starts with: only what was learned about the printer."""
        memory = self.memory
        if opening_teaches(self.latch, memory.statistics.prediction_num):
            memory = replace(memory, trend=after_good_print(memory.trend))
        return Assessment(memory.for_new_print())


class Assessed(NamedTuple):
    """The assessment after a look, its verdict, the part of p that counted, and whether to learn from it."""

    assessment: Assessment
    verdict: Verdict
    p: float
    teaches: bool


def assess(
    before: Assessment,
    rules: RuleSet,
    times: LatchTimes,
    detection: Detection,
    at: float,
    *,
    boxes: Places = NOWHERE,
    gap: float,
) -> Assessed:
    """Judge a look taken `at` (seconds). Time without a look counts for nothing if it is longer than `gap` seconds."""
    memory, latch = before.memory, before.latch
    if memory.judged_at is not None and at - memory.judged_at > gap:
        latch = latches.interrupt(latch)
    was_accepted = memory.acceptance is not None
    memory, verdict, p, weight = judge(memory, rules, detection, at, boxes)
    if was_accepted and memory.acceptance is None and latch.silent_until is not None:
        latch = replace(latch, silent_until=None)
    latch = latches.follow(latch, verdict, at, times)
    accepted = memory.acceptance is not None
    good = not before.switched_off and teaches(verdict, latch, rules, seen=detection.p, accepted=accepted)
    if not before.switched_off:
        trend, above = memory.trend, memory.statistics.ewm_mean - verdict.usual
        trend = rules.taught(trend, p, above, weight) if good else rules.untaught(trend, above, weight)
        memory = Memory(memory.statistics, trend, memory.judged_at, memory.acceptance, memory.answers)
    after = Assessment(memory, latch, before.muted, before.snoozed_until, before.switched_off)
    return Assessed(after, verdict, p, good)


def answered(
    before: Assessment, answer: Answer, at: float, times: LatchTimes, *, p: float, boxes: Places = NOWHERE
) -> Assessment:
    """Return the assessment after an answer about the last look, which showed this p and these boxes."""
    if answer is Answer.FAILURE:
        memory = replace(before.memory, acceptance=None)
        return replace(before, memory=memory, latch=latches.confirm(before.latch, at))
    if answer is Answer.WITHDRAWN:
        # The next look raises again what stands.
        return replace(before, memory=before.memory.withdrawn(), latch=Latch())
    if answer is Answer.CLEARED:
        return replace(before, memory=before.memory.cleared(), latch=latches.quieten(at, times))
    if before.latch.level is Level.NONE:
        return before
    return replace(before, memory=before.memory.accepting(p, boxes, at), latch=latches.quieten(at, times))


def relearning(before: Assessment) -> Assessment:
    """Return the assessment after a camera was moved: what was learned about its view no longer holds."""
    memory = before.memory
    return replace(before, memory=replace(memory, trend=after_move(memory.trend)))


def renamed(before: Assessment, old: str, new: str) -> Assessment:
    """Return the assessment after a camera got another name: what was accepted of it stays so."""
    memory, acceptance = before.memory, before.memory.acceptance
    if acceptance is None:
        return before
    boxes = {new if camera == old else camera: these for camera, these in acceptance.boxes.items()}
    return replace(before, memory=replace(memory, acceptance=replace(acceptance, boxes=boxes)))


def interrupted(before: Assessment) -> Assessment:
    """Return the assessment after a time without looks: earlier good looks prove nothing after it."""
    return replace(before, latch=latches.interrupt(before.latch))


def shifted(before: Assessment, seconds: float) -> Assessment:
    """Return the assessment with all its times moved by as many seconds as the clock was corrected."""
    memory, latch, acceptance = before.memory, before.latch, before.memory.acceptance
    if acceptance is not None:
        acceptance = replace(acceptance, at=acceptance.at + seconds, until=moved(acceptance.until, seconds))
    return Assessment(
        replace(memory, judged_at=moved(memory.judged_at, seconds), acceptance=acceptance),
        replace(
            latch,
            since=moved(latch.since, seconds),
            quiet_since=moved(latch.quiet_since, seconds),
            silent_until=moved(latch.silent_until, seconds),
        ),
        before.muted,
        moved(before.snoozed_until, seconds),
        before.switched_off,
    )


def moved(at: float | None, seconds: float) -> float | None:
    """Return a time moved by so many seconds; None stays None."""
    return None if at is None else at + seconds
