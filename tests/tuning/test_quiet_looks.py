"""Tuning skips quiet looks: the outcomes are those of a replay that judges every look, to the last bit."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import pytest

from benchmarks.simulated_printers import KINDS, simulate
from octoprint_failwatch.engine.history import Entry, Label
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.rules import RULE_SETS, RuleSet
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.replay import (
    Began,
    Judged,
    Replayer,
    Sample,
    Step,
    at_cadence,
    replay,
)
from octoprint_failwatch.engine.statistics import TemporalStatistics
from octoprint_failwatch.engine.watch.state import EventKind
from octoprint_failwatch.tuning.candidates import SPACES, Choice, shipped
from octoprint_failwatch.tuning.evaluation import ANSWERS_AFTER, outcomes
from octoprint_failwatch.tuning.print_case import Case
from octoprint_failwatch.tuning.quiet_looks import Means, MeansCache, can_skip, skip


class User:
    """Denies false alarms a minute after they came, and ends a print that was rightly called failed."""

    def __init__(self, prints: Sequence[Case]) -> None:
        self.prints = prints
        self.alarms: dict[str, list[float]] = {case.print_id: [] for case in prints}
        self.answer: Entry | None = None
        self.ended = False

    def steps(self) -> Iterator[Step]:
        for case in self.prints:
            yield Began(case.print_id)
            failed = case.label is not None and case.label.failed
            self.fails_at = (case.label.failed_from or -math.inf) if failed else math.inf  # type: ignore[union-attr]
            self.answer, self.ended = None, False
            for sample in case.samples:
                if self.ended:
                    break
                if self.answer is not None and sample.at >= self.answer.at:
                    yield self.answer
                    self.answer = None
                yield sample

    def alarmed(self, judged: Judged) -> None:
        self.alarms[judged.print_id].append(judged.at)
        if judged.at >= self.fails_at:
            self.ended = True
        else:
            data = {"detail": "not_a_failure", "level": judged.level.value}
            self.answer = Entry(0, judged.at + ANSWERS_AFTER, EventKind.ACKNOWLEDGED, data)


def alarms_look_by_look(
    cases: Sequence[Case], rules: RuleSet, level: Level, every: float | None
) -> dict[str, list[float]]:
    """Return when each print raised alarms, by a replay that judges every look."""
    user = User(cases)
    stood, current = False, ""
    for judged in replay(user.steps() if every is None else at_cadence(user.steps(), every), rules):
        if judged.print_id != current:
            current, stood = judged.print_id, False
        stands = judged.level.rank >= level.rank
        if stands and not stood:
            user.alarmed(judged)
        stood = stands
    return user.alarms


def told(case: Case, alarms: Sequence[float]) -> tuple[float | None, int]:
    """Return the delay of the first right alarm, and the number of false ones."""
    since = case.label.failed_from if case.label is not None and case.label.failed else None
    after = [] if since is None else [at for at in alarms if at >= since]
    return (after[0] - since if since is not None and after else None), len(alarms) - len(after)


def choices(random: Random) -> list[Choice]:
    """Return the shipped choices, and some at random, at several cadences."""
    made = [
        Choice(name, {number: round(random.uniform(*ends), 3) for number, ends in space.items()})
        for name, space in SPACES.items()
    ]
    odd = Choice("failwatch", {"warm_up_frames": 40, "prior": 0.3, "sensitivity": 1.7})
    sure = Choice("failwatch", {"maybe": 2.0, "failure": 2.0, "sustained": 2.0, "sure": 0.6})
    return [
        Choice(one.rules, one.numbers, every)
        for one in (*shipped(), *made, odd, sure, Choice("obico", {"escalation": 0.5, "safe_frames": 2}))
        for every in (None, random.choice((15.0, 30.0, 60.0)))
    ]


def with_a_learned_camera(cases: Sequence[Case], random: Random) -> list[Case]:
    """Return the prints as a camera that was learned would have seen them: of some p a part is explained."""
    return [
        Case(
            case.print_id,
            case.printer_id,
            case.label,
            tuple(
                Sample(one.at, one.p, explained=min(one.p, random.choice((0.0, 0.05, 0.35))))
                for one in case.samples
            ),
        )
        for case in cases
    ]


@pytest.mark.parametrize("kind", KINDS[::4], ids=lambda kind: kind.name)
def test_the_outcomes_are_those_of_judging_every_look(kind) -> None:
    random = Random(kind.name)
    cases = [
        Case(one.print_id, one.printer_id, one.label, one.samples[:: random.choice((2, 3))])
        for one in simulate(kind, 4, 7)
    ]
    means = MeansCache()
    alarms = 0
    for prints in (cases, with_a_learned_camera(cases, random)):
        printers: dict[str, list[Case]] = {}
        for case in prints:
            printers.setdefault(case.printer_id, []).append(case)
        for choice in random.sample(choices(random), 8):
            level = random.choice((Level.MAYBE, Level.FAILURE))
            expected = {}
            for printer in printers.values():
                expected |= alarms_look_by_look(printer, choice.rule_set, level, choice.every)
            found = outcomes(prints, choice.rule_set, level=level, every=choice.every, means=means)
            assert [(one.alarm, one.false_alarms) for one in found] == [
                told(case, expected[case.print_id]) for case in prints
            ], choice
            alarms += sum(map(len, expected.values()))
    assert alarms > 10, "something was told"


@pytest.mark.parametrize("name", RULE_SETS)
def test_what_is_known_after_quiet_looks_is_what_judging_each_would_know(name: str) -> None:
    """Of the printer's second print, after its first looks."""
    rules, first = RULE_SETS[name](), 8
    quiet = [Sample(12.0 * n, 0.08 + 0.06 * math.sin(n), explained=0.01) for n in range(90)]
    replayer = Replayer(rules)
    for print_id in ("one", "two"):
        replayer.begin(print_id)
        for sample in quiet[:first]:
            replayer.look(sample)
        before = replayer.now
        for sample in quiet[first:]:
            replayer.look(sample)
    assert can_skip(before)
    skipped, looks = skip(before, Means.of(quiet, rules), rules, first)
    assert looks == len(quiet)
    expected = replayer.now.memory
    if isinstance(rules, FailWatchRules):
        assert expected.trend.learned > before.memory.trend.learned
        same = before.memory.statistics
        expected = replace(
            expected,
            statistics=replace(
                expected.statistics,
                rolling_mean_long=same.rolling_mean_long,
                frames_lifetime=same.frames_lifetime,
            ),
        )
    assert skipped == replace(replayer.now, memory=expected)


