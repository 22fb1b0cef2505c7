"""Rule sets by name: thresholds as data, and a pure function that judges a frame by them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import TypeAlias

from ..errors import BadSetting
from .failwatch_rules import FailWatchRules
from .published_rules import ObicoRules, SuperApiRules

RuleSet: TypeAlias = FailWatchRules | ObicoRules | SuperApiRules

RULE_SETS: dict[str, type[RuleSet]] = {
    rules.name: rules for rules in (FailWatchRules, ObicoRules, SuperApiRules)
}

DIVISORS = ("escalation",)
"""Numbers that the score is divided by, so that 0 is none."""


def create_rules(name: str, thresholds: Mapping[str, float] | None = None) -> RuleSet:
    """Return the named rule set with some of its numbers changed.

    Raises BadSetting for an unknown name, an unknown number, or a value that is none of at least 0,
    of a divisor above 0.
    """
    try:
        rule_set = RULE_SETS[name]
    except KeyError:
        known = ", ".join(RULE_SETS)
        raise BadSetting(
            "There is no rule set %(name)r; choose one of %(known)s.", name=name, known=known
        ) from None
    kinds = {field.name: type(field.default) for field in fields(rule_set)}
    values: dict[str, float] = {}
    for key, value in (thresholds or {}).items():
        if key not in kinds:
            raise BadSetting(
                "The rule set %(name)s has no number %(key)r; it has %(known)s.",
                name=name,
                key=key,
                known=", ".join(kinds),
            )
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number) or number < 0:
            raise BadSetting("%(key)s must be a number of at least 0, not %(value)r.", key=key, value=value)
        if number == 0 and key in DIVISORS:
            raise BadSetting("%(key)s must be above 0.", key=key)
        values[key] = int(number) if kinds[key] is int else number
    return rule_set(**values)  # type: ignore[arg-type]
