"""Search for the choice that loses the fewest minutes within the limit of false alarms."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import mean, stdev

from ..engine.errors import BadSetting
from .candidates import Choice, as_trial, shipped, suggested
from .inputs import Aim, Data
from .validation import OVER_LIMIT, Proof, Trial

INSTALL = "Tuning needs Optuna: pip install 'OctoPrint-FailWatch[tune]'"
WORTH = 0.1
"""By this share of what is lost another choice must be better, or the present one stays."""


def search(
    data: Data, aim: Aim, counted: set[str], begin_with: Choice, told: Callable[[int], None] | None = None
) -> Choice:
    """Return the best choice found on the prints that are counted.

    Their failures are also tried in their good prints. The others are judged too, as the printer's past,
    but their truth is not looked at. `told` gets the number of each trial that is done. Raises BadSetting without Optuna.
    """
    try:
        import optuna
    except ImportError as error:
        raise BadSetting(INSTALL) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    proof = Proof(data, aim, counted)
    cadences = _cadences(aim)
    regions = data.masked is not None
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=aim.seed, n_startup_trials=20))
    first = [begin_with, *shipped()]
    if regions:
        first.append(Choice(begin_with.rules, begin_with.numbers, begin_with.every, ignore_regions=True))
    for choice in first:
        study.enqueue_trial(as_trial(choice, cadences, regions=regions), skip_if_exists=True)
    tried: list[Trial] = []

    def objective(trial: optuna.Trial) -> float:
        found = proof.of(suggested(trial, cadences, regions=regions))
        if all(found.cost < other.cost for other in tried):
            found = proof.without_luck(found)
        tried.append(found)
        if told is not None:
            told(trial.number)
        return found.cost

    study.optimize(objective, n_trials=aim.trials)
    best = proof.without_luck(proof.of(begin_with))
    shipped_ones = sorted(map(proof.of, shipped()), key=lambda one: one.cost)
    for other in (*shipped_ones, min(tried, key=lambda one: one.cost)):
        if preferred(other, best) is other:
            best = preferred(proof.without_luck(other), best)
    return best.choice


def preferred(new: Trial, old: Trial) -> Trial:
    """Return the new choice if it gains enough, and more than chance explains, else the old one."""
    if old.cost > OVER_LIMIT or new.cost > OVER_LIMIT:
        return min(old, new, key=lambda one: one.cost)
    if new.cost > (1 - WORTH) * old.cost:
        return old
    gains = [old.losses[print_id] - new.losses[print_id] for print_id in old.losses]
    return new if mean(gains) > stdev(gains) / math.sqrt(len(gains)) else old


def _cadences(aim: Aim) -> tuple[float | None, ...]:
    if aim.longest is None:
        return (None,)
    return (None, *(seconds for seconds in (20.0, 30.0, 60.0, 120.0) if seconds <= aim.longest))
