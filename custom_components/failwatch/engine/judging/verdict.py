"""A verdict: how bad it looks, which rule says so, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it looks."""

    NONE = "none"
    MAYBE = "maybe"
    FAILURE = "failure"

    @property
    def rank(self) -> int:
        """0 for none, 1 for maybe, 2 for failure."""
        return _RANKS[self]


_RANKS = {Level.NONE: 0, Level.MAYBE: 1, Level.FAILURE: 2}


class Rule(StrEnum):
    """What decided a verdict; hosts translate these keys."""

    WARM_UP = "warm_up"
    QUIET = "quiet"
    SETTLED = "settled"
    RISING = "rising"
    HIGH = "high"
    SUSTAINED = "sustained"


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
    def is_below_usual(self) -> bool:
        """Whether it looks better than usual, by as much as two decimals show."""
        return self.rule is Rule.QUIET and round(self.score, 2) < 0

    @property
    def reason(self) -> str:
        """The verdict in English; hosts word it from `rule` and the numbers in their own language."""
        text = _BELOW if self.is_below_usual else _REASONS[self.rule]
        return text.format(level=self.level.value, score=abs(self.score), usual=self.usual, limit=self.limit)


_REASONS = {
    Rule.WARM_UP: "too early to tell: still getting to know this print",
    Rule.QUIET: "{level}: {score:.2f} above this printer's usual {usual:.2f}; limit {limit:.2f}",
    Rule.SETTLED: "{level}: {score:.2f} above this printer's usual {usual:.2f}, but no longer rising; limit {limit:.2f}",
    Rule.RISING: "{level}: {score:.2f} above this printer's usual {usual:.2f} and rising; limit {limit:.2f}",
    Rule.HIGH: "{level}: {score:.2f} above this printer's usual {usual:.2f}; limit {limit:.2f}",
    Rule.SUSTAINED: "{level}: for minutes {score:.2f} above this printer's usual {usual:.2f}; limit {limit:.2f}",
}
_BELOW = "{level}: {score:.2f} below this printer's usual {usual:.2f}; limit {limit:.2f}"
