"""A camera that is moved is seen as such: the whole picture shifts, and what was learned of it is dropped."""

import itertools
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from octoprint_failwatch.engine.detectors.built_in import BuiltInDetector
from octoprint_failwatch.engine.detectors.built_in.camera_baseline_store import CameraBaselineStore, Evidence
from octoprint_failwatch.engine.detectors.built_in.detector import BASELINES
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.detectors.built_in.outline import CELLS, Outline
from octoprint_failwatch.engine.detectors.built_in.surroundings import (
    LEAST_KNOWN,
    LOST_PICTURES,
    SHIFTED_PICTURES,
    Surroundings,
)
from octoprint_failwatch.engine.history import History
from octoprint_failwatch.engine.judging.assessment import Assessment
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.judge import Memory
from octoprint_failwatch.engine.judging.trend import Trend
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.replay import recorded, replay
from octoprint_failwatch.engine.watch.state import EventKind, WatchState
from tests.core.detectors import scenery
from tests.core.watching import ScriptedDetector, live_camera, watching
from tests.slow import RUNS_SLOW_TESTS

KEY = ("printer", "camera")
LEARNED = LEAST_KNOWN + 20
"""Pictures by which a camera is known."""
Change = Callable[[Image.Image], Image.Image]


@cache
def outline(seed: int, number: int, change: Change) -> Outline:
    return Outline.of(change(scenery.printing(seed, number / 100, number, size=scenery.SMALL)))


def prints(seed: int, first: int, count: int, change: Change = scenery.moved) -> list[Outline]:
    """The outlines of a print's pictures, the part growing and the head moving from each to the next."""
    return [outline(seed, number, change) for number in range(first, first + count)]


def known(pictures: Iterable[Outline], before: Surroundings | None = None) -> Surroundings:
    surroundings = before or Surroundings()
    for picture in pictures:
        surroundings = surroundings.after(picture)
    return surroundings


@pytest.fixture(scope="module", params=[1, 2] if RUNS_SLOW_TESTS else [1])
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def at_home(seed: int) -> Surroundings:
    """A camera that has been looked through for a while, and stands still."""
    return known(prints(seed, 0, LEARNED))


@pytest.mark.parametrize(
    ("right", "down"), [(0.07, 0.0), (-0.1, 0.05), (0.0, -0.12)], ids=["a little", "left and down", "up"]
)
def test_a_camera_that_was_knocked_is_seen_within_a_minute(
    at_home: Surroundings, seed: int, right: float, down: float
) -> None:
    def knocked(picture: Image.Image) -> Image.Image:
        return scenery.moved(picture, right, down)

    pictures = prints(seed, 50, SHIFTED_PICTURES, knocked)
    for few in range(1, SHIFTED_PICTURES - 1):
        assert not known(pictures[:few], at_home).have_moved, "it may only be shaking"
    assert known(pictures, at_home).have_moved


def test_a_camera_that_was_put_elsewhere_is_seen_within_two_minutes(seed: int, at_home: Surroundings) -> None:
    assert known(prints(seed + 10, 40, LOST_PICTURES), at_home).have_moved


@pytest.mark.parametrize("light", [scenery.dimmed, scenery.warm, scenery.infrared])
def test_another_light_is_no_other_place(at_home: Surroundings, seed: int, light: Change) -> None:
    after = known(prints(seed, 50, 20, lambda picture: light(scenery.moved(picture))), at_home)
    assert not after.have_moved
    assert known(
        prints(seed, 50, LOST_PICTURES, lambda one: light(scenery.moved(one, 0.1, 0.05))), at_home
    ).have_moved


def test_a_camera_that_was_moved_at_night_is_seen_once_the_night_is_known(
    at_home: Surroundings, seed: int
) -> None:
    night = known(prints(seed, 50, 30, lambda one: scenery.infrared(scenery.moved(one))), at_home)
    night = known(prints(seed, 30, 30, lambda one: scenery.infrared(scenery.moved(one))), night)
    assert not night.have_moved
    knocked = prints(seed, 50, LOST_PICTURES, lambda one: scenery.infrared(scenery.moved(one, -0.1, 0.05)))
    assert known(knocked, night).have_moved


