"""Rendered time-lapses: what happens in one follows from its seed, and how they are measured."""

import csv
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from octoprint_failwatch.engine.detectors.built_in import BUILT_IN, ModelFolder
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.verdict import Level
from training.measures import lapses
from training.measures.eye import Eye
from training.measures.lapses import Lapse, follow, measured
from training.time_lapses.plan import FIRST_STRAND, KINDS, moments, plan, strand_at
from training.time_lapses.shapes import infill, inside, rings
from training.time_lapses.strands import SLOPE, STEP, strand

LOOKS = 60
GOLDEN = Path(__file__).parents[1] / "data/golden"


def test_a_seed_is_a_print_and_every_other_one_fails_at_a_look_that_is_known():
    plans = [plan(seed, LOOKS) for seed in range(12)]
    assert plans == [plan(seed, LOOKS) for seed in range(12)]
    assert [one.onset is not None for one in plans] == [False, True] * 6
    assert {one.kind for one in plans if one.onset} == set(KINDS)
    assert all(0.3 * LOOKS < one.onset < 0.7 * LOOKS for one in plans if one.onset)
    assert plan(1, LOOKS) != plan(3, LOOKS)


@pytest.mark.parametrize("seed", range(6))
def test_the_part_grows_until_the_failure_and_the_mess_from_then_on(seed):
    wanted = plan(seed, LOOKS)
    course = moments(wanted)
    assert len(course) == LOOKS
    onset = LOOKS if wanted.onset is None else wanted.onset
    layers = [one.layers for one in course]
    assert layers == sorted(layers)
    assert layers[0] == 1 < layers[onset - 1]
    assert len(set(layers[onset:])) <= 1, "nothing is added to a part that fails"
    assert all(one.strand == 0 for one in course[:onset])
    mess = [one.strand for one in course[onset:]]
    assert mess == sorted(mess)
    if wanted.onset is not None:
        assert mess[0] == FIRST_STRAND < mess[-1] == wanted.strand == strand_at(wanted, LOOKS - 1)
    heights = [one.nozzle[2] for one in course]
    assert heights == sorted(heights), "the head rises whether or not there is a part"
    assert len({one.nozzle[:2] for one in course}) > LOOKS / 2, "the head moves"
    assert len({one.brightness for one in course}) > LOOKS / 2, "the light changes"


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_a_strand_lies_on_the_bed_on_the_part_or_beside_the_bed_and_is_as_long_as_planned(seed):
    wanted = plan(seed, LOOKS)
    laid = strand(wanted)
    assert np.array_equal(laid, strand(wanted))
    steps = np.diff(laid, axis=0)
    flat = np.hypot(steps[:, 0], steps[:, 1])
    assert flat == pytest.approx(STEP, rel=1e-3)
    assert len(laid) * STEP == pytest.approx(wanted.strand, abs=STEP)
    assert np.abs(steps[:, 2]).max() <= SLOPE * STEP + 1e-4, "it bridges, it does not jump"
    assert laid[:, 2].min() > -6.1
    assert laid[:, 2].max() < 3 * wanted.height + 2


def test_a_part_is_made_of_rings_and_its_top_of_lines_within_it():
    square = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
    layers = rings(square, 3, 0.1, 0.5, 10)
    assert [round(float(ring[0, 2]), 3) for ring in layers] == [0.05, 0.15, 0.25]
    assert abs(layers[2][:, 0]).max() == pytest.approx(0.9)
    for across in (False, True):
        lines = infill(square, 0.25, 0.5, across=across)
        assert len(lines) == 4
        assert all(abs(line[:, :2]).max() <= 1 for line in lines)
        moving = 1 if across else 0
        assert all(np.ptp(line[:, moving]) == pytest.approx(2) for line in lines)
    x, y = np.array([0.0, 2.0], np.float32), np.array([0.0, 0.0], np.float32)
    assert inside(square, x, y).tolist() == [True, False]


def test_a_webcam_makes_the_same_picture_of_the_same_light():
    photograph = pytest.importorskip("training.time_lapses.photograph", reason="needs OpenCV")
    webcam = photograph.Webcam.of(plan(1, LOOKS))
    light = np.random.default_rng(0).random((48, 64, 3), np.float32)
    gain = webcam.exposure(light)
    first = webcam.jpeg(light, gain, 1.0, "1 0")
    assert first == webcam.jpeg(light, gain, 1.0, "1 0") != webcam.jpeg(light, gain, 1.0, "1 1")


def made_of(*logits: float, onset: int | None, shares: tuple[float, ...] = ()) -> Lapse:
    heats = tuple(HeatMap(4, (logit,) * 12) for logit in logits)
    return Lapse("one", heats, shares or (0.0,) * len(logits), onset)


@pytest.fixture(scope="module")
def eye() -> Eye:
    pytest.importorskip("ncnn")
    return Eye.of(ModelFolder.read(BUILT_IN))


def test_looks_count_from_the_onset_and_alarms_before_it_are_false(eye):
    rules = FailWatchRules()
    failing = follow(made_of(*[-6.0] * 30, *[6.0] * 20, onset=30), eye, rules)
    assert failing.false == {Level.MAYBE: 0, Level.FAILURE: 0}
    assert 0 < failing.first[Level.MAYBE] <= failing.first[Level.FAILURE] < 20
    wrong = follow(made_of(*[-6.0] * 30, *[6.0] * 20, onset=None), eye, rules)
    assert wrong.first == {}
    assert wrong.false == {Level.MAYBE: 1, Level.FAILURE: 1}


def test_single_looks_are_told_by_the_size_of_the_mess(eye):
    shares = (*[0.0] * 11, 0.001, 0.1)
    found = measured([made_of(*[-6.0] * 11, -7.0, 6.0, onset=10, shares=shares)], eye)
    assert (found["time-lapses"], found["failing"], found["looks"]) == (1, 1, 13)
    small, gross = found["single looks"].values()
    assert (small["AUROC"], gross["AUROC"]) == (0.0, 1.0)
    assert found["rules"]["failwatch"]["failure"]["found"] == 0
    assert measured([], eye) == {"time-lapses": 0}


def test_only_whole_time_lapses_are_read(eye, tmp_path):
    for name in ("000", "001"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "plan.json").write_text(json.dumps(asdict(plan(int(name), 2))))
        shutil.copy(GOLDEN / "0.jpg", folder / "000.jpg")
    shutil.copy(GOLDEN / "1.jpg", tmp_path / "001" / "001.jpg")
    with (tmp_path / "001" / "looks.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("look", "share"), (0, 0.0), (1, 0.02)])
    (one,) = lapses.lapses(eye, tmp_path)
    assert (one.name, one.shares, one.onset) == ("001", (0.0, 0.02), plan(1, 2).onset)
    assert len(one.heats) == 2
