"""Tuning: what it counts, that it does not peek, and that it beats every shipped default on unseen prints."""

import io
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.simulated_printers import KINDS, simulate
from octoprint_failwatch.cli import main
from octoprint_failwatch.engine.history import Entry, History, Label, RecordedSettings, Recorder
from octoprint_failwatch.engine.history.rows import add_entry, print_key
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.judge import Memory, judge
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.models import Box, Detection
from octoprint_failwatch.engine.replay import Sample
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import CameraView, Event, EventKind, Look, Phase, WatchState
from octoprint_failwatch.tuning import minimum_data
from octoprint_failwatch.tuning import tune as tune_module
from octoprint_failwatch.tuning.candidates import SPACES, Choice, as_trial, defaults, shipped
from octoprint_failwatch.tuning.evaluation import outcomes, summarise
from octoprint_failwatch.tuning.inputs import Aim, Data
from octoprint_failwatch.tuning.label_origin import Origin
from octoprint_failwatch.tuning.labelled_prints import label_origins, recorded_cases
from octoprint_failwatch.tuning.permutations import rearranged
from octoprint_failwatch.tuning.print_case import Case, later_half, with_past
from octoprint_failwatch.tuning.printer import tune_printer
from octoprint_failwatch.tuning.regions import Recurring, suggest_regions
from octoprint_failwatch.tuning.search import preferred, search
from octoprint_failwatch.tuning.synthetic_failures import transplants
from octoprint_failwatch.tuning.tune import tune
from octoprint_failwatch.tuning.validation import OVER_LIMIT, Proof, Trial
from tests.core.watching import VirtualClock


def case(print_id: str, ps: list[float], label: Label | None, began: float = 0.0) -> Case:
    """Return a print with a frame every ten seconds."""
    return Case(print_id, "printer", label, tuple(Sample(began + 10 * n, p) for n, p in enumerate(ps)))


def kind(name: str):
    """Return a simulated kind of printer."""
    return next(kind for kind in KINDS if kind.name == name)


def seldom(name: str, prints: int, seed: int, step: int) -> list[Case]:
    """Return simulated prints of which only some pictures are looked at: it saves the tests' time."""
    return [replace(one, samples=one.samples[::step]) for one in simulate(kind(name), prints, seed)]


# What is counted


def test_a_failure_is_told_late_or_missed() -> None:
    """The delay counts from when it began; a missed one has none."""
    told = case("told", [0.0] * 60 + [1.0] * 60, Label(True, 600.0))
    missed = case("missed", [0.0] * 60 + [0.1] * 60, Label(True, 2600.0), 2000.0)
    first, second = outcomes([told, missed], FailWatchRules())
    assert first.failed
    assert 0 < first.alarm <= 120  # type: ignore[operator]
    assert second.alarm is None
    summary = summarise([first, second])
    assert (summary.failures, summary.missed, summary.false_alarms) == (2, 1, 0)
    assert summary.delay == first.alarm / 60  # type: ignore[operator]
    assert summary.until_told == (summary.delay + 60) / 2
    assert summarise([second]).until_told == 60
    assert summary.good_hours == pytest.approx(2 * 600 / 3600)


def test_alarms_before_the_failure_are_false_ones() -> None:
    """The user denies them, and the same look is then accepted."""
    ps = [0.0] * 30 + [0.85] * 60 + [0.0] * 120 + [0.85] * 20
    (good,) = outcomes([case("good", ps, Label(False))], FailWatchRules())
    assert good.false_alarms == 2
    (steady,) = outcomes([case("steady", [0.0] * 30 + [0.85] * 150, Label(False))], FailWatchRules())
    assert steady.false_alarms == 1
    (early,) = outcomes([case("early", ps, Label(True, 1800.0))], FailWatchRules())
    assert (early.false_alarms, early.alarm is None) == (1, False)


def test_a_failure_of_unknown_beginning_counts_as_told_or_missed_only() -> None:
    """No delay and no false alarm can be said of it."""
    (told,) = outcomes([case("a", [1.0] * 60, Label(True))], FailWatchRules())
    assert (told.alarm, told.false_alarms, told.good_hours) == (0.0, 0, 0.0)


