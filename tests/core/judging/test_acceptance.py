""" "Not a failure" accepts what is seen in that place, up to that p, for a limited time, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from octoprint_failwatch.engine.judging.acceptance import LASTS, Acceptance, follow
from octoprint_failwatch.engine.judging.assessment import Answer, Assessment, answered, assess
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.latch import LatchTimes
from octoprint_failwatch.engine.judging.trend import Trend
from octoprint_failwatch.engine.judging.verdict import Level, Rule
from octoprint_failwatch.engine.models import Box, Detection
from octoprint_failwatch.engine.statistics import TemporalStatistics

RULES, TIMES = FailWatchRules(), LatchTimes()
CORNER = (Box(0.1, 0.1, 0.3, 0.3, 0.9),)


@pytest.mark.parametrize(("after", "joins"), [(89.9, True), (90.0, False)])
def test_what_else_is_seen_within_a_minute_and_a_half_belongs_to_it(after: float, joins: bool) -> None:
    """Boxes differ from look to look."""
    elsewhere = (Box(0.7, 0.7, 0.9, 0.9, 0.9),)
    accepted = Acceptance(at=1000.0, until=None, height=0.7, seen=0.7, boxes={"": CORNER})
    followed = follow(accepted, TemporalStatistics(0.7), Trend(), {"": elsewhere}, 0.7, 1000.0 + after, 1.0)
    assert followed is not None
    assert followed.boxes[""] == ((*CORNER, *elsewhere) if joins else CORNER)


@pytest.mark.parametrize(
    ("near", "adds"), [(Box(0.15, 0.15, 0.25, 0.25, 0.9), False), (Box(0.05, 0.05, 0.35, 0.35, 0.9), True)]
)
def test_what_is_seen_around_it_soon_after_the_answer_makes_its_place_larger(near: Box, adds: bool) -> None:
    accepted = Acceptance(at=1000.0, until=None, height=0.7, seen=0.7, boxes={"": CORNER})
    followed = follow(accepted, TemporalStatistics(0.7), Trend(), {"": (near,)}, 0.7, 1010.0, 1.0)
    assert followed is not None
    assert followed.boxes[""] == ((*CORNER, near) if adds else CORNER)


@dataclass
class Print:
    """A print judged look by look, ten seconds apart."""

    now: Assessment = field(default_factory=Assessment)
    at: float = 0.0
    p: float = 0.0
    boxes: tuple[Box, ...] = ()

    def looks(self, ps: Iterable[float], boxes: tuple[Box, ...] = ()) -> list[Level]:
        """Judge these, and return the level that stands after each."""
        levels = []
        for p in ps:
            self.at += 10.0
            detection, places = Detection(p), {"": boxes} if boxes else {}
            self.now = assess(self.now, RULES, TIMES, detection, self.at, boxes=places, gap=60.0).assessment
            self.p, self.boxes = p, boxes
            levels.append(self.now.latch.level)
        return levels

    def says(self, answer: Answer) -> None:
        """Answer what was seen last."""
        places = {"": self.boxes} if self.boxes else {}
        self.now = answered(self.now, answer, self.at, TIMES, p=self.p, boxes=places)

    @property
    def accepts(self) -> bool:
        """Whether an acceptance is in force."""
        return self.now.memory.acceptance is not None


def alarmed(p: float = 0.75, boxes: tuple[Box, ...] = ()) -> Print:
    """A print that alarms at this p."""
    one = Print()
    one.looks([0.02] * 20)
    assert Level.FAILURE in one.looks([p] * 60, boxes)
    return one


def test_the_same_sight_is_quiet_for_half_an_hour_and_then_told_again() -> None:
    one = alarmed()
    one.says(Answer.NOT_A_FAILURE)
    quiet = one.looks([0.75] * int(LASTS / 10 - 1))
    assert set(quiet) == {Level.NONE}
    assert Level.FAILURE in one.looks([0.75] * 5)


def test_a_second_answer_lasts_for_the_rest_of_the_print_and_not_for_the_next() -> None:
    one = alarmed()
    one.says(Answer.NOT_A_FAILURE)
    one.looks([0.75] * 185)
    one.says(Answer.NOT_A_FAILURE)
    assert set(one.looks([0.75] * 1000)) == {Level.NONE}
    one.now = one.now.for_new_print()
    assert Level.FAILURE in one.looks([0.75] * 60)


@pytest.mark.parametrize(("accepted", "then"), [(0.5, 0.75), (0.6, 0.85), (0.75, 0.92), (0.85, 0.97)])
def test_what_is_clearly_worse_is_told(accepted: float, then: float) -> None:
    """There is always a p that says so, unless what was accepted is as bad as can be."""
    one = alarmed(accepted)
    one.says(Answer.NOT_A_FAILURE)
    one.looks([accepted] * 30)
    assert one.now.memory.acceptance is not None
    limit = one.now.memory.acceptance.limit
    assert limit is not None
    assert limit < 1
    assert Level.FAILURE in one.looks([then] * 30)


def test_what_was_certain_and_stays_is_quiet_and_elsewhere_or_larger_is_told() -> None:
    one = alarmed(1.0, CORNER)
    one.says(Answer.NOT_A_FAILURE)
    moving = (Box(0.12, 0.11, 0.31, 0.28, 0.95),)
    assert set(one.looks([1.0] * 60, moving)) == {Level.NONE}
    other_place = alarmed(1.0, CORNER)
    other_place.says(Answer.NOT_A_FAILURE)
    other_place.looks([1.0] * 20, CORNER)
    assert Level.FAILURE in other_place.looks([1.0] * 20, (*CORNER, Box(0.6, 0.6, 0.8, 0.8, 0.9)))
    larger = alarmed(1.0, CORNER)
    larger.says(Answer.NOT_A_FAILURE)
    larger.looks([1.0] * 20, CORNER)
    assert Level.FAILURE in larger.looks([1.0] * 20, (Box(0.1, 0.1, 0.6, 0.6, 0.9),))


@pytest.mark.parametrize(
    ("accepted", "beside"),
    [
        (Box(0.7, 0.7, 0.9, 0.9, 0.9), Box(0.35, 0.7, 0.55, 0.9, 0.9)),
        (Box(0.7, 0.7, 0.9, 0.9, 0.9), Box(0.7, 0.35, 0.9, 0.55, 0.9)),
        (Box(0.1, 0.1, 0.3, 0.3, 0.9), Box(0.45, 0.1, 0.65, 0.3, 0.9)),
        (Box(0.1, 0.1, 0.3, 0.3, 0.9), Box(0.1, 0.45, 0.3, 0.65, 0.9)),
    ],
)
def test_a_place_beside_the_accepted_one_is_another_wherever_in_the_picture(
    accepted: Box, beside: Box
) -> None:
    one = alarmed(1.0, (accepted,))
    one.says(Answer.NOT_A_FAILURE)
    assert set(one.looks([1.0] * 20, (accepted,))) == {Level.NONE}
    assert Level.FAILURE in one.looks([1.0] * 20, (accepted, beside))


def test_a_sure_failure_that_begins_after_the_answer_is_told() -> None:
    """Whatever was accepted before: ten looks in a row, where nothing says that it is in the same place."""
    one = alarmed(0.75)
    one.says(Answer.NOT_A_FAILURE)
    one.looks([0.75] * 20)
    levels = one.looks([0.82] * 10)
    assert levels[-1] is Level.FAILURE


def test_what_comes_and_goes_in_its_place_is_not_told_each_time() -> None:
    one = alarmed(0.95, CORNER)
    one.says(Answer.NOT_A_FAILURE)
    for _ in range(5):
        assert set(one.looks([0.03] * 8)) == {Level.NONE}
        assert set(one.looks([0.95] * 12, CORNER)) == {Level.NONE}


def test_it_is_over_once_the_picture_has_improved_for_long() -> None:
    one = alarmed(0.75)
    one.says(Answer.NOT_A_FAILURE)
    one.looks([0.02] * 150)
    assert Level.FAILURE in one.looks([0.75] * 15)


def test_nothing_is_learned_from_what_was_accepted() -> None:
    one = alarmed(0.6)
    one.says(Answer.NOT_A_FAILURE)
    before = one.now.memory.trend.baseline
    one.looks([0.6] * 100)
    assert one.accepts
    assert one.now.memory.trend.baseline == before
    one.looks([0.1] * 60)
    assert one.accepts, "what looks fine in the meantime teaches nothing either"
    assert one.now.memory.trend.baseline == before
    one.looks([0.1] * 30)
    assert not one.accepts
    assert one.now.memory.trend.baseline != before


def test_an_answer_can_be_taken_back() -> None:
    one = alarmed()
    one.says(Answer.NOT_A_FAILURE)
    assert set(one.looks([0.75] * 20)) == {Level.NONE}
    one.says(Answer.WITHDRAWN)
    assert not one.accepts
    assert one.looks([0.75]) == [Level.FAILURE]


def test_an_answer_that_was_taken_back_does_not_count_as_the_first() -> None:
    one = alarmed()
    one.says(Answer.NOT_A_FAILURE)
    one.says(Answer.WITHDRAWN)
    one.looks([0.75])
    one.says(Answer.NOT_A_FAILURE)
    accepted = one.now.memory.acceptance
    assert accepted is not None
    assert accepted.until == one.at + LASTS
    assert Level.FAILURE in one.looks([0.75] * 200)
    one.says(Answer.NOT_A_FAILURE)
    accepted = one.now.memory.acceptance
    assert accepted is not None
    assert accepted.until is None


@pytest.mark.parametrize("denied_before", [False, True])
def test_whoever_cleared_the_mess_away_is_watched_as_before(denied_before: bool) -> None:
    """Nothing is accepted, nor any longer: the same mess is told as soon as ever."""
    one = alarmed(0.9)
    if denied_before:
        one.says(Answer.NOT_A_FAILURE)
        assert set(one.looks([0.9] * 20)) == {Level.NONE}
    one.says(Answer.CLEARED)
    assert not one.accepts
    assert set(one.looks([0.02] * 60)) == {Level.NONE}
    assert Level.FAILURE in one.looks([0.9] * 10)


def test_it_failed_stands_whatever_comes() -> None:
    one = alarmed()
    one.says(Answer.NOT_A_FAILURE)
    one.says(Answer.FAILURE)
    assert not one.accepts
    assert set(one.looks([0.0] * 300)) == {Level.FAILURE}


def test_the_verdict_says_that_it_was_accepted_and_from_where_on_it_alarms() -> None:
    one = alarmed(0.6)
    one.says(Answer.NOT_A_FAILURE)
    one.looks([0.6] * 15)
    places = assess(one.now, RULES, TIMES, Detection(0.6), one.at + 10, gap=60.0)
    assert places.verdict.rule is Rule.ACCEPTED
    alarm = places.verdict.usual + places.verdict.limit
    assert 0.6 < alarm < 1


def test_a_steady_cable_is_denied_once_and_known_from_the_next_print_on() -> None:
    """Where a service tells nothing but p: what was there in the first looks of both prints is no failure."""
    rules = FailWatchRules(failure=0.36)
    one = Assessment()
    told = []
    for number in range(3):
        for look in range(400):
            at = 10_000.0 * number + 10 * look
            before = one.latch.level
            one = assess(one, rules, TIMES, Detection(0.4), at, gap=60.0).assessment
            if one.latch.level is Level.FAILURE is not before:
                told.append(number)
                one = answered(one, Answer.NOT_A_FAILURE, at, TIMES, p=0.4)
        one = one.for_new_print()
    assert set(told) == {0}


@pytest.mark.parametrize(("right", "is_told"), [(12 / 24, False), (13 / 24, True)])
def test_a_hundredth_of_the_picture_elsewhere_is_another_sight(right: float, is_told: bool) -> None:
    """Of 576 cells 4 are less than that, 6 are more."""
    speck = Box(0.1, 0.1, 0.15, 0.15, 0.9)
    one = alarmed(boxes=(speck,))
    one.says(Answer.NOT_A_FAILURE)
    one.looks([0.5] * 12, (speck,))
    assert one.accepts
    one.looks([0.5] * 40, (speck, Box(10 / 24, 10 / 24, right, 12 / 24, 0.5)))
    assert one.accepts is not is_told


@pytest.mark.parametrize(("gap", "level"), [(10.0, Level.NONE), (9.9, Level.FAILURE)])
def test_good_looks_that_are_no_further_apart_than_a_gap_clear_a_failure(gap: float, level: Level) -> None:
    now, at = Assessment(), 0.0
    for p in [0.02] * 20 + [0.9] * 30 + [0.02] * 150:
        at += 10.0
        now = assess(now, RULES, TIMES, Detection(p), at, gap=gap).assessment
        if p == 0.9:
            raised = now.latch.level
    assert raised is Level.FAILURE
    assert now.latch.level is level