def test_a_camera_that_hardly_looked_like_itself_for_a_while_is_known_once_it_does(
    at_home: Surroundings, seed: int
) -> None:
    """Nothing is said of it meanwhile."""
    odd = replace(at_home, likeness=0.3)
    knocked = prints(seed, 50, SHIFTED_PICTURES, lambda one: scenery.moved(one, -0.1, 0.05))
    assert not known(knocked, odd).have_moved
    assert known(knocked, known(prints(seed, 20, 30), odd)).have_moved


def test_a_part_that_grows_and_mess_are_no_other_place(at_home: Surroundings, seed: int) -> None:
    failing = [
        Outline.of(scenery.moved(scenery.printing(seed, number / 20, number, 40, size=scenery.SMALL)))
        for number in range(21)
    ]
    assert not known(failing, at_home).have_moved
    assert known(prints(seed + 10, 40, LOST_PICTURES), at_home).have_moved


def test_somebody_before_the_lens_is_no_other_place(at_home: Surroundings, seed: int) -> None:
    hidden = [
        outline(
            seed,
            40,
            lambda picture, number=number: scenery.with_head_in_front(scenery.moved(picture), number),
        )
        for number in range(SHIFTED_PICTURES - 2)
    ]
    after = known([*hidden, *prints(seed, 50, 1)], at_home)
    assert not after.have_moved
    assert after.latest[-1].shift is None
    assert known(prints(seed + 10, 40, LOST_PICTURES), after).have_moved


def test_a_camera_that_rides_on_what_moves_is_never_told_to_have_been_moved(seed: int) -> None:
    """Nothing stands still before it."""

    def riding() -> Iterable[Outline]:
        for number in range(60):
            sway = (number * 7 % 11 - 5) / 40
            yield outline(seed, number, lambda picture, sway=sway: scenery.moved(picture, sway, sway / 2))

    assert not known(riding()).have_moved


def test_nothing_is_told_of_a_camera_that_is_hardly_known(seed: int) -> None:
    new = known(prints(seed, 0, LEAST_KNOWN - 1))
    moved = prints(seed + 10, 40, LOST_PICTURES)
    assert not known(moved, new).have_moved
    assert known(moved, known(prints(seed, 30, LEARNED), new)).have_moved


def test_a_picture_without_edges_shows_no_outline() -> None:
    fog = Outline.of(Image.new("RGB", (64, 48), (128, 128, 128)))
    assert fog.size == 0
    assert fog.share_in(fog) == 0
    assert not known([fog] * 200).have_moved


# What is kept


def heat(cable: float) -> HeatMap:
    return HeatMap(6, (-5.0, cable, *(-5.0,) * 22))


def learned(store: CameraBaselineStore, pictures: Iterable[Outline]) -> None:
    for picture in pictures:
        assert not store.was_moved(KEY, picture, 1.0)
        store.note_opening(Evidence(KEY, "print", heat(2.0), 0.1))
        store.learn(Evidence(KEY, "print", heat(2.0), 0.1))


def test_what_was_learned_is_dropped_for_good_and_learned_anew(tmp_path: Path) -> None:
    file = tmp_path / "camera_normals.json"
    store = CameraBaselineStore(file)
    learned(store, prints(1, 0, LEARNED))
    store.end_print(KEY[0], "print", good=True)
    store.learn(Evidence(KEY, "later", heat(2.0), 0.1))
    assert store.all()[KEY].hidden > 0
    knocked = prints(1, 50, SHIFTED_PICTURES, lambda picture: scenery.moved(picture, 0.1))
    seen = [store.was_moved(KEY, picture, 77.0) for picture in knocked]
    assert seen.count(True) == 1, "told once"
    for again in (store, CameraBaselineStore(file)):
        baseline = again.all()[KEY]
        assert baseline.frames == baseline.hidden == baseline.fixture_prints == 0
        assert baseline.shown()["moved_at"] == 77.0
    for print_id in ("later", "print"):
        store.unlearn(KEY[0], print_id)
        assert store.all()[KEY].hidden == 0, "nothing brings back what was known of another place"
    store.learn(Evidence(KEY, "next", heat(2.0), 0.1))
    assert store.all()[KEY].frames == 1


