"""The choices that tuning tries: rule set, numbers, cadence and ignored regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from ..engine.judging.failwatch_rules import FailWatchRules
from ..engine.judging.rules import RULE_SETS, RuleSet, create_rules

if TYPE_CHECKING:
    import optuna

SPACES: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "failwatch": {
        "failure": (0.25, 2.5),
        "sustained": (0.20, 2.0),
        "learn_below": (0.05, 0.6),
        "usual_at_most": (0.10, 1.5),
    },
    "obico": {
        "low": (0.20, 1.5),
        "high": (0.20, 2.5),
        "rising_multiple": (0.5, 12.0),
        "escalation": (1.0, 3.0),
    },
    "super_api": {
        "low": (0.20, 1.5),
        "high": (0.20, 2.0),
        "failure": (0.25, 2.5),
        "rising_multiple": (0.5, 12.0),
    },
}
"""The numbers that are searched, and between which values; `maybe` of `failwatch` follows `failure`.

The lower ends are not for the prints at hand to decide: rarer things than they show will come."""

LIMITS = ("maybe", "failure", "sustained", "low", "high", "rising_multiple")
"""Numbers that a score is compared with: dividing them is as good as multiplying p."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule set with its numbers, the seconds between looks, and whether regions are ignored.

    `every` of None is the cadence that was recorded.
    """

    rules: str = FailWatchRules.name
    numbers: Mapping[str, float] = field(default_factory=dict)
    every: float | None = None
    ignore_regions: bool = False

    @property
    def rule_set(self) -> RuleSet:
        """The rule set; raises BadSetting."""
        return create_rules(self.rules, self.numbers)

    def distance(self) -> float:
        """Return how far the numbers are from the shipped ones, as the mean ratio less 1."""
        space = SPACES[self.rules]
        default = defaults(self.rules)
        ratios = []
        for name in space:
            now, then = self.numbers.get(name, default[name]), default[name]
            ratios.append(max(now, then) / max(min(now, then), 1e-6) - 1)
        return sum(min(ratio, 3.0) for ratio in ratios) / len(ratios)


def defaults(name: str) -> dict[str, float]:
    """Return the shipped numbers of a rule set."""
    rules = RULE_SETS[name]()
    return {number.name: getattr(rules, number.name) for number in fields(rules)}


def shipped() -> list[Choice]:
    """Return the shipped rule sets, and those of them that can treat a suspicion as an alarm."""
    alarm_at_doubt = (
        Choice("failwatch", _in_order("failwatch", {"failure": defaults("failwatch")["maybe"]})),
        Choice("obico", {"escalation": 1.0}),
    )
    return [*(Choice(name) for name in SPACES), *alarm_at_doubt]


def shifted(rules: RuleSet, factor: float) -> RuleSet:
    """Return the rules as they would judge if every p were `factor` times as high."""
    names = {number.name for number in fields(rules)} & set(LIMITS)
    return replace(rules, **{name: getattr(rules, name) / factor for name in names})


def suggested(trial: optuna.Trial, cadences: tuple[float | None, ...], *, regions: bool) -> Choice:
    """Return the choice that a trial of the search suggests."""
    name = trial.suggest_categorical("rules", list(SPACES))
    numbers = {
        number: round(trial.suggest_float(f"{name}.{number}", low, high, log=True), 3)
        for number, (low, high) in SPACES[name].items()
    }
    every = cadences[trial.suggest_categorical("cadence", list(range(len(cadences))))]
    ignore = trial.suggest_categorical("ignore_regions", [False, True]) if regions else False
    return Choice(name, _in_order(name, numbers), every, ignore)


def as_trial(choice: Choice, cadences: tuple[float | None, ...], *, regions: bool) -> dict[str, object]:
    """Return a choice as the parameters of a trial, to start a search from."""
    numbers = defaults(choice.rules) | dict(choice.numbers)
    parameters: dict[str, object] = {"rules": choice.rules, "cadence": 0}
    if choice.every in cadences:
        parameters["cadence"] = cadences.index(choice.every)
    for number, (low, high) in SPACES[choice.rules].items():
        parameters[f"{choice.rules}.{number}"] = min(max(numbers[number], low), high)
    if regions:
        parameters["ignore_regions"] = choice.ignore_regions
    return parameters


def _in_order(name: str, numbers: dict[str, float]) -> dict[str, float]:
    """Return the numbers such that a lower level is reached no later than a higher one."""
    shipped = defaults(name)
    if name == "failwatch":
        numbers["maybe"] = round(numbers["failure"] * shipped["maybe"] / shipped["failure"], 3)
    elif name == "obico":
        numbers["high"] = max(numbers["high"], numbers["low"])
    else:
        numbers["failure"] = max(numbers["failure"], numbers["low"])
        numbers["high"] = min(max(numbers["high"], numbers["low"]), numbers["failure"])
    return numbers