def test_unlabelled_prints_are_the_printers_past() -> None:
    """They are judged, and not counted."""
    past = [case(f"past {n}", [0.3] * 300, None, 10_000.0 * n) for n in range(4)]
    last = case("last", [0.3] * 50 + [0.75] * 60, Label(True, 90_500.0), 90_000.0)
    with_past, alone = outcomes([*past, last], FailWatchRules()), outcomes([last], FailWatchRules())
    assert [one.print_id for one in with_past] == ["last"]
    assert with_past != alone


def test_a_slower_cadence_tells_later() -> None:
    """The same prints, looked at every minute."""
    prints = simulate(kind("sudden spaghetti"), 8, 3)
    fast, slow = (summarise(outcomes(prints, FailWatchRules(), every=every)) for every in (None, 60.0))
    assert slow.delay > fast.delay


# Too little data


def test_too_little_is_said_to_be_too_little() -> None:
    """The text counts what is missing."""
    prints = [case("a", [0.0] * 100, Label(False)), case("b", [1.0] * 100, Label(True, 10.0))]
    with pytest.raises(
        minimum_data.TooLittleData, match=r"3 failed prints .* \(there are 1\).*5 good ones \(there are 1\)"
    ):
        tune(Data(prints), Aim(trials=4))


@pytest.mark.parametrize(("events", "upper"), [(0, 2.996), (1, 4.744), (2, 6.296), (10, 16.962)])
def test_the_confidence_limit_is_that_of_poisson(events: int, upper: float) -> None:
    """The published table of exact one-sided 95 % limits."""
    assert minimum_data.at_most(events, 100.0) == pytest.approx(upper, abs=1e-3)


def test_nothing_is_known_without_hours() -> None:
    """No hours, no rate."""
    assert minimum_data.at_most(0, 0.0) == math.inf


# The search


def test_the_search_does_not_look_at_prints_that_are_left_out() -> None:
    """Turning their labels round changes nothing."""
    pytest.importorskip("optuna")
    prints = seldom("steady false box", 10, 1, 36)
    counted = {one.print_id for one in prints[:6]}
    lies = [
        one if one.print_id in counted else Case(one.print_id, one.printer_id, Label(False), one.samples)
        for one in prints
    ]
    aim = Aim(trials=6)
    honest = search(Data(prints), aim, counted, Choice())
    assert search(Data(lies), aim, counted, Choice()) == honest


def test_every_choice_can_begin_a_search() -> None:
    """Numbers outside the space are moved to its edge, and cadence and regions are kept."""
    trial = as_trial(Choice("failwatch", {"failure": 99.0}, 30.0, True), (None, 30.0), regions=True)
    assert trial["failwatch.failure"] == SPACES["failwatch"]["failure"][1]
    assert (trial["cadence"], trial["ignore_regions"]) == (1, True)
    assert Choice("obico").distance() == 0
    assert Choice("obico", {"low": 2 * defaults("obico")["low"]}).distance() == pytest.approx(
        1 / len(SPACES["obico"])
    )


@pytest.mark.parametrize(
    ("names", "step"),
    [
        (["half hidden"], 36),
        pytest.param(["weak signs", "half hidden", "two filaments"], 12, marks=pytest.mark.slow),
    ],
    ids=["one kind", "three kinds"],
)
def test_it_beats_every_default_on_prints_it_did_not_see(names: list[str], step: int) -> None:
    """Tuned on the first prints of a printer, measured on the following; the docs have all kinds."""
    pytest.importorskip("optuna")
    gained = 0.0
    for name in names:
        prints = seldom(name, 24, 5, step)
        known, unseen = prints[:12], {one.print_id for one in prints[12:]}
        choice = search(Data(known), Aim(trials=20), {one.print_id for one in known}, Choice())

        def lost(choice: Choice, level: Level = Level.FAILURE) -> float:
            results = outcomes(prints, choice.rule_set, level=level)  # noqa: B023 - called at once
            return summarise(one for one in results if one.print_id in unseen).lost  # noqa: B023

        best = min(lost(Choice(rules), level) for rules in SPACES for level in (Level.MAYBE, Level.FAILURE))
        assert lost(choice) <= best, name
        gained += 1 - lost(choice) / best
    assert gained > 0.08 * len(names)


