"""Find the best choice for labelled prints, and estimate honestly what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from ..engine.imaging.regions import Polygon
from ..engine.judging.failwatch_rules import FailWatchRules
from . import minimum_data
from .candidates import Choice, shifted
from .evaluation import Outcome, Summary, outcomes, summarise
from .inputs import Aim, Data
from .label_origin import Origin
from .print_case import Case
from .search import search

FOLDS = 4
STEPS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The effect of a sensitivity on the rules; 1 leaves their numbers as they are.

    `delay` is in minutes, and counts each of the missed failures as an hour.
    """

    sensitivity: float
    false_alarm_rate: float
    delay: float
    missed: int


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a tuning.

    `unseen` holds each print's outcome under numbers that were chosen without that print; it is what
    can be expected of prints to come. `before` and `after` are of all labelled prints, as they were.
    `regions` are those that `choice` may ignore, by camera. `worth_it` says whether the unseen prints
    went better than with the present settings, within the limit of false alarms.
    """

    present: Choice
    choice: Choice
    before: tuple[Outcome, ...]
    after: tuple[Outcome, ...]
    unseen: tuple[Outcome, ...]
    curve: tuple[CurvePoint, ...]
    regions: dict[str, tuple[Polygon, ...]]
    worth_it: bool
    at_most: float
    """False alarms per 100 hours that are not exceeded with 95 % confidence, by the unseen prints."""
    labels: Mapping[Origin, int] = field(default_factory=dict)
    """How many labels came from where; those of nobody were left out."""
    by_sum: bool = False
    """Whether p is the sum of boxes, so that it goes above 1."""

    def summaries(self) -> dict[str, Summary]:
        """Return before, after and unseen added up."""
        return {
            "before": summarise(self.before),
            "after": summarise(self.after),
            "unseen": summarise(self.unseen),
        }


def tune(
    data: Data,
    aim: Aim,
    present: Choice | None = None,
    *,
    regions: dict[str, tuple[Polygon, ...]] | None = None,
    without: Callable[[Set[str]], Data] | None = None,
    told: Callable[[float], None] | None = None,
) -> Finding:
    """Return the best choice, cross-validated by print; `told` gets the share that is done.

    `without` returns the data with everything that is fitted to it, the regions, fitted without some
    prints: these are then judged as prints to come would be.

    Raises TooLittleData, or BadSetting where Optuna is not installed.
    """
    minimum_data.check(data.plain)
    present = present or Choice(FailWatchRules.name)
    labelled = [case for case in data.plain if case.label is not None]
    everything = {case.print_id for case in labelled}
    folds = _folds(labelled)
    progress = _Progress((len(folds) + 1) * aim.trials, told)
    unseen: list[Outcome] = []
    for number, fold in enumerate(folds):
        fitted = data if without is None else without(fold)
        seeded = replace(aim, seed=aim.seed + 1 + number)
        chosen = search(fitted, seeded, everything - fold, present, progress.step)
        unseen += [one for one in fitted.outcomes(chosen, aim) if one.print_id in fold]
    choice = search(data, aim, everything, present, progress.step)
    order = {case.print_id: place for place, case in enumerate(labelled)}
    unseen.sort(key=lambda one: order[one.print_id])
    before, after = data.outcomes(present, aim), data.outcomes(choice, aim)
    expected, was = summarise(unseen), summarise(before)
    allowed = max(aim.false_alarms, was.false_alarm_rate)
    return Finding(
        present,
        choice,
        tuple(before),
        tuple(after),
        tuple(unseen),
        _curve(data, aim, choice),
        dict(regions or {}),
        expected.lost < was.lost and expected.false_alarm_rate <= allowed,
        minimum_data.at_most(expected.false_alarms, expected.good_hours),
    )


class _Progress:
    """Counts trials over all searches."""

    def __init__(self, trials: int, told: Callable[[float], None] | None) -> None:
        self._trials, self._told, self._done = trials, told, 0

    def step(self, _: int) -> None:
        self._done += 1
        if self._told is not None:
            self._told(self._done / self._trials)


def _folds(labelled: Sequence[Case]) -> list[set[str]]:
    """Divide the prints into folds, with failed and good ones spread evenly."""
    folds: list[set[str]] = [set() for _ in range(FOLDS)]
    ranked = sorted(labelled, key=lambda case: case.label is not None and case.label.failed)
    for place, case in enumerate(ranked):
        folds[place % FOLDS].add(case.print_id)
    return folds


def _curve(data: Data, aim: Aim, choice: Choice) -> tuple[CurvePoint, ...]:
    points = []
    for step in STEPS:
        rules = shifted(choice.rule_set, step)
        summary = summarise(outcomes(data.seen_by(choice), rules, level=aim.level, every=choice.every))
        points.append(CurvePoint(step, summary.false_alarm_rate, summary.until_told, summary.missed))
    return tuple(points)
