"""The search for the choice that loses the fewest minutes within the limit of false alarms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..detection.errors import BadSetting
from ..detection.verdict import Level
from .cases import Case
from .choice import SPACES, Choice, as_trial, shifted, suggested
from .outcomes import Outcome, outcomes, summarise

INSTALL = "Tuning needs Optuna: pip install 'OctoPrint-FailWatch[tune]'"
HIGHER, LOWER = 1.15, 0.9
"""A choice must also do if p were so many times as high (false alarms), or as low (failures)."""
STAY = 5.0
"""Minutes per 100 hours that moving every number by its own size must gain."""
OVER_LIMIT = 1e5


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

    def seen_by(self, choice: Choice) -> Sequence[Case]:
        """Return the prints as the choice would have them."""
        return self.masked if choice.ignore_regions and self.masked is not None else self.plain

    def outcomes(self, choice: Choice, aim: Aim, factor: float = 1.0) -> list[Outcome]:
        """Return what the choice would have done, with every p as if multiplied."""
        rules = shifted(choice.rule_set, factor)
        return outcomes(self.seen_by(choice), rules, level=aim.level, every=choice.every)


def search(
    data: Data, aim: Aim, counted: set[str], begin_with: Choice, told: Callable[[int], None] | None = None
) -> Choice:
    """Return the best choice found on the prints that are counted.

    The others are judged too, as the printer's past, but their truth is not looked at. `told` gets the
    number of each trial that is done. Raises BadSetting without Optuna.
    """
    try:
        import optuna
    except ImportError as error:
        raise BadSetting(INSTALL) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    cadences = _cadences(aim)
    regions = data.masked is not None
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=aim.seed, n_startup_trials=20))
    first = [begin_with, *(Choice(name) for name in SPACES)]
    if regions:
        first.append(Choice(begin_with.rules, begin_with.numbers, begin_with.every, ignore_regions=True))
    for choice in first:
        study.enqueue_trial(as_trial(choice, cadences, regions=regions), skip_if_exists=True)

    def objective(trial: optuna.Trial) -> float:
        choice = suggested(trial, cadences, regions=regions)
        trial.set_user_attr("choice", choice)
        value = cost(choice, data, aim, counted)
        if told is not None:
            told(trial.number)
        return value

    study.optimize(objective, n_trials=aim.trials)
    best: Choice = study.best_trial.user_attrs["choice"]
    return best


def cost(choice: Choice, data: Data, aim: Aim, counted: set[str]) -> float:
    """Return the minutes lost per 100 hours on the counted prints, far more beyond the limit.

    Both sides get a margin, so that the numbers come to stand between the good and the bad prints
    rather than just beside the ones that happened.
    """
    higher = [one for one in data.outcomes(choice, aim, HIGHER) if one.print_id in counted]
    too_often = summarise(higher).false_alarm_rate - aim.false_alarms
    if too_often > 0:
        return OVER_LIMIT * (1 + too_often)
    lower = [one for one in data.outcomes(choice, aim, LOWER) if one.print_id in counted]
    # Looking more seldom for nothing in return is not wanted either.
    return summarise(lower).lost + STAY * choice.distance() + 0.01 * (choice.every or 0.0)


def _cadences(aim: Aim) -> tuple[float | None, ...]:
    if aim.longest is None:
        return (None,)
    return (None, *(seconds for seconds in (20.0, 30.0, 60.0, 120.0) if seconds <= aim.longest))
