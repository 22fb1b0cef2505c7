"""The course of a recorded print is shortened for a page."""

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.history import Entry, EntryKind, History
from octoprint_failwatch.engine.history.course import AT, LEVEL, PICTURES, P, print_course, thinned
from octoprint_failwatch.engine.history.rows import add_entry, print_key
from tests.core.watching import ScriptedDetector, watching


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


def test_of_neighbours_the_highest_stays_and_the_highest_whose_picture_was_kept() -> None:
    levels = {0: "maybe", 12: "failure", 13: "failure"}
    recorded = [
        frame(
            number,
            {5: 0.9, 7: 0.3, 9: 0.5}.get(number % 20, 0.1),
            levels.get(number, "none"),
            pictured=number % 20 in (7, 9),
        )
        for number in range(100)
    ]
    stays = [number for start in range(0, 100, 20) for number in (start + 5, start + 9)]
    assert [one[0] for one in thinned(recorded, 10)] == sorted([0, 1, 12, 14, *stays, 99])


def test_a_print_of_a_day_becomes_a_page() -> None:
    day = [frame(number, 0.1, pictured=number % 30 == 0) for number in range(8640)]
    assert len(thinned(day, 400)) <= 402


async def test_a_page_gets_all_of_a_print_and_of_its_rules_those_that_are_known(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    async with watching(ScriptedDetector([0.01, 0.9]), history=history) as watched:
        watched.watch.start("one", "cube")
        await watched.frames(2)
        watched.watch.mute()
        watched.watch.end("done")
    history.settle()
    frames = list(history.frames("one"))
    for settings in ({"rules": "of another release"}, {}):
        history.change(
            lambda connection, data=settings: add_entry(
                connection,
                print_key(connection, "one") or 0,
                Entry(frames[-1].id, 99.0, EntryKind.SETTINGS, data),
            )
        )
    course = print_course(history, "one")
    history.close()
    assert course["print"]["name"] == "cube"
    assert [one[:6] for one in course["frames"]] == [
        [
            one.id,
            one.look.at,
            one.look.p,
            round(one.look.statistics.ewm_mean, 4),
            one.level,
            list(one.pictures),
        ]
        for one in frames
    ]
    limits = [[round(one.look.verdict.usual, 4), round(one.look.verdict.limit, 4)] for one in frames]
    assert [one[7:] for one in course["frames"]] == limits
    assert {"muted", "ended"} <= {mark["kind"] for mark in course["marks"]}
    assert not {"settings", "standing"} & {mark["kind"] for mark in course["marks"]}
    assert [(one["after_frame"], one["name"]) for one in course["rules"]] == [(0, "failwatch")]
