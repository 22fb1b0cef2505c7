"""A camera's baseline: what always looks like a mess is explained, and a failure is not explained away."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.detectors.built_in.camera_baseline import (
    EXPLAINED_AT_MOST,
    QUIET,
    CameraBaseline,
)
from octoprint_failwatch.engine.detectors.built_in.camera_baseline_store import (
    SAVE_EVERY,
    CameraBaselineStore,
    Evidence,
)
from octoprint_failwatch.engine.detectors.built_in.explanation import explained, without
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.detectors.built_in.heat_output import HeatOutput
from octoprint_failwatch.engine.models import Detection

KEY = ("printer", "camera")
COLUMNS = 6
CABLE, ELSEWHERE = COLUMNS + 1, 23
OUTPUT = HeatOutput(share=0.04, slope=1.0, offset=0.0)
HEATS = st.lists(st.floats(-12, 12, width=32), min_size=24, max_size=24).map(
    lambda logits: HeatMap(COLUMNS, tuple(logits))
)


def heat(cable: float = QUIET - 2, elsewhere: float = QUIET - 2) -> HeatMap:
    """A heat map of 4 by 6 that is cool but for one cell, or two."""
    logits = [QUIET - 2] * 24
    logits[CABLE], logits[ELSEWHERE] = cable, elsewhere
    return HeatMap(COLUMNS, tuple(logits))


def seen(looks: HeatMap, print_id: str = "print") -> Evidence:
    return Evidence(KEY, print_id, looks, OUTPUT.p_of(looks))


def taught(store: CameraBaselineStore, looks: HeatMap, count: int, print_id: str = "print") -> None:
    for _ in range(count):
        store.learn(seen(looks, print_id))


def good_print(store: CameraBaselineStore, looks: HeatMap, print_id: str) -> None:
    """A print that begins like that and turns out well."""
    for _ in range(6):
        store.note_opening(seen(looks, print_id))
    store.end_print(KEY[0], print_id, good=True)


def judged(store: CameraBaselineStore, looks: HeatMap, print_id: str = "print") -> Detection:
    baseline = store.of(KEY, looks)
    assert baseline is not None
    return explained(OUTPUT, looks, baseline, print_id)


def test_weak_heat_that_good_looks_show_is_explained_and_new_heat_is_not() -> None:
    store = CameraBaselineStore(None)
    taught(store, heat(cable=-1.0), 400)
    usual = judged(store, heat(cable=-1.0))
    assert usual.p - usual.explained < 0.05
    assert usual.boxes == ()
    new = judged(store, heat(cable=-1.0, elsewhere=4.0))
    assert new.p - new.explained > 0.95
    assert len(new.boxes) == 1


@pytest.mark.parametrize("hot", range(24))
def test_cells_beside_one_that_good_looks_show_hot_have_half_of_its_excuse(hot: int) -> None:
    """In all eight directions, but not across the picture's edge; cells are counted from the top left."""
    usual = tuple(QUIET + (6.0 if cell == hot else 0.0) for cell in range(24))
    excuses = CameraBaseline(COLUMNS, usual, frames=10**9).excuses()
    row, column = divmod(hot, COLUMNS)
    for cell, excuse in enumerate(excuses):
        away = max(abs(cell // COLUMNS - row), abs(cell % COLUMNS - column))
        assert excuse == pytest.approx({0: 6.0, 1: 3.0}.get(away, 0.0))


def test_what_good_looks_showed_explains_so_much_and_no_more() -> None:
    """Mess that was weak at first and was learned: it is seen once it is strong."""
    store = CameraBaselineStore(None)
    taught(store, heat(cable=3.0), 500)
    strong = judged(store, heat(cable=3.0))
    assert strong.p > 0.95
    assert 0.3 < strong.explained <= 0.35 + 1e-9
    assert strong.boxes


def test_what_is_steady_is_normal_as_hot_as_it_is_and_no_hotter() -> None:
    """And once it has been gone for half a day, it is so no longer."""
    store = CameraBaselineStore(None)
    taught(store, heat(cable=1.0), 600)
    assert store.all()[KEY].excess[CABLE] == pytest.approx(1.0 - QUIET, abs=0.1)
    taught(store, heat(), 4000)
    assert store.all()[KEY].excess[CABLE] < 1.0


def test_half_an_hour_of_a_new_print_counts_as_much_as_all_before_it() -> None:
    """The part is another one."""
    store = CameraBaselineStore(None)
    taught(store, heat(cable=1.0), 800, "first")
    taught(store, heat(), 180, "second")
    known = store.all()[KEY]
    assert known.usual[CABLE] == pytest.approx((1.0 + QUIET) / 2, abs=0.02)
    assert known.p == pytest.approx((OUTPUT.p(1.0) + OUTPUT.p(QUIET - 2)) / 2, abs=0.005)


@pytest.mark.parametrize(("ps", "most"), [((0.1, 0.1), 0.1), ((0.06, 0.14), 0.2), ((0.1, 0.4), 0.35)])
def test_p_is_explained_as_far_as_good_looks_differed(ps: tuple[float, float], most: float) -> None:
    """Up to two and a half standard deviations above their mean, and never more than 0.35."""
    store = CameraBaselineStore(None)
    for number in range(200):
        store.learn(Evidence(KEY, "print", heat(cable=3.0), ps[number % 2]))
    assert store.all()[KEY].explains_at_most == pytest.approx(most, abs=0.005)
    assert judged(store, heat(cable=3.0)).explained == pytest.approx(most, abs=0.02)


def test_a_cable_that_was_there_before_every_print_is_explained_whole() -> None:
    """It was there in the first looks of this print, and of an earlier one that turned out well."""
    store = CameraBaselineStore(None)
    good_print(store, heat(cable=3.0), "first")
    assert judged(store, heat(cable=3.0), "second").p > 0.9, "the second print has not begun like that yet"
    store.note_opening(seen(heat(cable=3.0), "second"))
    cable = judged(store, heat(cable=3.0), "second")
    assert cable.p < 0.1
    assert cable.boxes == ()
    assert judged(store, heat(cable=8.0), "second").p > 0.8, "a mess over the cable"


def test_a_print_that_begins_on_the_mess_of_the_last_one_is_seen() -> None:
    """Earlier prints began without it; one that was never called good says nothing."""
    store = CameraBaselineStore(None)
    good_print(store, heat(), "first")
    store.note_opening(seen(heat(cable=5.0), "second"))
    assert judged(store, heat(cable=5.0), "second").p > 0.9
    store.end_print(KEY[0], "second", good=False)
    store.note_opening(seen(heat(cable=5.0), "third"))
    assert judged(store, heat(cable=5.0), "third").p > 0.9


def test_what_was_learned_in_a_print_that_failed_is_unlearned() -> None:
    store = CameraBaselineStore(None)
    taught(store, heat(), 50, "good")
    before = store.all()[KEY]
    taught(store, heat(cable=1.0), 100, "failed")
    taught(store, heat(cable=1.0), 10, "after it")
    assert store.all()[KEY].hidden > 0
    for print_id in ("failed", "after it", "failed"):
        store.unlearn(KEY[0], print_id)
        assert store.all()[KEY] == before


def test_what_the_head_hides_and_bares_is_known_by_its_spread() -> None:
    """A cell that is hot in every third look has a low mean; what it shows at times is normal all the same."""
    store = CameraBaselineStore(None)
    for number in range(120):
        store.learn(seen(heat(cable=1.0 if number % 3 == 0 else QUIET - 2)))
    assert store.all()[KEY].excess[CABLE] > 1.0 - QUIET - 1.0


def test_one_look_explains_little() -> None:
    store = CameraBaselineStore(None)
    taught(store, heat(cable=9.0), 1)
    assert store.all()[KEY].excess[CABLE] < 2.0


def test_a_camera_of_another_shape_begins_anew() -> None:
    store = CameraBaselineStore(None)
    taught(store, heat(cable=2.0), 60)
    other = HeatMap(5, (3.0,) * 25)
    assert store.of(KEY, other) is None
    store.learn(seen(other))
    assert store.all()[KEY].frames == 1


def test_each_camera_has_its_own_and_one_or_all_of_a_printer_are_forgotten() -> None:
    store = CameraBaselineStore(None)
    keys = (("one", ""), ("one", "side"), ("two", ""))
    for key in keys:
        store.learn(Evidence(key, "print", heat(cable=3.0), 0.1))
    assert set(store.all()) == set(keys)
    store.forget("one", "side")
    assert set(store.all()) == {("one", ""), ("two", "")}
    store.forget("one")
    assert set(store.all()) == {("two", "")}


def test_what_is_known_of_a_camera_follows_its_new_name(tmp_path: Path) -> None:
    """With what can be taken back, and at once on disk. What was known by the new name was another camera's."""
    file = tmp_path / "normals.json"
    store = CameraBaselineStore(file)
    taught(store, heat(cable=3.0), 5, "first")
    taught(store, heat(cable=3.0), 5, "second")
    others = [("printer", "other"), ("another", "camera")]
    for key in (*others, ("printer", "workshop")):
        store.learn(Evidence(key, "print", heat(), 0.0))
    store.rename("printer", "camera", "workshop")
    store.rename("printer", "nobody", "other")
    store.unlearn("printer", "second")
    for known in (store.all(), CameraBaselineStore(file).all()):
        assert {key: one.frames for key, one in known.items()} == {
            ("printer", "workshop"): 5,
            **dict.fromkeys(others, 1),
        }


def test_it_outlasts_a_restart_with_what_can_be_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "data" / "normals.json"
    store = CameraBaselineStore(file)
    good_print(store, heat(cable=2.0), "first")
    taught(store, heat(cable=2.0), SAVE_EVERY, "second")
    store.save()
    again = CameraBaselineStore(file)
    one, other = again.all()[KEY], store.all()[KEY]
    assert (one.frames, one.fixture_prints, one.hidden) == (other.frames, other.fixture_prints, other.hidden)
    assert one.usual == pytest.approx(other.usual, abs=0.04)
    again.unlearn(KEY[0], "second")
    assert again.all()[KEY].frames == 0


def test_what_release_0_1_0_learned_is_kept(tmp_path: Path) -> None:
    """Its file has a mean for each cell and nothing else."""
    file = tmp_path / "camera_normals.json"
    usual = [-80] * 24
    usual[CABLE] = 16
    row = {
        "printer_id": KEY[0],
        "camera": KEY[1],
        "columns": COLUMNS,
        "usual": usual,
        "frames": 700,
        "print_id": "p",
    }
    file.write_text(json.dumps([row]))
    baseline = CameraBaselineStore(file).all()[KEY]
    assert baseline.frames == 700
    assert baseline.excess[CABLE] == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[1]",
        '{"a": 1}',
        '[{"printer_id": "x"}]',
        "\x00",
        "[[[[",
        '[{"printer_id":"a","camera":"","columns":1,"usual":[1e999],"frames":1,"print_id":""}]',
    ],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "normals.json"
    file.write_text(content)
    assert CameraBaselineStore(file).all() == {}


ROW = {"printer_id": "a", "camera": "", "columns": 4, "usual": [0] * 8, "frames": 1, "print_id": ""}


@pytest.mark.parametrize(
    "shape",
    [
        {"columns": 0},
        {"columns": -4},
        {"columns": 3},
        {"usual": []},
        {"spread": [0] * 7},
        {"opening": [0] * 9},
        {"fixtures": [0]},
    ],
    ids=str,
)
def test_stored_cells_of_an_odd_shape_are_as_good_as_none(tmp_path: Path, shape: dict[str, object]) -> None:
    file = tmp_path / "normals.json"
    file.write_text(json.dumps([{**ROW, "opening": [0] * 8}]))
    assert CameraBaselineStore(file).all()[("a", "")].opening == (0.0,) * 8
    file.write_text(json.dumps([{**ROW, **shape}]))
    assert CameraBaselineStore(file).all() == {}


def test_a_full_disk_is_no_reason_to_stop(tmp_path: Path) -> None:
    file = tmp_path / "not a folder" / "normals.json"
    (tmp_path / "not a folder").write_text("")
    store = CameraBaselineStore(file)
    taught(store, heat(), SAVE_EVERY + 1)
    assert store.all()[KEY].frames == SAVE_EVERY + 1


@given(HEATS, st.lists(HEATS, max_size=12), st.lists(HEATS, max_size=6))
def test_nothing_is_made_hotter_and_the_budget_holds(
    now: HeatMap, good: list[HeatMap], first: list[HeatMap]
) -> None:
    """Whatever was learned and whatever the print began with; and it is stored without loss."""
    baseline = CameraBaseline.unknown(now)
    for one in good:
        baseline = baseline.learned(one, "print", OUTPUT.p_of(one))
    for one in first:
        baseline = baseline.with_opening(one, "print")
    found = explained(OUTPUT, now, baseline, "print")
    assert found.p <= OUTPUT.p_of(now) + 1e-12
    assert 0 <= found.explained <= EXPLAINED_AT_MOST + 1e-9
    assert found.p == pytest.approx(OUTPUT.p_of(now)), "no earlier print began with anything"
    again = CameraBaseline.from_dict(json.loads(json.dumps(baseline.to_dict())))
    assert again.excess == pytest.approx(baseline.excess, abs=0.3)
    assert CameraBaseline.from_dict(again.to_dict()) == again


@given(HEATS, st.lists(HEATS, min_size=1, max_size=6), st.integers(0, 23), st.floats(0, 9))
def test_more_heat_never_lowers_p(now: HeatMap, good: list[HeatMap], cell: int, more: float) -> None:
    baseline = CameraBaseline.unknown(now)
    for one in good:
        baseline = baseline.learned(one, "print", OUTPUT.p_of(one))
    hotter = list(now.logits)
    hotter[cell] += more
    before = explained(OUTPUT, now, baseline, "print")
    after = explained(OUTPUT, HeatMap(COLUMNS, tuple(hotter)), baseline, "print")
    assert after.p - after.explained >= before.p - before.explained - 0.02


def test_excuses_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        without(HeatMap(2, (1.0, 2.0, 3.0, 4.0)), (0.0, 0.0))