def test_a_camera_that_was_moved_while_nobody_looked_is_seen_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "camera_normals.json"
    store = CameraBaselineStore(file)
    learned(store, prints(1, 0, LEARNED))
    store.save()
    again = CameraBaselineStore(file)
    knocked = prints(1, 3, SHIFTED_PICTURES, lambda picture: scenery.moved(picture, 0.1))
    assert any(again.was_moved(KEY, picture, 5.0) for picture in knocked)


def test_the_store_of_an_older_release_and_a_damaged_one_are_read(tmp_path: Path) -> None:
    file = tmp_path / "camera_normals.json"
    store = CameraBaselineStore(file)
    learned(store, prints(1, 0, LEARNED))
    store.save()
    (row,) = json.loads(file.read_text())
    steady = row["surroundings"]
    for broken in (
        None,
        {},
        {**steady, "edges": [1, 2]},
        {**steady, "likeness": "much"},
        {**steady, "edges": [99] * CELLS},
    ):
        file.write_text(json.dumps([{**row, "surroundings": broken}]))
        assert CameraBaselineStore(file).all()[KEY].frames == LEARNED
    old = {key: value for key, value in row.items() if key not in ("surroundings", "moved_at")}
    file.write_text(json.dumps([old]))
    assert CameraBaselineStore(file).all()[KEY].moved_at is None


def test_forgetting_a_camera_forgets_its_surroundings() -> None:
    store = CameraBaselineStore(None)
    learned(store, prints(1, 0, LEARNED))
    assert KEY in store.all()
    store.forget(*KEY)
    assert not any(store.was_moved(KEY, picture, 1.0) for picture in prints(14, 0, LOST_PICTURES))


def test_the_detector_tells_of_the_move_in_its_answer(tmp_path: Path) -> None:
    """It knew the camera before it was started: each of its answers asks the net."""
    before = CameraBaselineStore(tmp_path / BASELINES)
    learned(before, prints(1, 0, LEARNED))
    before.save()
    detector = BuiltInDetector(data_dir=tmp_path)

    def answer(number: int, right: float = 0.0) -> Detection:
        picture = scenery.moved(scenery.printing(1, number / 100, number, size=scenery.SMALL), right)
        return detector.look(Frame(scenery.jpeg(picture), float(number), KEY[0], "print", KEY[1]))

    assert not any(answer(number).moved for number in range(48, 50))
    assert [answer(number, 0.1).moved for number in range(50, 50 + SHIFTED_PICTURES)].count(True) == 1


# What the watch makes of it


class Knocked(ScriptedDetector):
    """Sees that the camera was moved at its twentieth look."""

    async def detect(self, frame: Frame) -> Detection:
        answer = await super().detect(frame)
        return replace(answer, moved=len(self.frames) == 20)


async def test_the_printers_number_is_relearned_and_people_are_told(tmp_path: Path) -> None:
    used = Trend(baseline=0.3, learned=5000.0, fixture=0.3, fixture_prints=4)
    state = WatchState(printer_id="printer", memory=Memory(trend=used))
    history = History(tmp_path / "history.db")
    detector = Knocked([0.3])
    async with watching(detector, cameras=[live_camera("bed")], state=state, history=history) as watched:
        watched.watch.start("print")
        await watched.frames(19)
        assert FailWatchRules().usual(watched.watch.state.memory.trend) == pytest.approx(0.3, abs=0.01)
        event = await watched.told(EventKind.CAMERA_MOVED)
        assert event.camera == "bed"
        assert FailWatchRules().usual(watched.watch.state.memory.trend) == pytest.approx(0.02, abs=0.01)
        await watched.frames(60)
        kinds = watched.kinds()
        lived = watched.watch.state.assessment
        watched.watch.end("done")
    assert kinds.count(EventKind.CAMERA_MOVED) == 1
    history.close()
    history = History(tmp_path / "history.db")
    again = Assessment()
    for judged in replay(itertools.chain(recorded(history, ["print"]))):
        again = replace(again, memory=replace(again.memory, statistics=judged.statistics))
        last = judged
    assert last.verdict.usual == pytest.approx(FailWatchRules().usual(lived.memory.trend), abs=1e-9)
    history.close()
