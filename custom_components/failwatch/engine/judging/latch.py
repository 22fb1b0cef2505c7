"""Hold a level: rules change from frame to frame, a level that people act on must not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .verdict import Level, Rule, Verdict


@dataclass(frozen=True, slots=True)
class Latch:
    """The level that stands for this print, and what raised it.

    `since` and `quiet_since` are in seconds; `quiet_since` is when verdicts fell below the level.
    `confirmed` says that the user answered "it is a failure". Until `silent_until` nothing is raised but
    a sure failure.
    """

    level: Level = Level.NONE
    since: float | None = None
    verdict: Verdict | None = None
    quiet_since: float | None = None
    confirmed: bool = False
    silent_until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LatchTimes:
    """Seconds of lower verdicts that clear a level, and of silence after "not a failure"."""

    clear_maybe: float = 120.0
    clear_failure: float = 600.0
    cooldown: float = 90.0


def follow(latch: Latch, verdict: Verdict, at: float, times: LatchTimes) -> Latch:
    """Return the latch after one more verdict: raised at once, lowered only by lasting evidence."""
    if verdict.level.rank > latch.level.rank:
        is_silent = latch.silent_until is not None and at < latch.silent_until
        if is_silent and verdict.rule is not Rule.SURE:
            return latch
        return Latch(verdict.level, at, verdict)
    if verdict.level is latch.level or latch.confirmed:
        return interrupt(latch)
    if latch.quiet_since is None:
        return replace(latch, quiet_since=at)
    needed = times.clear_failure if latch.level is Level.FAILURE else times.clear_maybe
    if at - latch.quiet_since < needed:
        return latch
    return Latch(verdict.level, at, verdict)


def interrupt(latch: Latch) -> Latch:
    """Return the latch after a time without looks: earlier good looks prove nothing after it."""
    return latch if latch.quiet_since is None else replace(latch, quiet_since=None)


def quieten(at: float, times: LatchTimes) -> Latch:
    """Return the latch after "not a failure", or after the mess was cleared away."""
    return Latch(silent_until=at + times.cooldown)


def confirm(latch: Latch, at: float) -> Latch:
    """Return the latch after "it is a failure", which stands until the print ends."""
    return Latch(Level.FAILURE, latch.since or at, latch.verdict, confirmed=True)