def test_the_kinds_are_twenty_and_the_same_in_every_run() -> None:
    """Each has failed and good prints of believable length."""
    assert len(KINDS) >= 20
    for one in KINDS:
        prints = simulate(one, 2, 2)
        assert prints[:1] == simulate(one, 1, 2)
        assert {print_.label.failed for print_ in prints if print_.label} == {True, False}
        assert all(0.1 < print_.hours < 3.1 for print_ in prints)
        assert all(sample.p >= 0 for print_ in prints for sample in print_.samples)


# Recorded prints


CABLE = Box(0.7, 0.1, 0.8, 0.4, 0.45)


def remember(
    history: History, one: Case, boxes: tuple[Box, ...] = (), numbers: Mapping[str, float] | None = None
) -> None:
    """Write a print into a history, as a watch would; p is in a box, beside others in every frame."""
    settings = WatchSettings()
    clock = VirtualClock(one.samples[0].at)
    state = WatchState(printer_id=one.printer_id)
    recorded = RecordedSettings.of(settings, "built_in")
    recorder = Recorder(
        history,
        state,
        recorded if numbers is None else replace(recorded, numbers=numbers),
        source="test",
        clock=clock,
        printer_name="One",
    )
    state = WatchState(
        printer_id=one.printer_id, phase=Phase.WATCHING, print_id=one.print_id, started_at=clock.time
    )
    recorder.record(state, [Event(EventKind.STARTED, clock.time, one.print_id)], {})
    memory = Memory()
    for number, sample in enumerate(one.samples, 1):
        own = Box(0.3, 0.5, 0.5, 0.7, sample.p)
        all_boxes = (*boxes, own)
        p = max(box.score for box in all_boxes)
        memory, verdict, *_ = judge(memory, settings.rules, Detection(p), sample.at)
        view = CameraView("", p, all_boxes)
        look = Look(number, sample.at, p, (view,), memory.statistics, verdict, 0.1)
        clock.time = sample.at
        state = WatchState(
            printer_id=one.printer_id, phase=Phase.WATCHING, print_id=one.print_id, look=look, memory=memory
        )
        recorder.record(state, [], {})
    recorder.record(
        WatchState(printer_id=one.printer_id), [Event(EventKind.ENDED, clock.time, one.print_id)], {}
    )
    if one.label is not None:
        history.label(one.print_id, one.label)


@pytest.fixture
def history(tmp_path: Path):
    """Return an empty history."""
    made = History(tmp_path / "history.db")
    yield made
    made.close()


def test_recorded_prints_come_back_with_and_without_regions(history: History) -> None:
    """p is made again from the boxes that are left."""
    one = case("one", [0.02, 0.2, 0.9], Label(True, 20.0))
    remember(history, one, (CABLE,))
    assert [sample.p for sample in recorded_cases(history, "printer")[0].samples] == [0.45, 0.45, 0.9]
    around = ((0.65, 0.05), (0.85, 0.05), (0.85, 0.45), (0.65, 0.45))
    (masked,) = recorded_cases(history, "printer", {"": (around,)})
    assert masked.samples == one.samples
    assert masked.label == one.label


def test_boxes_that_recur_in_good_prints_are_suggested(history: History) -> None:
    """Not those of failed prints, nor those that are somewhere else every time."""
    for number in range(3):
        began = 100_000.0 * number
        remember(history, case(f"good {number}", [0.01 * number] * 30, Label(False), began), (CABLE,))
    remember(history, case("failed", [0.9] * 30, Label(True, 1.0), 1e6), (Box(0.0, 0.8, 0.2, 1.0, 0.9),))
    regions = suggest_regions(history, "printer")
    ((left_top, *_),) = regions[""]
    assert left_top == pytest.approx((0.68, 0.08), abs=0.01)
    wandering = Recurring()
    for number in range(40):
        x = 0.02 * number
        wandering.add(f"print {number % 4}", [CameraView("", 0.5, (Box(x, 0.5, x + 0.03, 0.53, 0.5),))])
    assert wandering.regions() == {}


