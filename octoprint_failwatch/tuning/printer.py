"""Tune one printer of a history, and write what was found as settings of a host."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import replace
from typing import Any

from ..engine import serialization
from ..engine.history import History
from .candidates import SPACES, Choice, defaults
from .inputs import Aim, Data
from .labelled_prints import label_origins, recorded_cases, settings_of
from .regions import suggest_regions
from .tune import Finding, tune


def tune_printer(
    history: History, printer_id: str, aim: Aim, told: Callable[[float], None] | None = None
) -> Finding:
    """Tune a printer on its recorded prints.

    Takes minutes: for a thread of its own. `told` gets the share that is done. Raises TooLittleData,
    HistoryError, or BadSetting where Optuna is not installed.
    """
    plain = recorded_cases(history, printer_id)

    def without(prints: Set[str]) -> Data:
        regions = suggest_regions(history, printer_id, without=prints)
        return Data(plain, recorded_cases(history, printer_id, regions) if regions else None)

    settings = settings_of(history, printer_id)
    present = Choice()
    if settings is not None and settings.rules in SPACES:
        known = defaults(settings.rules)
        numbers = {name: value for name, value in settings.numbers.items() if name in known}
        present = Choice(settings.rules, numbers)
    regions = suggest_regions(history, printer_id)
    finding = tune(without(set()), aim, present, regions=regions, without=without, told=told)
    by_sum = settings is not None and settings.by_sum
    return replace(finding, labels=label_origins(history, printer_id), by_sum=by_sum)


def as_settings(finding: Finding) -> dict[str, Any]:
    """Return the choice as a host's settings: rule set with the changed numbers, interval, regions."""
    choice = finding.choice
    shipped = defaults(choice.rules)
    changed = {name: value for name, value in choice.numbers.items() if value != shipped[name]}
    settings: dict[str, Any] = {"rules": {"name": choice.rules, "numbers": changed}}
    if choice.every is not None:
        settings["interval"] = choice.every
    if choice.ignore_regions:
        settings["regions"] = serialization.to_json(finding.regions)
    return settings
