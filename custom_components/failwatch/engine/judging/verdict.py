"""Verdicts: how bad a print looks, which rule says so, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a print looks."""

    NONE = "none"
    MAYBE = "maybe"
    FAILURE = "failure"

    @property
    def rank(self) -> int:
        """0 for none, 1 for maybe, 2 for failure."""
        return _RANKS[self]


_RANKS = {Level.NONE: 0, Level.MAYBE: 1, Level.FAILURE: 2}


class Rule(StrEnum):
    """The rule that decided a verdict; hosts translate these keys."""

    WARM_UP = "warm_up"
    QUIET = "quiet"
    SETTLED = "settled"
    RISING = "rising"
    HIGH = "high"
    SUSTAINED = "sustained"
    SURE = "sure"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one frame.

    `score` is how far the recent mean of p stands above `usual`, this printer's own level, times the
    sensitivity. `limit` is the value that decided and `margin` is score minus limit: at or above 0
    where the level was reached, below 0 for how much is missing to the next level.
    """

    level: Level = Level.NONE
    rule: Rule = Rule.QUIET
    score: float = 0.0
    usual: float = 0.0
    limit: float = 0.0

    @property
    def margin(self) -> float:
        """Score minus limit."""
        return self.score - self.limit

    @property
    def is_halfway(self) -> bool:
        """Whether the print looks worse than normal, but not by enough for a level."""
        return self.rule is Rule.QUIET and self.score >= self.limit / 2

    @property
    def reason(self) -> str:
        """The verdict in English; hosts word it from `rule` and the numbers in their own language."""
        text = _WORSE if self.is_halfway else _REASONS[self.rule]
        mean, alarm = self.usual + self.score, self.usual + self.limit
        return text.format(mean=max(mean, 0.0), usual=self.usual, alarm=alarm)


_REASONS = {
    Rule.WARM_UP: "too early to tell: the print has just begun",
    Rule.QUIET: "looks normal ({mean:.2f}, normally {usual:.2f}, alarm at {alarm:.2f})",
    Rule.SETTLED: "looks worse than normal, but no longer rising ({mean:.2f}, normally {usual:.2f})",
    Rule.RISING: "looks worse than normal and rising ({mean:.2f}, normally {usual:.2f}, alarm at {alarm:.2f})",
    Rule.HIGH: "looks much worse than normal ({mean:.2f}, normally {usual:.2f}, alarm at {alarm:.2f})",
    Rule.SUSTAINED: "has looked worse than normal for minutes ({mean:.2f}, normally {usual:.2f}, alarm at {alarm:.2f})",
    Rule.SURE: "has clearly been failing in every picture for a while ({mean:.2f}, normally {usual:.2f})",
    Rule.ACCEPTED: "you said that it is no failure ({mean:.2f}, normally {usual:.2f}, alarm at {alarm:.2f})",
}
_WORSE = "looks a little worse than normal ({mean:.2f}, normally {usual:.2f}, alarm at {alarm:.2f})"
