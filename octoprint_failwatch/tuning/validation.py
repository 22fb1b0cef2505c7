"""Validate a choice on the prints, and on variations of them that could equally have happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ..engine.judging.rules import RuleSet
from .candidates import Choice
from .evaluation import lost, summarise
from .inputs import Aim, Data
from .permutations import rearranged
from .print_case import Case, later_half, with_past
from .synthetic_failures import transplants

HIGHER, LOWER = 1.1, 0.9
"""A choice must keep within the limit of false alarms even if every p were so many times as high, and
half of what counts is what would be lost if it were so many times as low."""
STAY = 5.0
"""Minutes per 100 hours that moving every number by its own size must gain."""
OVER_LIMIT = 1e5

_Key: TypeAlias = tuple[RuleSet, float | None, bool]


@dataclass(frozen=True, slots=True)
class Trial:
    """The cost of a choice in minutes per 100 hours, and each print's share of it in minutes.

    Over the limit of false alarms it costs far more, and has no shares.
    """

    choice: Choice
    cost: float
    losses: Mapping[str, float] = field(default_factory=dict)


class Proof:
    """Tries choices on the counted prints, and on variations of them that were as likely."""

    def __init__(self, data: Data, aim: Aim, counted: set[str]) -> None:
        """Make the variations; labels of prints that do not count are not used."""
        self._aim = aim
        known = data.made(lambda cases: [_if_counted(case, counted) for case in cases])
        self._new = known.made(later_half)
        self._prints = known.made(lambda cases: [*with_past(cases), *transplants(cases)])
        self._unlucky = known.made(lambda cases: with_past(rearranged(cases)))
        self._known: dict[_Key, Trial] = {}
        self._not_by_luck: set[_Key] = set()

    def of(self, choice: Choice) -> Trial:
        """Return the cost of a choice, before checking whether it was lucky.

        The margins keep the numbers from coming to stand just beside the prints that happened.
        """
        key = _key(choice)
        if key not in self._known:
            self._known[key] = self._tried(choice)
        return self._known[key]

    def without_luck(self, trial: Trial) -> Trial:
        """Return the same trial, or one over the limit if the good prints kept within it only by luck."""
        key = _key(trial.choice)
        if trial.cost < OVER_LIMIT and key not in self._not_by_luck:
            if over := self._over_limit(trial.choice, self._unlucky):
                self._known[key] = Trial(trial.choice, OVER_LIMIT * (1 + over))
                return self._known[key]
            self._not_by_luck.add(key)
        return trial

    def _tried(self, choice: Choice) -> Trial:
        aim = self._aim
        over = self._over_limit(choice, self._prints) or self._over_limit(choice, self._new, 1.0)
        if over:
            return Trial(choice, OVER_LIMIT * (1 + over))
        both = [self._prints.outcomes(choice, aim, one) for one in (1.0, LOWER)]
        losses = {one.print_id: (lost(one) + lost(low)) / 2 for one, low in zip(*both, strict=True)}
        hours = sum(one.good_hours for one in both[0])
        minutes = 100 * sum(losses.values()) / hours if hours else sum(losses.values())
        # Looking more seldom for nothing in return is not wanted either.
        cost = minutes + STAY * choice.distance() + 0.01 * (choice.every or 0.0)
        return Trial(choice, cost, losses)

    def _over_limit(self, choice: Choice, prints: Data, factor: float = HIGHER) -> float:
        """Return how many false alarms in 100 hours are too many, 0 if none are."""
        found = summarise(prints.outcomes(choice, self._aim, factor))
        return max(0.0, found.false_alarm_rate - self._aim.false_alarms)


def _key(choice: Choice) -> _Key:
    return choice.rule_set, choice.every, choice.ignore_regions


def _if_counted(case: Case, counted: set[str]) -> Case:
    return case if case.print_id in counted else replace(case, label=None)
