"""What was accepted is followed from look to look: how far p, place and time may move before it is another sight."""

import math

import pytest

from octoprint_failwatch.engine.judging.acceptance import Acceptance, Places, accept, follow, is_another
from octoprint_failwatch.engine.judging.trend import Trend
from octoprint_failwatch.engine.models import Box
from octoprint_failwatch.engine.statistics import TemporalStatistics
from tests.core.limits import below

SETTLED = 1000.0
"""Seconds after an answer at 0 at which what was accepted is known."""
AT_ONCE = 1000.0
"""The weight of a look that stands for so long that a mean is what it shows."""


def box(x_min: float, y_min: float, x_max: float, y_max: float) -> Box:
    return Box(x_min, y_min, x_max, y_max, 0.9)


def seen(*boxes: Box, camera: str = "") -> Places:
    return {camera: boxes}


def followed(
    acceptance: Acceptance,
    mean: float = 0.0,
    *,
    boxes: Places | None = None,
    p: float = 0.0,
    at: float = SETTLED,
    weight: float = 1.0,
    sure_looks: int = 0,
) -> Acceptance | None:
    trend = Trend(sure_looks=sure_looks)
    return follow(acceptance, TemporalStatistics(mean), trend, boxes or {}, p, at, weight)


# p


@pytest.mark.parametrize(
    ("height", "worse"),
    [
        (0.25, 0.55),
        (0.5, 0.7),
        (0.75, 0.85),
        (0.79, 0.89),
        (0.875, 0.9375),
        (0.9375, 0.96875),
        (1.0, 1.4),
        (2.0, 2.4),
    ],
)
def test_from_a_certain_height_above_what_was_accepted_a_print_looks_clearly_worse(
    height: float, worse: float
) -> None:
    """The less room there is above it, the less is enough; services that sum their boxes go beyond 1."""
    accepted = Acceptance(at=0.0, until=None, height=height)
    assert accepted.limit == pytest.approx(worse)
    assert followed(accepted, below(accepted.limit or 0.0)) is not None
    assert followed(accepted, accepted.limit or 0.0) is None


@pytest.mark.parametrize("height", [0.95, 0.99, below(1.0)])
def test_what_looked_as_bad_as_can_be_never_looks_clearly_worse(height: float) -> None:
    accepted = Acceptance(at=0.0, until=None, height=height)
    assert accepted.limit is None
    assert followed(accepted, 100.0) is not None
    assert Acceptance(at=0.0, until=None, height=below(0.95)).limit is not None


@pytest.mark.parametrize(("p", "height"), [(0.8, 0.4), (0.6, 0.4), (0.4, 0.3), (0.2, 0.2), (0.0, 0.2)])
def test_soon_after_the_answer_the_height_rises_to_what_was_answered_and_no_further(
    p: float, height: float
) -> None:
    """Half of the way with each look, and never beyond p of the look that was answered."""
    accepted = Acceptance(at=0.0, until=None, height=0.2, seen=0.6)
    after = followed(accepted, 0.2, p=p, at=10.0)
    assert after is not None
    assert after.height == pytest.approx(height)


def test_an_hour_of_good_looks_takes_most_of_what_was_accepted_away() -> None:
    """And a print that gets worse takes nothing."""
    accepted: Acceptance | None = Acceptance(at=0.0, until=None, height=0.5)
    assert accepted is not None
    worse = followed(accepted, 0.6)
    assert worse is not None
    assert worse.height == 0.5
    at_once = followed(accepted, weight=360.0)
    for _ in range(360):
        accepted = followed(accepted)
        assert accepted is not None
    assert accepted.height == pytest.approx(0.5 * math.exp(-2), rel=0.01)
    assert at_once is not None
    assert at_once.height == pytest.approx(accepted.height)


@pytest.mark.parametrize(
    ("before", "mean", "slow", "height"),
    [(None, 0.3, 0.2, 0.3), (None, 0.2, 0.3, 0.3), (0.4, 0.3, 0.2, 0.4), (0.1, 0.3, 0.2, 0.3)],
)
def test_the_highest_of_what_was_ever_accepted_counts(
    before: float | None, mean: float, slow: float, height: float
) -> None:
    known = None if before is None else Acceptance(at=0.0, until=None, height=before)
    accepted = accept(
        known, TemporalStatistics(mean), Trend(slow_mean=slow), {}, 0.5, 50.0, lasting=before is not None
    )
    assert (accepted.height, accepted.at, accepted.seen) == (height, 50.0, 0.5)
    assert accepted.until == (1850.0 if before is None else None)


@pytest.mark.parametrize("at", [10.0, SETTLED])
def test_what_was_accepted_for_a_time_ends_with_it(at: float) -> None:
    assert followed(Acceptance(at=0.0, until=at, height=0.5), at=below(at)) is not None
    assert followed(Acceptance(at=0.0, until=at, height=0.5), at=at) is None


# The place


def outside(accepted: Places, boxes: Places) -> float:
    """Return the share of the picture that is told to be covered beyond what was accepted."""
    after = followed(Acceptance(0.0, None, 0.5, boxes=accepted), boxes=boxes, weight=AT_ONCE)
    assert after is not None, "too much is covered for this"
    return after.outside


