"""Ignored regions: boxes in them do not count, and pictures have them black."""

import io
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from octoprint_failwatch.engine.imaging.regions import Polygon, blacked_out, without_ignored
from octoprint_failwatch.engine.models import Box, Detection
from octoprint_failwatch.engine.statistics import TemporalStatistics

LEFT: Polygon = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
TOP_LEFT_TRIANGLE: Polygon = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
share = st.floats(0, 1)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """Draw a box that has some size."""
    (left, right), (top, bottom) = (sorted((draw(share), draw(share))) for _ in range(2))
    assume(right - left > 0.01)
    assume(bottom - top > 0.01)
    return Box(left, top, right, bottom, draw(share))


def rectangle(box: Box) -> Polygon:
    """Return a region just like a box."""
    return ((box.x_min, box.y_min), (box.x_max, box.y_min), (box.x_max, box.y_max), (box.x_min, box.y_max))


def summed(*found: Box) -> Detection:
    """Return a detection that adds its boxes up, with statistics of a service."""
    return Detection(math.fsum(box.score for box in found), found, TemporalStatistics())


@given(st.lists(boxes(), max_size=5))
def test_no_region_changes_nothing(found: list[Box]) -> None:
    """Not even the statistics."""
    detection = summed(*found)
    assert without_ignored(detection, (), by_sum=True) is detection


@given(st.lists(boxes(), min_size=1, max_size=5))
def test_everything_ignored(found: list[Box]) -> None:
    """Nothing is left, and the service's statistics no longer hold."""
    everywhere = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    left = without_ignored(summed(*found), (everywhere,), by_sum=True)
    assert (left.p, left.boxes, left.statistics) == (0.0, (), None)


@given(boxes(), st.booleans())
def test_a_region_around_a_box(box: Box, backwards: bool) -> None:
    """Whichever way round its corners go."""
    region = rectangle(box)
    assert summed(box).boxes == (box,)
    left = without_ignored(summed(box), (region[::-1] if backwards else region,), by_sum=True)
    assert left.boxes == ()


@given(boxes())
def test_half_of_a_box_decides(box: Box) -> None:
    """A region that covers clearly less than half of a box leaves it, one that covers more takes it."""
    width = box.x_max - box.x_min
    for part, ignored in ((0.3, False), (0.7, True)):
        region = rectangle(Box(box.x_min, box.y_min, box.x_min + part * width, box.y_max, 0))
        left = without_ignored(summed(box), (region,), by_sum=True)
        assert (left.boxes == ()) is ignored


def test_two_regions_cover_a_box_together() -> None:
    """None of them half of it."""
    box = Box(0.0, 0.0, 1.0, 1.0, 0.9)
    strips = [rectangle(Box(x, 0.0, x + 0.34, 1.0, 0)) for x in (0.0, 0.66)]
    assert without_ignored(summed(box), strips[:1], by_sum=True).boxes == (box,)
    assert without_ignored(summed(box), strips, by_sum=True).boxes == ()


def test_p_is_made_of_what_is_left() -> None:
    """By sum, or by maximum; and never rises."""
    left, right, other = (
        Box(0.1, 0.1, 0.3, 0.3, 0.9),
        Box(0.6, 0.1, 0.8, 0.3, 0.5),
        Box(0.6, 0.6, 0.8, 0.8, 0.3),
    )
    detection = Detection(1.7, (left, right, other))
    assert without_ignored(detection, (LEFT,), by_sum=True).p == pytest.approx(0.8)
    assert without_ignored(detection, (LEFT,), by_sum=False).p == 0.5
    assert without_ignored(Detection(0.2, (left, right)), (LEFT,), by_sum=False).p == 0.2


def test_a_slanted_region() -> None:
    """Only what is inside it."""
    inside, outside = Box(0.1, 0.1, 0.3, 0.3, 0.9), Box(0.7, 0.7, 0.9, 0.9, 0.8)
    left = without_ignored(summed(inside, outside), (TOP_LEFT_TRIANGLE,), by_sum=True)
    assert left.boxes == (outside,)


def test_blacked_out() -> None:
    """The region is black, the rest is as it was, and the size stays."""
    out = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(out, "JPEG")
    picture = Image.open(io.BytesIO(blacked_out(out.getvalue(), (TOP_LEFT_TRIANGLE,))))
    assert picture.size == (200, 100)
    assert max(picture.getpixel((20, 10))) < 16
    assert min(picture.getpixel((190, 90))) > 239