@pytest.mark.parametrize("rules", RULE_SETS)
def test_a_services_own_statistics_are_judged_look_by_look(rules: str) -> None:
    """They may be anything, so nothing is known of them beforehand."""
    served = TemporalStatistics(0.9, 0.1, 0.05, 50, 5000, 50.0, 5000.0)
    looks = tuple(Sample(10.0 * n, 0.0, served if n > 60 else None) for n in range(120))
    (found,) = outcomes(
        [Case("print", "printer", Label(True, 600.0), looks)], RULE_SETS[rules](), level=Level.MAYBE
    )
    assert found.alarm == 10.0


def test_an_answer_after_the_last_look_of_a_slow_cadence_counts_for_the_next_print() -> None:
    """Whoever denies the alarm says that what the print began with belongs there."""
    every, looks = 120.0, 40
    ps = [0.34] * (12 * looks) + [1.0] + [0.0] * 8
    first = Case("first", "printer", Label(False), tuple(Sample(10.0 * n, p) for n, p in enumerate(ps)))
    later = tuple(Sample(20_000.0 + 10 * n, 0.34 if n < 200 else 0.6) for n in range(900))
    cases = [first, Case("second", "printer", Label(False), later)]
    expected = alarms_look_by_look(cases, FailWatchRules(), Level.MAYBE, every)
    assert len(expected["first"]) == 1
    found = outcomes(cases, FailWatchRules(), level=Level.MAYBE, every=every)
    assert [one.false_alarms for one in found] == [len(alarms) for alarms in expected.values()]


def test_most_looks_of_a_good_print_are_not_judged_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = []
    look = Replayer.look
    monkeypatch.setattr(Replayer, "look", lambda self, sample: judged.append(sample) or look(self, sample))
    cases = [one for one in simulate(KINDS[0], 8, 3) if not one.label.failed]  # type: ignore[union-attr]
    looks = sum(len(one.samples) for one in cases)
    assert outcomes(cases, FailWatchRules()) == outcomes(cases, FailWatchRules())
    assert 0 < len(judged) < looks / 10