def test_a_cell_is_covered_where_its_middle_is() -> None:
    """Also in the corners of the picture: of 24 by 24 cells, each counts as much."""
    accepted, cell = seen(box(0.3, 0.3, 0.7, 0.7)), 1 / 24
    for row in (0, 23):
        for column in (0, 23):
            corner = box(column * cell, row * cell, (column + 1) * cell, (row + 1) * cell)
            assert outside(accepted, seen(corner)) == pytest.approx(1 / 576)
            left = box(column * cell, row * cell, (column + 0.49) * cell, (row + 0.49) * cell)
            assert outside(accepted, seen(left)) == 0
            right = box((column + 0.51) * cell, row * cell, (column + 1) * cell, (row + 1) * cell)
            assert outside(accepted, seen(right)) == 0
            lower = box(column * cell, (row + 0.51) * cell, (column + 1) * cell, (row + 1) * cell)
            assert outside(accepted, seen(lower)) == 0
    two = seen(box(0.0, 0.0, cell, cell), box(0.0, 0.0, 2 * cell, cell))
    assert outside(accepted, two) == pytest.approx(2 / 576), "boxes that overlap count once"


@pytest.mark.parametrize(("rows", "is_another_sight"), [(11, False), (12, True)])
def test_half_as_much_elsewhere_as_was_accepted_is_another_sight(rows: int, is_another_sight: bool) -> None:
    """A quarter of the picture was: an eighth is half of it."""
    accepted = Acceptance(0.0, None, 0.5, boxes=seen(box(0.0, 0.0, 0.5, 0.5)))
    elsewhere = seen(box(0.75, 0.0, 1.0, rows / 24))
    assert (followed(accepted, boxes=elsewhere, weight=AT_ONCE) is None) is is_another_sight
    assert followed(accepted, boxes=elsewhere) is not None, "one look is not enough"


def test_with_several_cameras_the_one_that_shows_most_counts() -> None:
    accepted = {"left": (box(0.4, 0.4, 0.6, 0.6),), "right": (box(0.4, 0.4, 0.6, 0.6),)}
    cell = 1 / 24
    boxes = {"left": (box(0.0, 0.0, cell, cell),), "right": (box(0.0, 0.0, 2 * cell, cell),)}
    assert outside(accepted, boxes) == pytest.approx(2 / 576)


def test_what_one_camera_showed_excuses_nothing_of_another() -> None:
    accepted = Acceptance(0.0, None, 0.5, boxes=seen(box(0.4, 0.4, 0.6, 0.6), camera="left"))
    assert not is_another(accepted, seen(box(0.4, 0.4, 0.6, 0.6), camera="left"))
    assert is_another(accepted, seen(box(0.4, 0.4, 0.6, 0.6), camera="right"))


@pytest.mark.parametrize(
    ("near", "far"),
    [
        (box(0.25, 0.25, 0.87, 0.75), box(0.25, 0.25, 0.9, 0.75)),
        (box(0.13, 0.25, 0.75, 0.75), box(0.1, 0.25, 0.75, 0.75)),
        (box(0.25, 0.25, 0.75, 0.87), box(0.25, 0.25, 0.75, 0.9)),
        (box(0.25, 0.13, 0.75, 0.75), box(0.25, 0.1, 0.75, 0.75)),
    ],
)
def test_a_place_reaches_a_quarter_of_its_size_beyond_its_edges(near: Box, far: Box) -> None:
    accepted = Acceptance(0.0, None, 0.5, boxes=seen(box(0.25, 0.25, 0.75, 0.75)))
    assert not is_another(accepted, seen(near))
    assert is_another(accepted, seen(far))


MIDDLE = seen(box(0.4, 0.4, 0.6, 0.6))


@pytest.mark.parametrize(
    ("accepted", "boxes", "answered", "another"),
    [
        (MIDDLE, MIDDLE, False, False),
        (MIDDLE, seen(box(0.0, 0.0, 0.2, 0.2)), False, True),
        (MIDDLE, {}, False, True),
        (MIDDLE, {"": ()}, False, True),
        ({}, MIDDLE, False, True),
        ({}, seen(box(0.5, 0.5, 0.51, 0.51)), False, True),
        ({}, {}, False, True),
        ({}, {}, True, False),
        (MIDDLE, seen(box(0.0, 0.0, 0.2, 0.2)), True, False),
    ],
)
def test_a_sure_failure_is_another_one_unless_it_was_answered_or_stays_in_its_place(
    accepted: Places, boxes: Places, answered: bool, another: bool
) -> None:
    """Where nobody knows the place, it may be."""
    known = Acceptance(0.0, None, 0.5, boxes=accepted, covers_sure=answered)
    assert is_another(known, boxes) is another


@pytest.mark.parametrize("at", [10.0, SETTLED])
@pytest.mark.parametrize(("covered", "sure_looks", "covers"), [(1, 1, True), (1, 0, False), (0, 1, False)])
def test_the_run_of_sure_looks_that_was_answered_is_so_until_it_ends(
    at: float, covered: int, sure_looks: int, covers: bool
) -> None:
    """The next run is another."""
    answered = accept(None, TemporalStatistics(0.9), Trend(sure_looks=covered), {}, 0.9, 0.0, lasting=True)
    assert answered.covers_sure is bool(covered)
    after = followed(answered, at=at, sure_looks=sure_looks)
    assert after is not None
    assert after.covers_sure is covers