def test_a_printer_is_tuned_from_its_history(history: History) -> None:
    """A cable in the picture: the region is found, ignored, and what remains is told apart sooner."""
    pytest.importorskip("optuna")
    for one in seldom("calm", 9, 4, 24):
        remember(history, replace(one, printer_id="printer"), (CABLE,))
    finding = tune_printer(history, "printer", Aim(trials=6))
    summaries = finding.summaries()
    assert finding.worth_it
    assert finding.regions
    assert summaries["unseen"].lost < summaries["before"].lost
    assert len(finding.unseen) == 9
    rates = [point.false_alarm_rate for point in finding.curve]
    assert rates == sorted(rates)
    delays = [point.delay for point in finding.curve]
    assert delays[0] == max(delays), "what is missed is no failure told at once"
    assert finding.at_most > summaries["unseen"].false_alarm_rate


def test_regions_are_not_suggested_by_the_prints_that_they_are_tried_on(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A box in just as many good prints as it takes is none of a region's where one of them is left out."""
    for number in range(5):
        began = 100_000.0 * number
        good = case(f"good {number}", [0.01] * 720, Label(False), began)
        good = replace(good, samples=good.samples[::9])
        remember(history, good, (CABLE,) if number < 3 else ())
    for number in range(3):
        began = 1e6 + 100_000.0 * number
        remember(history, case(f"failed {number}", [0.9] * 30, Label(True, began + 60), began))
    asked: dict[str, bool] = {}

    def search(data: Data, aim: Aim, counted: set[str], *_: object) -> Choice:
        left_out = {one.print_id for one in data.plain} - counted
        asked.update(dict.fromkeys(left_out or {"none"}, data.masked is not None))
        return Choice(ignore_regions=True)

    monkeypatch.setattr(tune_module, "search", search)
    finding = tune_printer(history, "printer", Aim(trials=1))
    assert finding.regions
    assert asked["none"]
    assert not any(asked[f"good {number}"] for number in range(3))
    alarms = {one.print_id: one.false_alarms for one in finding.unseen}
    assert alarms["good 0"] > 0, "it is judged as a print would be that nobody has seen"
    assert [one.false_alarms for one in finding.after if one.print_id == "good 0"] == [0]


def test_labels_that_nobody_gave_do_not_count(history: History) -> None:
    """Version 0.1.0 took a resume after an alarm for "not a failure"."""
    answer = {"detail": "not_a_failure", "level": "failure"}
    entries = {
        "resumed": [("resumed", 50.0, None), (EventKind.ACKNOWLEDGED, 50.0, answer)],
        "answered": [("resumed", 50.0, None), (EventKind.ACKNOWLEDGED, 30.0, answer)],
        "by hand": [],
        "blind": [(EventKind.ACKNOWLEDGED, 30.0, {"detail": "not_a_failure", "level": "none"})],
    }
    for number, (name, given) in enumerate(entries.items()):
        remember(history, case(name, [0.1] * 9, Label(False), 1000.0 * number), (CABLE,))
        history.write(
            lambda connection, name=name, given=given: [
                add_entry(connection, print_key(connection, name), Entry(0, at, kind, data))
                for kind, at, data in given
            ]
        )
    assert {one.print_id for one in recorded_cases(history, "printer") if one.label is None} == {"resumed"}
    origins = label_origins(history, "printer")
    assert origins == {Origin.RESUMED: 1, Origin.ANSWERED: 1, Origin.BY_HAND: 2}
    assert suggest_regions(history, "printer")
    assert not suggest_regions(history, "printer", without={"by hand"}), "only two prints are left"


def test_numbers_of_another_release_are_left_out(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that were recorded by rules with a number more do not stop the tuning."""
    monkeypatch.setattr(tune_module, "search", lambda *_: Choice())
    for one in seldom("calm", 12, 4, 96):
        remember(history, replace(one, printer_id="printer"), numbers={"failure": 0.5, "moon_phase": 1.0})
    finding = tune_printer(history, "printer", Aim(trials=1))
    assert finding.present == Choice("failwatch", {"failure": 0.5})


def test_the_command_shows_writes_and_draws(history: History, tmp_path: Path) -> None:
    """As tables and as JSON; too little data is an error in plain words."""
    pytest.importorskip("optuna")
    place = ("--history", str(history.path))
    empty = CliRunner().invoke(main, ["tune", *place])
    assert empty.exit_code == 1
    assert "empty" in empty.output
    prints = [replace(one, printer_id="printer") for one in seldom("sudden spaghetti", 8, 4, 144)]
    for one in prints[:2]:
        remember(history, one)
    few = CliRunner().invoke(main, ["tune", *place])
    assert few.exit_code == 1
    assert "Too little is known" in few.output
    for one in prints[2:]:
        remember(history, one)
    files = ["--picture", str(tmp_path / "curve.svg"), "--write", str(tmp_path / "found.json")]
    result = CliRunner().invoke(main, ["tune", *place, "--printer", "One", "--trials", "10", *files])
    assert result.exit_code == 0, result.output
    assert "expected" in result.output
    assert "told after" in result.output
    assert "95 %" in result.output
    assert "Labels given by hand: 8" in result.output
    assert "What turning the sensitivity does" in (tmp_path / "curve.svg").read_text()
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["rules"]["name"] in SPACES
    made = CliRunner().invoke(main, ["tune", *place, "--trials", "10", "--json"])
    assert json.loads(made.stdout)["settings"] == found
    assert io.StringIO(made.stdout).readline().startswith("{")


def test_failures_are_tried_at_other_moments() -> None:
    """Each good print goes on as a failed one, from another moment on; unlabelled prints give nothing."""
    good = [case(f"good {n}", [0.01 * n] * 100, Label(False), 10_000.0 * n) for n in range(3)]
    failed = case("failed", [0.0] * 50 + [0.9] * 60, Label(True, 90_500.0), 90_000.0)
    made = transplants([good[0], replace(good[1], label=None), good[2], failed])
    assert [one.print_id for one in made] == ["good 0 failing", "good 2 failing"]
    cuts = set()
    for one, before in zip(made, (good[0], good[2]), strict=True):
        assert one.label is not None
        since = one.label.failed_from or 0.0
        went = [sample for sample in one.samples if sample.at < since]
        assert went == list(before.samples[: len(went)])
        assert [sample.p for sample in one.samples[len(went) :]] == [0.9] * 60
        assert one.samples[len(went)].at == since
        cuts.add(len(went))
    assert len(cuts) == 2
    assert {one.printer_id for one in made} == {"printer"}
    assert transplants(good) == []
    new = [replace(one, printer_id=one.print_id) for one in (*good, failed)]
    assert {one.printer_id for one in transplants(new)}.isdisjoint(one.printer_id for one in new)


def test_good_prints_are_also_tried_in_another_order() -> None:
    """The same pictures at the same times, each within half an hour of its own; never those of failures."""
    good = case("good", [0.001 * n for n in range(1000)], Label(False))
    made = rearranged([good, case("failed", [0.9] * 50, Label(True, 1.0)), case("past", [0.3] * 50, None)])
    assert made == rearranged([good])
    assert len({one.print_id for one in made} | {one.printer_id for one in made}) == 2 * len(made) > 2
    for one in made:
        assert one.label == good.label
        assert [sample.at for sample in one.samples] == [sample.at for sample in good.samples]
        seen = [sample.p for sample in one.samples]
        assert sorted(seen) == [sample.p for sample in good.samples] != seen
        assert max(abs(p * 10_000 - sample.at) for p, sample in zip(seen, one.samples, strict=True)) < 1800


def test_good_prints_are_also_tried_one_after_another_in_another_order() -> None:
    """Two filaments that took turns might as well have come one after the other."""
    prints = [case(f"{n}", [0.3 * (n % 2)] * 30, Label(False), 1e4 * n) for n in range(8)]
    orders = [
        tuple(one.print_id.split()[0] for one in rearranged(prints) if one.printer_id == printer_id)
        for printer_id in dict.fromkeys(one.printer_id for one in rearranged(prints))
    ]
    assert len(set(orders)) == len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {tuple("01234567")}


def test_the_printer_is_known_or_new() -> None:
    """With a past, every print counts once; from new on, the later half does; a single print always."""
    prints = [case(f"print {n}", [0.0] * 9, Label(False), 1e4 * n) for n in range(5)]
    single = replace(case("single", [0.0] * 9, Label(False)), printer_id="other")
    known = with_past([*prints, single])
    assert [one.print_id for one in known if not one.counts] == ["print 3 before", "print 4 before"]
    assert [one for one in known if one.counts] == [*prints, single]
    new = later_half([*prints, single])
    assert [one.print_id for one in new] == [one.print_id for one in (*prints, single)]
    assert [one.print_id for one in new if one.counts] == ["print 3", "print 4", "single"]


def proof(prints: list[Case]) -> Proof:
    """Return what choices are tried on, all prints counted."""
    return Proof(Data(prints), Aim(), {one.print_id for one in prints})


def test_a_printer_that_was_new_only_once_is_not_judged_by_that() -> None:
    """A cable that always looks like 0.4 alarms on the very first print, and never again."""
    prints = seldom("steady false box", 12, 1, 6)
    doubt = Choice("failwatch", {"failure": 0.36})
    assert sum(one.false_alarms for one in outcomes(prints, doubt.rule_set)) > 0
    assert proof(prints).of(doubt).cost < OVER_LIMIT


def test_rules_that_never_get_to_know_a_new_printer_are_over_the_limit() -> None:
    """The past that they are given here does not hide it."""
    locked = Choice("failwatch", {"failure": 0.25, "maybe": 0.15})
    assert proof(simulate(kind("two filaments"), 12, 1)).of(locked).cost > OVER_LIMIT


def test_luck_is_not_taken_for_safety() -> None:
    """Bad pictures that come one by one would alarm if a few of them came together."""
    ps = [0.75 if n % 33 == 0 else 0.0 for n in range(350)]
    good = [case(f"good {n}", ps, Label(False), 1e5 * n) for n in range(3)]
    failed = [
        case(f"bad {n}", ps + [0.9] * 60, Label(True, 1e6 + 1e5 * n + 3500), 1e6 + 1e5 * n) for n in range(2)
    ]
    tried = proof([*good, *failed])
    low = Choice("failwatch", {"failure": 0.2, "maybe": 0.12})
    assert sum(one.false_alarms for one in outcomes(good, low.rule_set)) == 0
    assert tried.of(low).cost < tried.of(Choice()).cost
    assert tried.without_luck(tried.of(low)).cost > OVER_LIMIT
    assert tried.of(low).cost > OVER_LIMIT, "it is known by now"
    assert tried.without_luck(tried.of(Choice())) == tried.of(Choice())


def test_a_gain_that_chance_explains_is_none() -> None:
    """Not even a large one: one lucky print is no reason to change anything."""
    old = Trial(Choice(), 100.0, {"a": 10.0, "b": 10.0, "c": 10.0, "d": 10.0})
    lucky = Trial(Choice("obico"), 60.0, {"a": 0.0, "b": 10.5, "c": 10.5, "d": 10.5})
    better = Trial(Choice("obico"), 60.0, {"a": 6.0, "b": 6.5, "c": 5.5, "d": 6.0})
    slightly = replace(better, cost=95.0)
    forbidden = Trial(Choice(), 2 * OVER_LIMIT)
    assert [preferred(new, old) for new in (lucky, better, slightly, forbidden)] == [old, better, old, old]
    assert preferred(lucky, forbidden) == lucky


def test_the_shipped_settings_are_always_tried() -> None:
    """Also those of which a doubt is the alarm."""
    assert {one.rules for one in shipped()} == set(SPACES)
    (doubt,) = (one for one in shipped() if one.rules == "failwatch" and one.numbers)
    assert doubt.rule_set.failure == FailWatchRules().maybe
