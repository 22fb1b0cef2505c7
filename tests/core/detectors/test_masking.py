"""Ignored regions and the built-in detector: what lies in them does not count, and all else counts as before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from octoprint_failwatch.engine.detectors.built_in import BuiltInDetector
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.detectors.built_in.heat_output import HeatOutput
from octoprint_failwatch.engine.detectors.built_in.letterbox import Letterbox
from octoprint_failwatch.engine.imaging.regions import covers
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.watch.look import Camera, ask
from tests.core.detectors.test_built_in import jpeg, plain, tangled

HEAT = HeatOutput(share=0.05, slope=1.0, offset=0.0)
COLUMNS = ROWS = 12
LEFT = [(0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)]
RIGHT = [(0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)]
logits = st.lists(st.floats(-8, 8), min_size=COLUMNS * ROWS, max_size=COLUMNS * ROWS)


async def seen_by(
    detector: BuiltInDetector, picture: Image.Image, *regions: list[tuple[float, float]]
) -> Detection:
    async def snapshot() -> bytes:
        return b""

    frame = Frame(jpeg=jpeg(picture), taken_at=0.0, printer_id="printer", print_id="print")
    return await ask(detector, Camera(snapshot, regions=regions), frame)


async def seen(picture: Image.Image, *regions: list[tuple[float, float]]) -> Detection:
    detector = BuiltInDetector()
    detection = await seen_by(detector, picture, *regions)
    await detector.close()
    return detection


def both_sides() -> Image.Image:
    """A heap of curls on either side."""
    left = tangled()
    half = left.width // 2
    left.paste(ImageOps.mirror(left).crop((half, 0, left.width, left.height)), (half, 0))
    return left


async def test_what_is_ignored_does_not_count() -> None:
    assert (await seen(tangled())).p > 0.6
    ignored = await seen(tangled(), LEFT)
    assert ignored.p < 0.3
    assert ignored.boxes == ()


async def test_mess_counts_in_full_beside_other_mess_that_is_ignored() -> None:
    alone, beside = await seen(tangled()), await seen(both_sides(), RIGHT)
    assert beside.p == pytest.approx(alone.p, abs=0.05)
    assert beside.boxes
    assert all(box.x_min < 0.5 for box in beside.boxes)


async def test_a_region_in_which_nothing_is_changes_nothing() -> None:
    whole, masked = await seen(tangled()), await seen(tangled(), [(0.9, 0.0), (1.0, 0.0), (1.0, 0.1)])
    assert (masked.p, masked.boxes) == (whole.p, whole.boxes)
    assert (await seen(plain(), RIGHT)).p < 0.3


async def test_a_known_camera_is_known_without_its_regions_and_they_are_ignored_all_the_same() -> None:
    """They may be changed at any time."""
    detector = BuiltInDetector()
    whole, masked = await seen_by(detector, tangled()), await seen_by(detector, tangled(), LEFT)
    assert masked.evidence.heat == whole.evidence.heat
    detector.learn((await seen_by(detector, plain(), LEFT)).evidence)
    assert (await seen_by(detector, tangled())).p > 0.6
    ignored = await seen_by(detector, tangled(), LEFT)
    assert (ignored.p < 0.3, ignored.boxes) == (True, ())
    await detector.close()


@given(logits, st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)))
def test_only_what_is_ignored_loses(cells: list[float], edges: tuple[float, float, float, float]) -> None:
    left, right, top, bottom = min(edges[:2]), max(edges[:2]), min(edges[2:]), max(edges[2:])
    region = [(left, top), (right, top), (right, bottom), (left, bottom)]
    heat = HeatMap(COLUMNS, tuple(cells))
    rest = HEAT.outside(heat, [region])
    assert HEAT.p_of(rest) <= HEAT.p_of(heat)
    for cell, (before, after) in enumerate(zip(heat.logits, rest.logits, strict=True)):
        row, column = divmod(cell, COLUMNS)
        if covers([region], (column + 0.5) / COLUMNS, (row + 0.5) / ROWS):
            assert after == min(cells)
        else:
            assert after in (before, min(cells))
            assert before == after or HEAT.p(before) >= 0.28


@pytest.mark.parametrize(("inside", "counts"), [(1, True), (2, False)])
def test_a_hot_place_is_ignored_whole_where_half_of_it_lies_inside(inside: int, counts: bool) -> None:
    hot = {(5, 6 - inside + index) for index in range(4)}
    cells = [4.0 if divmod(cell, COLUMNS) in hot else -6.0 for cell in range(COLUMNS * ROWS)]
    rest = HEAT.outside(HeatMap(COLUMNS, tuple(cells)), [LEFT])
    assert [logit > 0 for logit in rest.logits].count(True) == (4 - inside if counts else 0)


def test_regions_lie_where_the_picture_lies_in_the_input() -> None:
    laid = Letterbox(left=0.0, top=0.25, width=1.0, height=0.5).laid([[(0.0, 0.0), (1.0, 1.0), (0.5, 0.5)]])
    assert laid == ([(0.0, 0.25), (1.0, 0.75), (0.5, 0.5)],)
