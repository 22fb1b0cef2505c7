"""What stands still in front of a camera, at each of its limits: edges, what is known of them, and a move."""

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from PIL import Image

from octoprint_failwatch.engine.detectors.built_in.outline import CELLS, COLUMNS, ROWS, Outline, find
from octoprint_failwatch.engine.detectors.built_in.surroundings import Comparison, Surroundings
from tests.core.limits import below

# Edges


def bits(*cells: tuple[int, int]) -> int:
    """Return the bits of cells, given by column and row."""
    return sum(1 << (row * COLUMNS + column) for column, row in cells)


@pytest.mark.parametrize(("light", "seen"), [(5, False), (6, True), (200, True)])
def test_an_edge_is_seen_from_six_grey_levels_on(light: int, seen: bool) -> None:
    """On both sides of where it is, upright or level."""
    size = (COLUMNS + 2, ROWS + 2)
    beside, under = Image.new("L", size, 20), Image.new("L", size, 20)
    beside.paste(20 + light, (25, 0, *size))
    under.paste(20 + light, (0, 19, *size))
    upright = bits(*((column, row) for column in (23, 24) for row in range(ROWS)))
    level = bits(*((column, row) for column in range(COLUMNS) for row in (17, 18)))
    assert Outline.of(beside) == (Outline(upright, 0) if seen else Outline(0, 0))
    assert Outline.of(under) == (Outline(0, level) if seen else Outline(0, 0))
    assert Outline.of(under).size == (2 * COLUMNS if seen else 0)


@pytest.mark.parametrize(
    ("right", "down", "after"),
    [
        (0, 0, [(0, 0), (47, 0), (5, 7), (0, 35), (47, 35)]),
        (1, 0, [(1, 0), (6, 7), (1, 35)]),
        (-1, 0, [(46, 0), (4, 7), (46, 35)]),
        (0, 1, [(0, 1), (47, 1), (5, 8)]),
        (0, -1, [(5, 6), (0, 34), (47, 34)]),
        (3, -7, [(8, 0), (3, 28)]),
        (-5, 28, [(0, 35), (42, 28)]),
    ],
)
def test_what_leaves_the_picture_is_lost(right: int, down: int, after: list[tuple[int, int]]) -> None:
    """It does not come in again on the other side."""
    cells = bits((0, 0), (47, 0), (5, 7), (0, 35), (47, 35))
    assert Outline(cells, 0).shifted(right, down) == Outline(bits(*after), 0)
    assert Outline(0, cells).shifted(right, down) == Outline(0, bits(*after))


def test_edges_that_run_the_other_way_count_against_a_likeness() -> None:
    one = Outline(bits((1, 1), (2, 2)), bits((3, 3), (4, 4)))
    assert one.share_in(one) == 1.0
    assert one.share_in(Outline(one.upright, 0)) == 0.5
    assert one.share_in(Outline(one.level, one.upright)) == -1.0
    assert one.share_in(Outline(one.upright | bits((9, 9)), bits((3, 3), (1, 5)))) == 0.75
    assert [edge for edge in one.edges() if edge] == [1, 1, -1, -1]


# What stands still

RANDOM = Random(1)
STEADY = Outline(
    bits(*{(RANDOM.randrange(12, 36), RANDOM.randrange(12, 24)) for _ in range(60)}),
    bits(*{(RANDOM.randrange(12, 36), RANDOM.randrange(0, 12)) for _ in range(60)}),
)
EDGES = tuple(float(edge) for edge in STEADY.edges())
KNOWN = Surroundings(EDGES, 100, 0.9)


@pytest.mark.parametrize(
    ("edge", "upright", "level"), [(0.6, 1, 0), (below(0.6), 0, 0), (-0.6, 0, 1), (-below(0.6), 0, 0)]
)
def test_an_edge_that_is_there_in_three_of_five_pictures_stands_still(
    edge: float, upright: int, level: int
) -> None:
    assert Surroundings((edge, *(0.0,) * (CELLS - 1))).steady == Outline(upright, level)


@pytest.mark.parametrize(
    ("right", "down", "shift"),
    [
        (2, 0, (2, 0)),
        (0, -2, (0, -2)),
        (-10, 7, (-10, 7)),
        (1, 0, None),
        (1, 1, None),
        (0, 0, None),
        (11, 0, None),
    ],
)
def test_what_stands_still_is_found_elsewhere_if_it_is_not_only_shaking(
    right: int, down: int, shift: tuple[int, int] | None
) -> None:
    """From two cells on, and up to ten."""
    after = KNOWN.after(STEADY.shifted(right, down))
    assert after.latest[-1].shift == shift
    assert after.latest[-1].likeness == STEADY.share_in(STEADY.shifted(right, down))
    if shift is not None:
        assert find(STEADY, STEADY.shifted(right, down)) == (1.0, *shift)


