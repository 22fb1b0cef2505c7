"""The search for the choice that loses the fewest minutes within the limit of false alarms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..detection.errors import BadSetting
from ..detection.verdict import Level
from .cases import Case
from .choice import SPACES, Choice, as_trial, shifted, suggested
from .outcomes import Outcome, Summary, outcomes, summarise
from .transplants import transplants

INSTALL = "Tuning needs Optuna: pip install 'OctoPrint-FailWatch[tune]'"
HIGHER, LOWER = 1.1, 0.9
"""A choice must keep within the limit of false alarms even if every p were so many times as high, and
half of what counts is what would be lost if it were so many times as low."""
WORTH = 0.1
"""By this share of what is lost another choice must be better, or the present one stays."""
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

    def with_transplants(self, counted: set[str]) -> tuple[Data, set[str]]:
        """Return the data with failures at further moments, and all prints that then count."""
        added = transplants(self.plain, counted)
        masked = None if self.masked is None else (*self.masked, *transplants(self.masked, counted))
        return Data((*self.plain, *added), masked), counted | {case.print_id for case in added}

    def outcomes(self, choice: Choice, aim: Aim, factor: float = 1.0) -> list[Outcome]:
        """Return what the choice would have done, with every p as if multiplied."""
        rules = shifted(choice.rule_set, factor)
        return outcomes(self.seen_by(choice), rules, level=aim.level, every=choice.every)


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
    data, counted = data.with_transplants(counted)
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
    stays = study.best_value > (1 - WORTH) * cost(begin_with, data, aim, counted)
    return begin_with if stays else best


def cost(choice: Choice, data: Data, aim: Aim, counted: set[str]) -> float:
    """Return the minutes lost per 100 hours on the counted prints, far more beyond the limit.

    The margins keep the numbers from coming to stand just beside the prints that happened.
    """
    too_often = _summary(data.outcomes(choice, aim, HIGHER), counted).false_alarm_rate - aim.false_alarms
    if too_often > 0:
        return OVER_LIMIT * (1 + too_often)
    lost = sum(_summary(data.outcomes(choice, aim, factor), counted).lost for factor in (1.0, LOWER)) / 2
    # Looking more seldom for nothing in return is not wanted either.
    return lost + STAY * choice.distance() + 0.01 * (choice.every or 0.0)


def _summary(results: Iterable[Outcome], counted: set[str]) -> Summary:
    return summarise(one for one in results if one.print_id in counted)


def _cadences(aim: Aim) -> tuple[float | None, ...]:
    if aim.longest is None:
        return (None,)
    return (None, *(seconds for seconds in (20.0, 30.0, 60.0, 120.0) if seconds <= aim.longest))
