"""This camera's normal: what always looks like a mess vanishes by itself, a failure does not."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.detectors.built_in.camera_baseline import DELAY, QUIET, CameraBaseline
from octoprint_failwatch.engine.detectors.built_in.camera_baseline_store import SAVE_EVERY, Normals
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap

KEY = ("printer", "camera")
COLUMNS = 6
CABLES, ELSEWHERE = COLUMNS + 1, 23
HEATS = st.lists(st.floats(-12, 12, width=32), min_size=24, max_size=24).map(
    lambda logits: HeatMap(COLUMNS, tuple(logits))
)


def quiet(cables: float = QUIET - 2, elsewhere: float = QUIET - 2) -> HeatMap:
    """A heat map of 4 by 6 that is cool but for one cell, or two."""
    logits = [QUIET - 2] * 24
    logits[CABLES], logits[ELSEWHERE] = cables, elsewhere
    return HeatMap(COLUMNS, tuple(logits))


def watched(normals: Normals, heat: HeatMap, looks: int, *, known_good: bool = True) -> None:
    for _ in range(looks):
        normals.follow(KEY, heat, "print", known_good=known_good)


def test_what_is_always_there_is_taken_off_and_what_is_new_stays():
    normals = Normals(None)
    watched(normals, quiet(cables=1.0), 120)
    beyond = normals.beyond(KEY, quiet(cables=1.0, elsewhere=4.0)).logits
    assert beyond[CABLES] < -2
    assert beyond[ELSEWHERE] == 4.0
    assert beyond[CABLES] == normals.beyond(KEY, quiet(cables=1.0)).logits[CABLES]


def test_a_failure_over_the_cables_is_still_seen():
    normals = Normals(None)
    watched(normals, quiet(cables=1.0), 120)
    assert normals.beyond(KEY, quiet(cables=8.0)).logits[CABLES] > 3


def test_a_failure_is_not_learned():
    normals = Normals(None)
    watched(normals, quiet(), 50)
    # It takes the rules some looks to doubt; what came just before that is not learned either.
    watched(normals, quiet(cables=5.0), DELAY)
    watched(normals, quiet(cables=5.0), 100, known_good=False)
    watched(normals, quiet(), DELAY + 1)
    assert normals.all()[KEY].hidden == 0
    assert normals.all()[KEY].frames == 51


def test_one_frame_changes_little():
    normals = Normals(None)
    watched(normals, quiet(cables=9.0), 1)
    watched(normals, quiet(), DELAY)
    assert normals.all()[KEY].usual[CABLES] < QUIET + 1


def test_a_camera_of_another_shape_begins_anew():
    normals = Normals(None)
    watched(normals, quiet(cables=2.0), 60)
    other = HeatMap(5, (3.0,) * 25)
    assert normals.beyond(KEY, other) == other
    watched(normals, other, DELAY + 1)
    assert normals.all()[KEY].frames == 1


def test_each_camera_has_its_own_and_one_or_all_of_a_printer_are_forgotten():
    normals = Normals(None)
    keys = (("one", ""), ("one", "side"), ("two", ""))
    for key in keys:
        for _ in range(DELAY + 1):
            normals.follow(key, quiet(cables=3.0), "print", known_good=True)
    assert set(normals.all()) == set(keys)
    normals.forget("one", "side")
    assert set(normals.all()) == {("one", ""), ("two", "")}
    normals.forget("one")
    assert set(normals.all()) == {("two", "")}


def test_it_outlasts_a_restart(tmp_path):
    file = tmp_path / "data" / "normals.json"
    normals = Normals(file)
    watched(normals, quiet(cables=2.0), SAVE_EVERY + DELAY)
    again = Normals(file).all()[KEY]
    assert again.frames == SAVE_EVERY
    assert again.usual == pytest.approx(normals.all()[KEY].usual, abs=0.04)
    assert again.hidden == normals.all()[KEY].hidden


@pytest.mark.parametrize("content", ["", "[1]", '{"a": 1}', '[{"printer_id": "x"}]', "\x00"])
def test_a_damaged_file_is_as_good_as_none(tmp_path, content):
    file = tmp_path / "normals.json"
    file.write_text(content)
    assert Normals(file).all() == {}


def test_a_full_disk_is_no_reason_to_stop(tmp_path):
    file = tmp_path / "not a folder" / "normals.json"
    (tmp_path / "not a folder").write_text("")
    normals = Normals(file)
    watched(normals, quiet(), SAVE_EVERY + DELAY + 1)
    assert normals.all()[KEY].frames == SAVE_EVERY + 1


def by_arrays(normal: CameraBaseline, heat: HeatMap) -> list[float]:
    """The same by whole arrays: own excess, or half of the largest of the eight around."""
    excess = np.maximum(np.reshape(normal.usual, (4, 6)) - QUIET, 0)
    around = np.pad(excess, 1)
    near = np.max([around[y : y + 4, x : x + 6] for y in range(3) for x in range(3)], axis=0)
    return (np.reshape(heat.logits, (4, 6)) - np.maximum(excess, near / 2)).ravel().tolist()


@given(HEATS, st.lists(HEATS, max_size=12))
def test_nothing_is_made_hotter_and_the_stored_form_is_the_same(heat, seen):
    normal = CameraBaseline.unknown(heat)
    assert normal.beyond(heat) == heat
    for one in seen:
        normal = normal.learned(one, "print")
    beyond = normal.beyond(heat)
    assert all(after <= before for after, before in zip(beyond.logits, heat.logits, strict=True))
    assert beyond.logits == pytest.approx(by_arrays(normal, heat), abs=1e-6)
    assert normal.frames == len(seen)
    again = CameraBaseline.from_dict(json.loads(json.dumps(normal.to_dict())))
    assert again.beyond(heat).logits == pytest.approx(beyond.logits, abs=0.04)
    assert CameraBaseline.from_dict(again.to_dict()) == again