def part(count: int, number: int, *, right: int = 0) -> Outline:
    """Return so many of `number` upright edges in the middle of the picture, the rest missing."""
    cells = [(12 + index % 20, 10 + 2 * (index // 20)) for index in range(number)]
    return Outline(bits(*cells[:count]), 0).shifted(right, 0)


def of_edges(outline: Outline, pictures: int = 100, likeness: float | None = 0.9) -> Surroundings:
    return Surroundings(tuple(float(edge) for edge in outline.edges()), pictures, likeness)


@pytest.mark.parametrize(("pictures", "edges", "judged"), [(30, 26, True), (29, 26, False), (30, 25, False)])
def test_nothing_is_said_of_a_camera_that_is_hardly_known(pictures: int, edges: int, judged: bool) -> None:
    """Thirty pictures, and 26 cells that stand still."""
    before = of_edges(part(edges, edges), pictures)
    after = before.after(part(edges, edges))
    assert len(after.latest) == (1 if judged else 0)
    assert after.pictures == pictures + 1


@pytest.mark.parametrize(("likeness", "judged"), [(0.45, True), (below(0.45), False), (None, True)])
def test_nothing_is_said_of_a_camera_that_seldom_looks_like_itself(
    likeness: float | None, judged: bool
) -> None:
    after = of_edges(part(40, 40), likeness=likeness).after(part(40, 40))
    assert len(after.latest) == (1 if judged else 0)
    assert after.likeness == pytest.approx(1.0 if likeness is None else likeness + (1 - likeness) / 30)


@pytest.mark.parametrize(("there", "learns"), [(15, False), (16, True), (100, True)])
def test_a_picture_that_shows_nothing_known_teaches_nothing(there: int, learns: bool) -> None:
    """Of a hundred edges that stand still, fifteen may be chance."""
    after = of_edges(part(100, 100)).after(part(there, 100))
    assert after.pictures == (101 if learns else 100)
    assert after.latest == (Comparison(there / 100),)


SHIFTED, BESIDE, FAR = (Comparison(0.5, shift) for shift in ((3, 0), (4, 1), (5, 0)))
SAME, LOST, FAINT = Comparison(0.9), Comparison(0.15), Comparison(0.16)


@pytest.mark.parametrize(
    ("latest", "moved"),
    [
        ([SHIFTED] * 5 + [SAME], True),
        ([SAME] + [SHIFTED] * 5, True),
        ([SHIFTED] * 4 + [SAME] * 2, False),
        ([SHIFTED, SHIFTED, SHIFTED, BESIDE, BESIDE], True),
        ([SHIFTED, SHIFTED, SHIFTED, SHIFTED, FAR], False),
        ([SHIFTED, SAME, SHIFTED, SHIFTED, SHIFTED, SHIFTED, SAME], False),
        ([LOST] * 12, True),
        ([LOST] * 11, False),
        ([LOST] * 11 + [FAINT], False),
        ([SAME] * 12, False),
    ],
)
def test_a_camera_was_moved_where_five_of_six_pictures_agree_or_twelve_show_nothing(
    latest: list[Comparison], moved: bool
) -> None:
    assert Surroundings(latest=tuple(latest)).have_moved is moved


def test_twelve_pictures_are_compared_and_an_hour_is_remembered() -> None:
    known = replace(KNOWN, pictures=360)
    for _ in range(14):
        known = known.after(STEADY)
    assert (len(known.latest), known.pictures) == (12, 360)
    for pictures, edge, counted in ((3, 0.75, 4), (359, 1 - 1 / 360, 360), (360, 1 - 1 / 360, 360)):
        after = Surroundings((1.0,) * CELLS, pictures).after(Outline(0, 0))
        assert (after.edges[0], after.pictures) == (pytest.approx(edge), counted)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"pictures": 0}, True),
        ({"pictures": -1}, False),
        ({"pictures": 360}, True),
        ({"pictures": 361}, False),
        ({"likeness": 1}, True),
        ({"likeness": 1.1}, False),
        ({"likeness": -1}, True),
        ({"likeness": -1.1}, False),
        ({"columns": 47}, False),
        ({"edges": [16] * CELLS}, False),
        ({"edges": [-15] * CELLS}, True),
        ({"edges": [0] * (CELLS - 1)}, False),
    ],
    ids=lambda value: str(value)[:30],
)
def test_stored_surroundings_are_read_if_they_can_be(changes: dict[str, Any], fits: bool) -> None:
    stored = {**Surroundings(EDGES, 100, 0.875).to_dict(), **changes}
    if not fits:
        with pytest.raises(ValueError, match=r"make no picture|cannot be"):
            Surroundings.from_dict(stored)
    elif not changes:
        assert Surroundings.from_dict(json.loads(json.dumps(stored))) == Surroundings(EDGES, 100, 0.875)
    else:
        assert Surroundings.from_dict(stored) is not None
