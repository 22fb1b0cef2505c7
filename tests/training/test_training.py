"""The figures of the detector are right, and training judges prints as a live watch would."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from octoprint_failwatch.engine.detectors.built_in import BUILT_IN, BuiltInDetector, ModelFolder
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.judge import Memory
from training.measures import figures, room
from training.measures.eye import Eye, in_shape
from training.measures.figures import auroc, average_precision, calibration_error, recall_at, with_interval
from training.measures.prints import Print, follow, like
from training.measures.room import Pair

SCORED = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda rows: len({failed for _, failed in rows}) == 2
)


def table(rows):
    scores, failed = zip(*rows, strict=True)
    return np.array(scores, float), np.array(failed, bool)


@given(SCORED)
def test_auroc_is_the_share_of_pairs_in_order(rows):
    scores, failed = table(rows)
    pairs = [(bad > good) + (bad == good) / 2 for bad in scores[failed] for good in scores[~failed]]
    assert auroc(scores, failed) == pytest.approx(np.mean(pairs))


@given(SCORED)
def test_average_precision_sums_precision_over_the_gain_in_recall(rows):
    scores, failed = table(rows)
    expected, before = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        chosen = scores >= threshold
        recall = failed[chosen].sum() / failed.sum()
        expected += (recall - before) * failed[chosen].mean()
        before = recall
    assert average_precision(scores, failed) == pytest.approx(expected)


@given(SCORED, st.sampled_from([0.01, 0.05, 0.5]))
def test_recall_is_taken_where_no_more_than_so_many_good_pictures_pass(rows, share):
    scores, failed = table(rows)
    recall = recall_at(share)(scores, failed)
    reachable = [
        (scores[failed] > threshold).mean()
        for threshold in [-1.0, *scores]
        if (scores[~failed] > threshold).mean() <= share
    ]
    assert recall == pytest.approx(max(reachable))


def test_calibration_error_is_nothing_where_p_means_what_it_says():
    p = np.repeat([0.05, 0.55, 0.95], 20)
    failed = np.concatenate([np.arange(20) < 1, np.arange(20) < 11, np.arange(20) < 19])
    assert calibration_error(p, failed) == pytest.approx(0)
    assert calibration_error(np.full(60, 0.95), failed) == pytest.approx(0.95 - 31 / 60)
    assert [one.count for one in figures.reliability(p, failed)] == [20, 20, 20]


def test_an_interval_is_wide_where_pictures_are_copies_of_one_another():
    generator = np.random.default_rng(3)
    failed = np.arange(200) < 100
    scores = generator.normal(failed * 1.0, 1.0)
    alone = with_interval(auroc, scores, failed, [str(i) for i in range(200)])
    few = np.arange(200) // 20
    copies = with_interval(auroc, scores[few * 20], failed, [str(i) for i in few])
    assert alone.low < alone.value < alone.high
    assert copies.high - copies.low > 2 * (alone.high - alone.low)


def test_few_pictures_prove_no_calibration():
    p = np.linspace(0.05, 0.95, 50)
    few, many = figures.calibration_error_by_chance(p), figures.calibration_error_by_chance(np.tile(p, 40))
    assert many.high < 0.05 < few.value < few.high
    assert few.low < few.value


def test_a_share_is_less_sure_where_hits_belong_together():
    hits = [number % 10 < 7 for number in range(100)]
    alone = figures.share_with_interval(hits, [str(number) for number in range(100)])
    few = figures.share_with_interval(sorted(hits), [str(number // 10) for number in range(100)])
    assert alone.value == few.value == pytest.approx(0.7)
    assert 0.55 < alone.low < 0.7 < alone.high < 0.85
    assert few.high - few.low > 2 * (alone.high - alone.low)


def test_the_interval_of_an_auroc_is_that_of_the_bootstrap():
    generator = np.random.default_rng(5)
    failed = np.arange(160) < 80
    scores = generator.normal(failed * 1.0, 1.0)
    drawn = with_interval(auroc, scores, failed, [str(number) for number in range(160)])
    low, high = figures.auroc_interval(drawn.value, 80, 80)
    assert (low, high) == pytest.approx((drawn.low, drawn.high), abs=0.02)
    assert figures.auroc_interval(1.0, 5, 5) == (1.0, 1.0)


def test_delays_count_from_the_onset_and_alarms_before_it_are_false():
    rules = FailWatchRules()
    quiet, flash, bad = [0.02] * 200, [0.95] * 20, [0.9] * 60
    outcome, memory = follow(Print("clean", (*quiet, *bad), 200), rules, Memory())
    assert outcome.false_maybe == outcome.false_failure == 0
    assert outcome.maybe is not None
    assert outcome.failure is not None
    assert 0 < outcome.maybe <= outcome.failure < 30
    assert (memory.statistics.prediction_num, memory.statistics.prediction_num_lifetime) == (0, 260)
    early, _ = follow(Print("flash", (*quiet, *flash, *quiet, *bad), 420), rules, Memory())
    assert early.false_maybe >= 1
    assert early.false_failure == 1


@given(st.lists(st.floats(0.01, 0.9), min_size=2, max_size=12), st.integers(12, 400))
def test_a_replayed_print_looks_like_its_frames(frames, looks):
    values = like(random.Random(1), frames, looks)
    assert len(values) == looks
    assert all(0 < p < 1 for p in values)
    held = like(random.Random(1), frames, looks, hold=True)
    assert list(dict.fromkeys(held)) == list(dict.fromkeys(frames))


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_a_failure_is_laid_before_another_camera_where_it_was(columns, rows, other_columns, other_rows):
    heat = HeatMap(columns, tuple(float(cell) for cell in range(columns * rows)))
    laid = in_shape(heat, other_columns, other_rows)
    assert (laid.columns, laid.rows) == (other_columns, other_rows)
    assert set(laid.logits) <= set(heat.logits)
    assert laid.logits[0] == heat.logits[0]
    assert in_shape(heat, columns, rows) == heat


def test_rendered_pairs_are_counted_by_size_kind_and_light():
    small = Pair(0.003, "loops", "dim", good=1.0, mess=0.0, good_learned=-1.0, mess_learned=0.0)
    large = Pair(0.1, "pile", "room", good=0.5, mess=4.0, good_learned=-1.0, mess_learned=4.0)
    found = room.measured([small, large])
    assert found["scenes"] == 2
    assert found["all"]["above the same scene without"] == 0.5
    assert found["all"]["AUROC"] == 0.5
    assert found["all"]["AUROC, camera learned"] == 1.0
    assert {name: one["AUROC"] for name, one in found["by kind"].items()} == {"loops": 0.0, "pile": 1.0}
    assert found["by light"]["dim"]["scenes"] == found["by light"]["room"]["scenes"] == 1
    # Sizes and kinds of which there is no scene have no figures.
    assert len(found["by size"]) == 2
    assert room.measured([]) == {"scenes": 0}


def test_a_pair_is_scored_as_the_detector_would(tmp_path):
    folder = tmp_path / room.FOLDER
    folder.mkdir()
    assert room.pairs(Eye.of(ModelFolder.read(BUILT_IN)), tmp_path / "elsewhere") == []
    for kind, shade in (("good", 90), ("mess", 120)):
        Image.new("RGB", (448, 256), (shade,) * 3).save(folder / f"7-{kind}.jpg")
    header = "scene,machine,filament,light,bed,mess,mask_share,visible_share\n"
    (folder / "index.csv").write_text(
        f"{header}7,delta,pla,ir,pei,nest,0.01,0.006\n8,delta,pla,ir,pei,nest,0,0\n"
    )
    eye = Eye.of(ModelFolder.read(BUILT_IN))
    (pair,) = room.pairs(eye, tmp_path)
    answer = BuiltInDetector().answer((folder / "7-mess.jpg").read_bytes())
    assert eye.output.p(pair.mess) == pytest.approx(answer.p)
    assert (pair.share, pair.kind, pair.light) == (0.006, "nest", "ir")
    assert 0 < pair.good_learned <= eye.output.p(pair.good)
