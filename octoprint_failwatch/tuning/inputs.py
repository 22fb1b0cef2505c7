"""The aim of a tuning, and its labelled prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..engine.judging.verdict import Level
from .candidates import Choice, shifted
from .evaluation import Outcome, outcomes
from .print_case import Case
from .quiet_looks import MeansCache


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What is asked of a choice: `false_alarms` per 100 hours at most, `level` is an alarm.

    `longest` is the slowest cadence that may be chosen, in seconds; None keeps the recorded one.
    """

    false_alarms: float = 2.0
    level: Level = Level.FAILURE
    longest: float | None = None
    trials: int = 120
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Data:
    """Labelled prints, and the same with the boxes in suggested regions left out, if there are any."""

    plain: Sequence[Case]
    masked: Sequence[Case] | None = None
    means: MeansCache = field(default_factory=MeansCache, repr=False, compare=False)

    def seen_by(self, choice: Choice) -> Sequence[Case]:
        """Return the prints as the choice would have them."""
        return self.masked if choice.ignore_regions and self.masked is not None else self.plain

    def made(self, change: Callable[[Sequence[Case]], Sequence[Case]]) -> Data:
        """Return both with the same change."""
        masked = None if self.masked is None else change(self.masked)
        return Data(change(self.plain), masked, self.means)

    def outcomes(self, choice: Choice, aim: Aim, factor: float = 1.0) -> list[Outcome]:
        """Return what the choice would have done, with every p as if multiplied."""
        rules = shifted(choice.rule_set, factor)
        cases = self.seen_by(choice)
        return outcomes(cases, rules, level=aim.level, every=choice.every, means=self.means)
