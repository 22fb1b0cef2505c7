"""What is known of a camera, at each of its limits: its cells, its first looks, and what is kept."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from octoprint_failwatch.engine.detectors.built_in.camera_baseline import QUIET, CameraBaseline
from octoprint_failwatch.engine.detectors.built_in.camera_baseline_store import (
    SAVE_EVERY,
    CameraBaselineStore,
    Evidence,
)
from octoprint_failwatch.engine.detectors.built_in.explanation import explained
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.detectors.built_in.heat_output import HeatOutput

OUTPUT = HeatOutput(share=0.01, slope=1.0, offset=0.0)


# Cells


@pytest.mark.parametrize(
    ("mean", "variance", "frames", "excess"),
    [
        (1.0, 0.0, 0, 0.0),
        (1.0, 0.0, 6, 2.0),
        (1.0, 0.0, 18, 3.0),
        (1.0, 4.0, 6, 5.0),
        (QUIET, 4.0, 6, 3.0),
        (QUIET - 4.0, 0.0, 6, 0.0),
        (QUIET - 4.0, 4.0, 6, 1.0),
    ],
)
def test_a_cell_may_be_as_hot_as_good_looks_and_half_as_much_again_as_they_differ(
    mean: float, variance: float, frames: int, excess: float
) -> None:
    """Of the mean half counts after six looks."""
    baseline = CameraBaseline(2, (mean, QUIET - 9.0), frames, spread=(variance, 0.0))
    assert baseline.excess == (pytest.approx(excess), 0.0)
    assert baseline.hidden == (0.5 if excess else 0.0)
    if not variance:
        assert replace(baseline, spread=()).excess == baseline.excess


def test_what_is_hidden_is_shown_by_column_row_and_strength() -> None:
    usual = (QUIET, QUIET, 0.0, QUIET, 9.0, QUIET)
    shown = CameraBaseline(3, usual, 10**9, moved_at=7.0).shown()
    assert shown == {
        "frames": 10**9,
        "hidden": pytest.approx(2 / 6),
        "moved_at": 7.0,
        "columns": 3,
        "rows": 2,
        "cells": [[2, 0, 0.5], [1, 1, 1.0]],
    }
    assert CameraBaseline(1, (QUIET + 2.0,), 10**9).shown()["cells"] == [[0, 0, 0.33]]


@pytest.mark.parametrize(("logit", "mean"), [(9.0, 8.0), (8.0, 8.0), (-9.0, QUIET), (-1.0, -1.0)])
def test_a_cell_is_learned_as_hot_as_can_be_and_no_cooler_than_quiet(logit: float, mean: float) -> None:
    baseline = CameraBaseline.unknown(HeatMap(1, (0.0,))).learned(HeatMap(1, (logit,)), "print", 0.5)
    assert (baseline.usual, baseline.spread, baseline.frames) == ((mean,), (0.0,), 1)
    assert (baseline.p, baseline.p_variance, baseline.p_looks) == (0.5, 0.0, 1)


def test_two_looks_have_a_mean_and_a_variance() -> None:
    baseline = CameraBaseline.unknown(HeatMap(1, (0.0,)))
    for logit, p in ((0.0, 0.25), (4.0, 0.75)):
        baseline = baseline.learned(HeatMap(1, (logit,)), "print", p)
    assert (baseline.usual, baseline.spread) == ((2.0,), (4.0,))
    assert (baseline.p, baseline.p_variance, baseline.p_looks, baseline.frames) == (0.5, 0.0625, 2, 2)


@pytest.mark.parametrize(
    ("frames", "before", "counted"),
    [(719, "one", 720), (720, "one", 720), (500, "other", 181), (100, "other", 101)],
)
def test_two_hours_are_remembered_and_half_an_hour_of_another_print(
    frames: int, before: str, counted: int
) -> None:
    baseline = CameraBaseline(1, (0.0,), frames, before, p_looks=frames)
    after = baseline.learned(HeatMap(1, (1.0,)), "one", 1.0)
    assert (after.frames, after.p_looks, after.print_id) == (counted, counted, "one")
    assert (after.usual[0], after.p) == (pytest.approx(1 / counted), pytest.approx(1 / counted))


# First looks


def test_a_print_opens_with_the_mean_of_its_first_looks() -> None:
    """What is out of all bounds counts as the bound; another print begins anew."""
    baseline = CameraBaseline(2, (QUIET, QUIET))
    for first, second in ((1.0, 20.0), (3.0, -20.0), (5.0, 9.0)):
        baseline = baseline.with_opening(HeatMap(2, (first, second)), "one")
    assert (baseline.opened, baseline.opening_looks) == ("one", 3)
    assert baseline.opening == pytest.approx((3.0, 8.0 / 3))
    other = baseline.with_opening(HeatMap(2, (7.0, 7.0)), "two")
    assert (other.opened, other.opening_looks, other.opening) == ("two", 1, (7.0, 7.0))


def test_how_good_prints_open_is_known_by_the_last_five() -> None:
    baseline = CameraBaseline(1, (QUIET,))
    means = []
    for number, logit in enumerate((1.0, 2.0, 3.0, 4.0, 5.0, 8.0, 8.0)):
        baseline = baseline.with_opening(HeatMap(1, (logit,)), f"{number}").after_good_print(f"{number}")
        means.append(baseline.fixtures[0])
    assert means == pytest.approx([1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 4.8])
    assert baseline.fixture_prints == 7
    assert baseline.after_good_print("another") == baseline
    assert CameraBaseline(1, (QUIET,), opened="one").after_good_print("one").fixtures == ()


@pytest.mark.parametrize(
    ("now", "before", "excuse"),
    [(2.0, 1.0, 4.5), (1.0, 2.0, 4.5), (QUIET, 2.0, 0.0), (2.0, QUIET, 0.0), (QUIET + 0.25, 2.0, 0.75)],
)
def test_what_was_there_at_first_now_and_before_may_be_half_a_logit_hotter(
    now: float, before: float, excuse: float
) -> None:
    baseline = CameraBaseline(1, (QUIET,), opening=(now,), opened="one", fixtures=(before,))
    assert baseline.fixture_excuses("one") == (excuse,)
    assert baseline.fixture_excuses("two") == (0.0,)
    assert replace(baseline, fixtures=()).fixture_excuses("one") == (0.0,)
    assert replace(baseline, opening=()).fixture_excuses("one") == (0.0,)


@pytest.mark.parametrize("most", [0.1, 0.2, 0.3])
def test_as_much_of_p_is_explained_as_is_normal_to_a_hundredth(most: float) -> None:
    """Of what the cells would excuse as large a share counts as leaves the rest."""
    heat = HeatMap(3, (2.0, QUIET - 5, QUIET - 5, QUIET - 5))
    baseline = CameraBaseline(4, (2.0, *[QUIET] * 3), 10**9, p=most, p_looks=50)
    found = explained(OUTPUT, replace(heat, columns=4), baseline, "print")
    assert found.p == pytest.approx(OUTPUT.p(2.0))
    assert most - 0.02 <= found.explained <= most + 1e-9


# What is kept


def test_all_that_is_known_is_stored_and_read_again() -> None:
    known = CameraBaseline(
        columns=2,
        usual=(0.5, -3.0625),
        frames=7,
        print_id="one",
        spread=(0.25, 0.125),
        opening=(1.0, 2.0),
        opened="two",
        opening_looks=3,
        fixtures=(-1.0, 4.0),
        fixture_prints=2,
        moved_at=77.0,
        p=0.12345,
        p_variance=0.0123456,
        p_looks=9,
    )
    assert CameraBaseline.from_dict(json.loads(json.dumps(known.to_dict()))) == known
    old = {"columns": 2, "usual": [8, -49], "frames": 7, "print_id": "one"}
    assert CameraBaseline.from_dict(old) == CameraBaseline(2, known.usual, 7, "one")


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"p": 0}, True),
        ({"p": 1}, True),
        ({"p": -0.1}, False),
        ({"p": 1.1}, False),
        ({"p_variance": 1}, True),
        ({"p_variance": -0.1}, False),
        ({"p_variance": 1.1}, False),
        ({"columns": 1}, True),
        ({"spread": [1]}, False),
        ({"spread": [1, 1]}, True),
    ],
    ids=str,
)
def test_what_cannot_have_been_known_is_refused(changes: dict[str, Any], fits: bool) -> None:
    stored = {"columns": 2, "usual": [8, -49], "frames": 7, "print_id": "one", **changes}
    if fits:
        CameraBaseline.from_dict(stored)
    else:
        with pytest.raises(ValueError, match=r"cannot be|differ in shape"):
            CameraBaseline.from_dict(stored)


KEY = ("printer", "camera")


def seen(logit: float, print_id: str, key: tuple[str, str] = KEY) -> Evidence:
    return Evidence(key, print_id, HeatMap(1, (logit,)), 0.1)


def test_the_three_latest_prints_can_be_taken_back() -> None:
    """And of one printer only."""
    store = CameraBaselineStore(None)
    for print_id in ("one", "two", "three", "four"):
        store.learn(seen(2.0, print_id))
        store.learn(seen(2.0, print_id, ("other", "camera")))
    assert store.all()[KEY].frames == 4
    store.unlearn("printer", "one")
    assert store.all()[KEY].frames == 4
    store.unlearn("printer", "two")
    assert store.all()[KEY].frames == 1
    assert store.all()[("other", "camera")].frames == 4


def test_what_was_learned_is_stored_every_half_hour_of_looks_and_when_it_matters(tmp_path: Path) -> None:
    file = tmp_path / "normals.json"
    store = CameraBaselineStore(file)
    store.save()
    assert not file.exists(), "there is nothing to store"
    for _ in range(SAVE_EVERY - 1):
        store.learn(seen(2.0, "one"))
    assert not file.exists()
    store.learn(seen(2.0, "one"))
    assert CameraBaselineStore(file).all()[KEY].frames == SAVE_EVERY
    store.note_opening(seen(2.0, "one"))
    assert CameraBaselineStore(file).all()[KEY].opening_looks == 0
    store.end_print("printer", "one", good=False)
    assert CameraBaselineStore(file).all()[KEY].opening_looks == 0
    store.end_print("printer", "one", good=True)
    assert CameraBaselineStore(file).all()[KEY].fixture_prints == 1
    store.unlearn("printer", "one")
    assert CameraBaselineStore(file).all()[KEY].frames == 0
    store.forget("printer")
    assert CameraBaselineStore(file).all() == {}
