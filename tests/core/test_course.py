"""The course of a recorded print is shortened for a page."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.history.course import AT, LEVEL, PICTURES, P, thinned


def frame(number: int, p: float, level: str = "none", *, pictured: bool = False) -> list[object]:
    return [number, 10.0 * number, p, p, level, ["camera"] if pictured else [], {}, 0.02, 0.4]


frames = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(["none", "maybe", "failure"]), st.booleans()), max_size=300
).map(
    lambda drawn: [
        frame(number, p, level, pictured=pictured) for number, (p, level, pictured) in enumerate(drawn)
    ]
)


@given(frames, st.integers(10, 100))
def test_what_stands_out_stays(recorded: list[list[object]], most: int) -> None:
    """The highest p, every change of level, both ends, and a picture where there is one; in order."""
    short = thinned(recorded, most)
    assert [one[AT] for one in short] == sorted(one[AT] for one in short)
    if not recorded:
        assert short == []
        return
    assert (short[0], short[-1]) == (recorded[0], recorded[-1])
    assert max(one[P] for one in short) == max(one[P] for one in recorded)
    assert any(one[PICTURES] for one in short) == any(one[PICTURES] for one in recorded)
    changes = [one for before, one in pairwise(recorded) if one[LEVEL] != before[LEVEL]]
    assert all(one in short for one in changes)
    assert len(short) <= most + 2 + len(changes) or len(short) == len(recorded)


def test_a_print_of_a_day_becomes_a_page() -> None:
    day = [frame(number, 0.1, pictured=number % 30 == 0) for number in range(8640)]
    assert len(thinned(day, 400)) <= 402
