"""The steps of a watch, each at its limits: what is due, told, planned, shown and kept."""

import asyncio
from dataclasses import replace

import pytest

from octoprint_failwatch.engine.judging.assessment import Answer
from octoprint_failwatch.engine.judging.latch import Latch
from octoprint_failwatch.engine.judging.verdict import Level, Rule, Verdict
from octoprint_failwatch.engine.models import Box, Detection, Frame
from octoprint_failwatch.engine.statistics import TemporalStatistics
from octoprint_failwatch.engine.watch.actions import acted, due_action, due_at, tell_what_stands
from octoprint_failwatch.engine.watch.cadence import Cadence, Calls
from octoprint_failwatch.engine.watch.look import Camera
from octoprint_failwatch.engine.watch.messages import state_json
from octoprint_failwatch.engine.watch.policy import (
    Action,
    Cause,
    Countdown,
    Intervention,
    Order,
    Policy,
    call_off_for,
    coming,
    fail,
    settle,
    try_again,
)
from octoprint_failwatch.engine.watch.settings import WatchSettings, gap_after
from octoprint_failwatch.engine.watch.state import (
    SWITCHED_OFF,
    Blind,
    CameraView,
    Event,
    EventKind,
    Look,
    Phase,
    WatchState,
    has_looked,
    is_unanswered,
    keep_from_looking,
    present_level,
    present_look,
)
from octoprint_failwatch.engine.watch.transitions import (
    answer,
    end_print,
    hold,
    look_in_time,
    pause,
    release,
    rest,
    resume,
    resume_known_print,
    shift_times,
    silence,
    start_print,
    under_policy,
)
from tests.core.watching import NOW, WATCHING, ScriptedDetector, VirtualClock, watching

FAILED = Latch(Level.FAILURE, 900.0, Verdict(Level.FAILURE, Rule.HIGH, 0.7, 0.02, 0.6))
PAUSE_SOON = Countdown(Action.PAUSE, 990.0, 1020.0)
CANCEL_SOON = Countdown(Action.CANCEL, 990.0, 1020.0)
UNANSWERED = Countdown(Action.CANCEL, 990.0, 1020.0, Cause.UNANSWERED)
BLIND = Blind("no_snapshot", "unplugged", 700.0, counted_from=700.0)
PAUSES = WatchSettings(policy=Policy(on_maybe=Action.NOTIFY, on_failure=Action.PAUSE, veto=30.0))


def look(at: float, number: int = 7) -> Look:
    return Look(number, at, 0.5, (CameraView(""),), TemporalStatistics(), Verdict(), 0.1)


def planned(countdown: Countdown | None = None, ordered: Order | None = None, **more: object) -> WatchState:
    """Return a state of a print that something is planned for."""
    return replace(WATCHING, intervention=Intervention(countdown, ordered=ordered), **more)


# What is shown


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, True),
        ({"since": NOW + 60.0}, True),
        ({"since": NOW + 60.1}, False),
        ({"phase": Phase.PAUSED, "since": NOW + 9999.0}, True),
        ({"phase": Phase.BLIND}, False),
        ({"phase": Phase.IDLE}, False),
        ({"holds": ("heating",), "next_look_at": None}, False),
        ({"holds": (SWITCHED_OFF,), "next_look_at": NOW}, True),
        ({"holds": (), "next_look_at": None}, True),
    ],
)
def test_a_look_is_shown_while_it_tells_how_the_print_looks(changes: dict[str, object], shown: bool) -> None:
    """One that took up to a minute began before the watching did."""
    state = replace(WATCHING, look=look(NOW), **changes)
    assert present_look(state) is (state.look if shown else None)
    assert present_look(replace(state, look=None)) is None


@pytest.mark.parametrize(
    ("changes", "unanswered"),
    [
        ({}, False),
        ({"failed_looks": 1}, True),
        ({"failed_looks": 1, "phase": Phase.PAUSED}, False),
        ({"failed_looks": 1, "holds": ("heating",)}, False),
        ({"blind": BLIND, "phase": Phase.BLIND}, True),
        ({"blind": BLIND, "phase": Phase.PAUSED}, True),
        ({"blind": BLIND, "phase": Phase.IDLE}, False),
    ],
)
def test_an_answer_is_out_of_date_once_a_look_failed_after_it(
    changes: dict[str, object], unanswered: bool
) -> None:
    assert is_unanswered(replace(WATCHING, **changes)) is unanswered


def test_a_level_is_that_of_a_print_that_is_known_to_run() -> None:
    standing = replace(WATCHING, latch=FAILED)
    assert present_level(standing) is Level.FAILURE
    assert present_level(replace(standing, phase=Phase.PAUSED)) is Level.FAILURE
    assert present_level(replace(standing, phase=Phase.IDLE)) is Level.NONE


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        ({}, False),
        ({"muted": True}, True),
        ({"snoozed_until": NOW}, False),
        ({"snoozed_until": NOW + 0.1}, True),
        ({"holds": (SWITCHED_OFF,)}, True),
        ({"holds": ("heating",)}, False),
    ],
)
def test_a_watch_is_silent_while_somebody_asked_for_it(changes: dict[str, object], silent: bool) -> None:
    assert replace(WATCHING, **changes).is_silent(NOW) is silent


def test_only_a_hold_by_the_prints_file_lets_the_watch_look_on() -> None:
    assert not keep_from_looking([])
    assert not keep_from_looking([SWITCHED_OFF])
    assert keep_from_looking([SWITCHED_OFF, "heating"])
    assert keep_from_looking(["heating"])


def test_a_look_is_new_unless_it_is_the_one_that_was_there() -> None:
    """A clock that is put right moves its time only."""
    seen = replace(WATCHING, look=look(NOW))
    assert seen.look is not None
    assert not has_looked(WATCHING, seen)
    assert has_looked(seen, None)
    assert has_looked(seen, WATCHING)
    assert not has_looked(seen, seen)
    assert not has_looked(replace(seen, look=replace(seen.look, at=5.0)), seen)
    assert has_looked(replace(seen, look=look(NOW + 10.0)), seen)


def test_the_places_of_a_look_are_those_of_cameras_that_see_something() -> None:
    box = Box(0.1, 0.1, 0.2, 0.2, 0.9)
    seen = replace(look(NOW), views=(CameraView("left", 0.5, (box,)), CameraView("right", 0.1)))
    assert seen.places == {"left": (box,)}


def test_a_message_gives_each_verdict_its_reason_and_no_address_of_a_picture() -> None:
    seen = replace(
        look(NOW), views=(CameraView("", 0.5, tagged_image_url="https://s.example/a.jpg"),), verdict=Verdict()
    )
    shown = state_json(replace(WATCHING, look=seen, latch=FAILED))
    assert (
        shown["latch"]["verdict"]["reason"]
        == "looks much worse than normal (0.72, normally 0.02, alarm at 0.62)"
    )
    assert shown["latch"]["verdict"]["margin"] == pytest.approx(0.1)
    assert "looks" in shown["look"]["verdict"]["reason"]
    assert shown["look"]["verdict"]["margin"] == 0
    assert shown["look"]["views"][0]["tagged_image_url"] is None
    assert state_json(WATCHING)["look"] is None


# What is due

TRY_AGAIN = Order(Action.PAUSE, Cause.FAILURE, next_try_at=1010.0, problems=("busy",))
BLIND_LIMIT = Policy(pause_when_blind_after=300.0, veto=30.0)


@pytest.mark.parametrize(
    ("state", "at"),
    [
        (WATCHING, None),
        (planned(PAUSE_SOON), 1020.0),
        (planned(PAUSE_SOON, phase=Phase.IDLE), None),
        (planned(PAUSE_SOON, phase=Phase.PAUSED), 1020.0),
        (planned(ordered=TRY_AGAIN), 1010.0),
        (planned(ordered=replace(TRY_AGAIN, next_try_at=None)), None),
        (planned(UNANSWERED, TRY_AGAIN), 1010.0),
        (replace(WATCHING, phase=Phase.BLIND, blind=BLIND), 1000.0),
        (planned(replace(PAUSE_SOON, due_at=950.0), phase=Phase.BLIND, blind=BLIND), 950.0),
    ],
)
def test_the_next_thing_to_do_without_a_look_is_known(state: WatchState, at: float | None) -> None:
    assert due_at(state, BLIND_LIMIT, NOW) == at


@pytest.mark.parametrize(
    ("changes", "pauses"),
    [
        ({}, True),
        ({"phase": Phase.PAUSED}, False),
        ({"phase": Phase.WATCHING}, False),
        ({"blind": None}, False),
        ({"blind": replace(BLIND, accepted=True)}, False),
        ({"blind": replace(BLIND, counted_from=None)}, False),
        ({"blind": replace(BLIND, counted_from=700.1)}, False),
        ({"muted": True}, False),
        ({"intervention": Intervention(done=True)}, False),
        ({"intervention": Intervention(UNANSWERED, done=True)}, False),
        ({"intervention": Intervention(ordered=replace(TRY_AGAIN, next_try_at=None))}, False),
        ({"intervention": Intervention(ordered=replace(TRY_AGAIN, called_off=True, next_try_at=None))}, True),
        ({"intervention": Intervention(replace(PAUSE_SOON, due_at=2000.0))}, False),
    ],
)
def test_a_print_that_nobody_sees_for_too_long_is_paused_unless_there_is_something_else_to_it(
    changes: dict[str, object], pauses: bool
) -> None:
    state = replace(WATCHING, phase=Phase.BLIND, blind=BLIND)
    step = due_action(replace(state, **changes), WatchSettings(policy=BLIND_LIMIT), NOW)
    assert (step is not None) is pauses
    if step is not None:
        coming_pause = Countdown(Action.PAUSE, NOW, NOW + 30.0, Cause.BLIND)
        assert step.state.intervention.countdown == coming_pause
        assert [(event.kind, event.detail) for event in step.events] == [(EventKind.COUNTDOWN, "pause")]
    assert due_action(replace(state, **changes), WatchSettings(), NOW) is None, (
        "only where that was asked for"
    )


def test_a_print_that_may_not_be_paused_again_is_not_paused_for_blindness_either() -> None:
    policy = replace(BLIND_LIMIT, max_pauses=1)
    state = replace(WATCHING, phase=Phase.BLIND, blind=BLIND, intervention=Intervention(pauses=1))
    assert due_action(state, WatchSettings(policy=policy), NOW) is None


@pytest.mark.parametrize("late", [-0.1, 0.0, 5.0])
def test_a_countdown_and_another_try_are_due_at_their_time(late: float) -> None:
    countdown = due_action(planned(CANCEL_SOON), WatchSettings(), 1020.0 + late)
    again = due_action(planned(ordered=TRY_AGAIN), WatchSettings(), 1010.0 + late)
    if late < 0:
        assert (countdown, again) == (None, None)
        return
    assert countdown is not None
    assert countdown.order is Action.CANCEL
    assert countdown.state.intervention == Intervention(ordered=Order(Action.CANCEL, Cause.FAILURE))
    assert again is not None
    assert again.order is Action.PAUSE
    assert again.state.intervention.ordered == replace(TRY_AGAIN, tries=2, next_try_at=None)


def test_without_a_print_nothing_is_due() -> None:
    idle = planned(replace(PAUSE_SOON, due_at=0.0), phase=Phase.IDLE, snoozed_until=1.0)
    assert due_action(idle, WatchSettings(), NOW) is None


# What became of an order

ORDERED = planned(ordered=Order(Action.PAUSE, Cause.FAILURE), latch=FAILED)


def told(events: tuple[Event, ...]) -> list[tuple[EventKind, str, Level]]:
    return [(event.kind, event.detail, event.level) for event in events]


def test_what_was_not_ordered_is_not_told() -> None:
    assert acted(WATCHING, Action.PAUSE, Policy(), NOW).state is WATCHING
    assert acted(WATCHING, Action.PAUSE, Policy(), NOW, "busy").events == ()
    other = acted(ORDERED, Action.CANCEL, Policy(), NOW)
    assert (other.state, other.events) == (ORDERED, ())


def test_each_reason_for_which_an_order_is_not_obeyed_is_told_once() -> None:
    step = acted(ORDERED, Action.PAUSE, Policy(), NOW, "busy")
    assert told(step.events) == [(EventKind.ACTION_FAILED, "pause: busy", Level.FAILURE)]
    again = acted(step.state, Action.PAUSE, Policy(), NOW, "busy")
    assert again.events == ()
    other = acted(again.state, Action.PAUSE, Policy(), NOW, "hangs")
    assert told(other.events) == [(EventKind.ACTION_FAILED, "pause: hangs", Level.FAILURE)]


def test_a_cancel_that_fails_after_somebody_paused_is_off_unless_it_follows_an_unanswered_pause() -> None:
    for cause, kind in (
        (Cause.FAILURE, EventKind.CALLED_OFF),
        (Cause.BLIND, EventKind.CALLED_OFF),
        (Cause.UNANSWERED, EventKind.ACTION_FAILED),
    ):
        paused = planned(ordered=Order(Action.CANCEL, cause), phase=Phase.PAUSED)
        step = acted(paused, Action.CANCEL, Policy(), NOW, "busy")
        assert [event.kind for event in step.events] == [kind]
        assert (step.state.intervention.ordered is None) is (kind is EventKind.CALLED_OFF)


def test_an_order_that_is_not_obeyed_is_given_again_every_half_minute_and_after_five_tries_every_five() -> (
    None
):
    intervention, waits = Intervention(ordered=Order(Action.PAUSE, Cause.FAILURE)), []
    for _ in range(7):
        intervention = fail(intervention, "busy", NOW)
        assert intervention.ordered is not None
        waits.append((intervention.ordered.next_try_at or 0.0) - NOW)
        intervention = try_again(intervention)
    assert waits == [30.0] * 4 + [300.0] * 3
    assert fail(Intervention(), "busy", NOW) == try_again(Intervention()) == Intervention()


def test_an_order_that_is_obeyed_is_told_with_what_follows_it() -> None:
    done = acted(ORDERED, Action.PAUSE, Policy(), NOW)
    assert told(done.events) == [(EventKind.ACTION, "pause", Level.FAILURE)]
    assert done.state.intervention == Intervention(paused_at=NOW, done=True, pauses=1)
    followed = acted(ORDERED, Action.PAUSE, Policy(cancel_after=60.0), NOW)
    assert told(followed.events)[1:] == [(EventKind.COUNTDOWN, "cancel", Level.FAILURE)]
    users = planned(ordered=Order(Action.PAUSE, Cause.USER), latch=FAILED)
    assert acted(users, Action.PAUSE, Policy(cancel_after=60.0), NOW).events == ()


def test_the_users_own_pause_leaves_what_failwatch_has_done() -> None:
    before = Intervention(UNANSWERED, paused_at=900.0, done=True, pauses=2)
    ordered = replace(before, ordered=Order(Action.PAUSE, Cause.USER))
    assert settle(ordered, Policy(cancel_after=60.0), NOW) == before
    cancelled = replace(before, countdown=None, ordered=Order(Action.CANCEL, Cause.UNANSWERED))
    assert settle(cancelled, Policy(cancel_after=60.0), NOW) == Intervention(done=True, pauses=2)


def test_what_is_coming_is_the_order_or_else_the_countdown() -> None:
    both = Intervention(UNANSWERED, ordered=TRY_AGAIN)
    assert coming(both) is Action.PAUSE
    assert coming(Intervention(UNANSWERED)) is Action.CANCEL
    assert coming(Intervention(done=True)) is None
    assert call_off_for(both, Cause.FAILURE) == Intervention()
    assert call_off_for(both, Cause.UNANSWERED) == both
    assert call_off_for(Intervention(done=True), Cause.FAILURE) == Intervention(done=True)


# The end of a silence


@pytest.mark.parametrize(
    ("changes", "events", "action"),
    [
        ({}, [EventKind.FAILURE, EventKind.COUNTDOWN], Action.PAUSE),
        ({"told": Level.MAYBE}, [EventKind.FAILURE, EventKind.COUNTDOWN], Action.PAUSE),
        ({"told": Level.FAILURE}, [], None),
        ({"muted": True}, [], None),
        ({"latch": Latch()}, [], None),
        ({"latch": Latch(Level.MAYBE, 900.0), "told": Level.FAILURE}, [], None),
        ({"latch": Latch(Level.MAYBE, 900.0)}, [EventKind.MAYBE], None),
        ({"latch": replace(FAILED, confirmed=True)}, [EventKind.FAILURE], None),
        ({"phase": Phase.PAUSED}, [EventKind.FAILURE], None),
        (
            {"blind": replace(BLIND, held_back=True), "told": Level.FAILURE},
            [EventKind.BLIND],
            None,
        ),
        ({"blind": replace(BLIND, held_back=True, accepted=True), "told": Level.FAILURE}, [], None),
        ({"blind": BLIND, "told": Level.FAILURE}, [], None),
        (
            {"blind_cameras": (replace(BLIND, camera="left", held_back=True),), "told": Level.FAILURE},
            [EventKind.CAMERA_BLIND],
            None,
        ),
    ],
)
def test_after_a_silence_what_was_held_back_is_told_and_planned(
    changes: dict[str, object], events: list[EventKind], action: Action | None
) -> None:
    """But nothing is done to a print that somebody paused, or said to fail."""
    state = replace(WATCHING, **({"latch": FAILED, "told": Level.NONE} | changes))
    step = tell_what_stands(state, PAUSES, NOW)
    assert [event.kind for event in step.events] == events
    assert not any(event.minor for event in step.events)
    assert coming(step.state.intervention) is action
    if EventKind.FAILURE in events:
        assert FAILED.verdict is not None
        assert step.events[0].detail == FAILED.verdict.reason
        assert step.state.told is Level.FAILURE
    if not state.muted:
        assert not any(one.held_back for one in step.state.blind_cameras)
        assert step.state.blind is None or not step.state.blind.held_back


def test_a_snooze_ends_at_its_time_and_what_stands_is_told() -> None:
    snoozed = replace(WATCHING, latch=FAILED, snoozed_until=NOW)
    assert due_action(snoozed, PAUSES, NOW - 0.1) is None
    step = due_action(snoozed, PAUSES, NOW)
    assert step is not None
    assert step.state.snoozed_until is None
    assert [event.kind for event in step.events] == [EventKind.FAILURE, EventKind.COUNTDOWN]


def test_a_pause_that_leaves_no_time_to_say_no_is_not_announced() -> None:
    at_once = WatchSettings(policy=Policy(on_failure=Action.PAUSE))
    step = tell_what_stands(replace(WATCHING, latch=FAILED), at_once, NOW)
    assert [event.kind for event in step.events] == [EventKind.FAILURE]
    assert step.state.intervention.countdown == Countdown(Action.PAUSE, NOW, NOW)


@pytest.mark.parametrize(("muted", "until"), [(True, None), (False, NOW + 5.0), (False, NOW), (False, None)])
def test_a_silence_calls_off_what_was_planned_and_tells_it_again_at_its_end(
    muted: bool, until: float | None
) -> None:
    before = planned(PAUSE_SOON, latch=FAILED, told=Level.FAILURE)
    step = silence(before, PAUSES, NOW, muted=muted, snoozed_until=until)
    is_silent = muted or until == NOW + 5.0
    assert (step.state.muted, step.state.snoozed_until) == (muted, until)
    assert step.state.intervention.countdown == (None if is_silent else PAUSE_SOON)
    assert step.state.told is (Level.NONE if is_silent else Level.FAILURE)
    assert step.events == ()
    if is_silent:
        ended = silence(step.state, PAUSES, NOW + 6.0, muted=False, snoozed_until=None)
        assert [event.kind for event in ended.events] == [EventKind.FAILURE, EventKind.COUNTDOWN]


# The life of a print


def lived(**changes: object) -> WatchState:
    """Return the state of a print of which much is known."""
    latch = replace(FAILED, quiet_since=950.0)
    return replace(
        WATCHING,
        started_at=400.0,
        latch=latch,
        told=Level.FAILURE,
        blind=BLIND,
        blind_cameras=(replace(BLIND, camera="left"),),
        look=look(980.0),
        next_look_at=1005.0,
        failed_looks=2,
        muted=True,
        snoozed_until=2000.0,
        **changes,
    )


def test_a_new_print_begins_with_nothing_of_the_one_before() -> None:
    step = start_print(lived(intervention=Intervention(done=True, pauses=2)), "two", "cube", NOW)
    after = step.state
    assert after == WatchState(
        phase=Phase.WATCHING,
        since=NOW,
        print_id="two",
        print_name="cube",
        started_at=NOW,
        next_look_at=NOW,
        memory=after.memory,
    )
    assert told(step.events) == [(EventKind.STARTED, "cube", Level.NONE)]
    assert start_print(replace(WATCHING, holds=("heating",)), "two", "", NOW).state.next_look_at is None


def test_a_print_that_ends_leaves_what_was_seen_last_and_what_was_learned() -> None:
    before = lived(holds=("heating",), intervention=Intervention(done=True, pauses=2))
    memory = replace(before.memory, statistics=TemporalStatistics(0.7, 0.5, 0.1, 40, 400, 40.0, 400.0))
    before = replace(before, memory=replace(memory, judged_at=980.0))
    step = end_print(before, "failed", NOW)
    after = step.state
    assert after == WatchState(phase=Phase.IDLE, since=NOW, look=before.look, memory=after.memory)
    assert after.memory.statistics == before.memory.statistics
    assert after.memory.judged_at == 980.0
    assert told(step.events) == [(EventKind.ENDED, "failed", Level.FAILURE)]
    assert step.events[0].print_id == "one"


def test_a_pause_stops_looking_and_proves_nothing_of_what_is_known() -> None:
    after = pause(lived(), Policy(), NOW).state
    assert (after.phase, after.since, after.next_look_at) == (Phase.PAUSED, NOW, None)
    assert after.latch == FAILED, "a quiet time is interrupted"
    assert after.blind == replace(BLIND, counted_from=None)


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        (Intervention(), Intervention(), []),
        (Intervention(PAUSE_SOON), Intervention(), []),
        (Intervention(CANCEL_SOON), Intervention(), [EventKind.CALLED_OFF]),
        (Intervention(UNANSWERED, done=True), Intervention(UNANSWERED, done=True), []),
        (
            Intervention(ordered=Order(Action.PAUSE, Cause.FAILURE)),
            Intervention(paused_at=NOW, done=True, pauses=1),
            [EventKind.ACTION],
        ),
        (
            Intervention(ordered=Order(Action.CANCEL, Cause.FAILURE)),
            Intervention(ordered=Order(Action.CANCEL, Cause.FAILURE)),
            [],
        ),
        (
            Intervention(ordered=Order(Action.CANCEL, Cause.FAILURE, next_try_at=1010.0)),
            Intervention(),
            [EventKind.CALLED_OFF],
        ),
    ],
)
def test_what_was_planned_is_off_once_somebody_paused_and_an_ordered_pause_is_done(
    before: Intervention, after: Intervention, events: list[EventKind]
) -> None:
    step = pause(replace(WATCHING, intervention=before), Policy(), NOW)
    assert step.state.intervention == after
    assert [event.kind for event in step.events] == events


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, False),
        ({"latch": FAILED}, True),
        ({"intervention": Intervention(paused_at=900.0, done=True)}, True),
        ({"intervention": Intervention(done=True)}, False),
    ],
)
def test_to_resume_is_an_answer_where_failwatch_had_asked(changes: dict[str, object], asked: bool) -> None:
    paused = replace(WATCHING, phase=Phase.PAUSED, **changes)
    step = resume(paused, WatchSettings(), NOW)
    assert (step.state.phase, step.state.since, step.state.next_look_at) == (Phase.WATCHING, NOW, NOW)
    assert [(event.kind, event.detail) for event in step.events] == (
        [(EventKind.ACKNOWLEDGED, "resumed")] if asked else []
    )
    assert resume(replace(paused, blind=BLIND), WatchSettings(), NOW).state.phase is Phase.BLIND
    assert resume(replace(paused, holds=("heating",)), WatchSettings(), NOW).state.next_look_at is None


def test_a_print_that_goes_on_after_a_restart_gets_its_countdown_again() -> None:
    known = planned(replace(PAUSE_SOON, due_at=999.0), phase=Phase.IDLE, latch=FAILED, told=Level.FAILURE)
    step = resume_known_print(known, PAUSES, NOW)
    assert (step.state.phase, step.state.since, step.state.next_look_at) == (Phase.WATCHING, NOW, NOW)
    assert step.state.intervention.countdown == Countdown(Action.PAUSE, NOW, NOW + 9.0)
    assert [event.kind for event in step.events] == [EventKind.COUNTDOWN]
    held_back = resume_known_print(replace(known, told=Level.NONE, intervention=Intervention()), PAUSES, NOW)
    assert [event.kind for event in held_back.events] == [EventKind.FAILURE, EventKind.COUNTDOWN]


def test_a_stored_state_is_at_rest_until_the_print_is_known_to_run() -> None:
    stored = lived(holds=("heating",), intervention=Intervention(PAUSE_SOON))
    after = rest(stored)
    assert after == replace(
        stored, phase=Phase.IDLE, holds=(), blind=None, next_look_at=None, failed_looks=0, latch=FAILED
    )
    nothing = rest(replace(stored, print_id=None))
    assert (nothing.intervention, nothing.snoozed_until, nothing.muted) == (Intervention(), None, False)
    assert nothing.latch == Latch()


def test_a_hold_stops_looking_and_one_by_the_file_is_only_silent() -> None:
    before = lived(intervention=Intervention(PAUSE_SOON), holds=("doors",))
    held = hold(before, "heating").state
    assert (held.holds, held.next_look_at, held.intervention) == (
        ("doors", "heating"),
        None,
        before.intervention,
    )
    assert (held.latch, held.told) == (FAILED, Level.FAILURE)
    off = hold(before, SWITCHED_OFF).state
    assert (off.holds, off.next_look_at) == (("doors", SWITCHED_OFF), 1005.0)
    assert (off.intervention, off.told) == (Intervention(), Level.NONE)


@pytest.mark.parametrize(
    ("phase", "holds", "looks_at"),
    [
        (Phase.WATCHING, ("heating",), NOW),
        (Phase.BLIND, ("heating",), NOW),
        (Phase.PAUSED, ("heating",), None),
        (Phase.IDLE, ("heating",), None),
        (Phase.WATCHING, ("heating", "doors"), None),
        (Phase.WATCHING, ("heating", SWITCHED_OFF), NOW),
    ],
)
def test_after_a_hold_the_watch_looks_at_once_unless_something_else_keeps_it(
    phase: Phase, holds: tuple[str, ...], looks_at: float | None
) -> None:
    held = replace(WATCHING, phase=phase, holds=holds, latch=replace(FAILED, quiet_since=9.0))
    step = release(held, "heating", PAUSES, NOW)
    assert (step.state.holds, step.state.next_look_at) == (holds[1:], looks_at)
    assert step.state.latch == FAILED
    assert step.events == ()


def test_once_the_file_switches_failwatch_on_again_what_stands_is_told() -> None:
    off = replace(WATCHING, holds=(SWITCHED_OFF,), latch=FAILED, next_look_at=NOW)
    step = release(off, SWITCHED_OFF, PAUSES, NOW)
    assert [event.kind for event in step.events] == [EventKind.FAILURE, EventKind.COUNTDOWN]


@pytest.mark.parametrize(
    ("on_failure", "after"),
    [(Action.PAUSE, Countdown(Action.PAUSE, NOW, NOW + 60.0, Cause.FAILURE)), (Action.NOTIFY, None)],
)
def test_a_failure_is_acted_on_though_a_doubts_action_that_came_first_was_switched_off(
    on_failure: Action, after: Countdown | None
) -> None:
    doubted = Intervention(Countdown(Action.PAUSE, NOW - 30.0, NOW + 30.0, Cause.MAYBE))
    state = replace(WATCHING, latch=FAILED, intervention=doubted)
    changed = under_policy(state, Policy(on_failure=on_failure, veto=60.0), NOW)
    assert changed.intervention == Intervention(after)


@pytest.mark.parametrize(
    ("next_look_at", "looks_at"), [(None, None), (NOW + 20.0, NOW + 20.0), (NOW + 900.0, NOW + 30.0)]
)
def test_changed_settings_cut_a_long_wait_short(next_look_at: float | None, looks_at: float | None) -> None:
    settings = WatchSettings(cadence=Cadence(interval=30.0))
    state = replace(WATCHING, next_look_at=next_look_at)
    assert look_in_time(state, settings, cameras=1, now=NOW).next_look_at == looks_at


def test_changed_settings_cut_a_wait_no_shorter_than_their_budget_allows() -> None:
    settings = WatchSettings(cadence=Cadence(interval=30.0, calls_per_hour=10))
    state = replace(WATCHING, next_look_at=9 * 3600.0, calls=Calls("1970-01-01T00", 0, "1970-01", 0))
    assert look_in_time(state, settings, cameras=2, now=0.0).next_look_at == 720.0


@pytest.mark.parametrize(("interval", "gap"), [(5.0, 60.0), (20.0, 60.0), (21.0, 63.0)])
def test_three_intervals_and_at_least_a_minute_without_a_look_are_a_gap(interval: float, gap: float) -> None:
    assert gap_after(interval) == gap


# Answers

DONE = Intervention(UNANSWERED, paused_at=900.0, done=True, pauses=1)


@pytest.mark.parametrize(
    ("said", "accepted", "intervention", "stands", "tells"),
    [
        (Answer.FAILURE, False, DONE, Level.FAILURE, Level.FAILURE),
        (Answer.NOT_A_FAILURE, True, Intervention(pauses=1), Level.NONE, Level.MAYBE),
        (Answer.CLEARED, True, Intervention(pauses=1), Level.NONE, Level.MAYBE),
        (Answer.RESUMED, True, Intervention(pauses=1), Level.NONE, Level.MAYBE),
        (Answer.WITHDRAWN, False, Intervention(pauses=1), Level.NONE, Level.MAYBE),
    ],
)
def test_an_answer_calls_off_what_was_planned_unless_it_says_that_the_print_fails(
    said: Answer, accepted: bool, intervention: Intervention, stands: Level, tells: Level
) -> None:
    """Whoever answers knows that FailWatch is blind, and may take that back."""
    before = replace(
        WATCHING,
        latch=Latch(Level.MAYBE, 900.0),
        told=Level.MAYBE,
        intervention=DONE,
        blind=replace(BLIND, accepted=said is Answer.WITHDRAWN),
    )
    step = answer(before, said, WatchSettings(), NOW)
    after = step.state
    assert (after.level, after.told) == (stands, stands)
    assert after.intervention == intervention
    assert after.blind is not None
    assert after.blind.accepted is accepted
    assert told(step.events) == [(EventKind.ACKNOWLEDGED, said.value, tells)]
    assert answer(replace(before, blind=None), said, WatchSettings(), NOW).state.blind is None


def test_what_is_accepted_is_the_last_look_with_its_places() -> None:
    box = Box(0.1, 0.1, 0.2, 0.2, 0.9)
    seen = replace(look(990.0), p=0.6, views=(CameraView("left", 0.6, (box,)),))
    before = replace(WATCHING, latch=FAILED, look=seen)
    acceptance = answer(before, Answer.NOT_A_FAILURE, WatchSettings(), NOW).state.memory.acceptance
    assert acceptance is not None
    assert (acceptance.seen, acceptance.boxes, acceptance.at) == (0.6, {"left": (box,)}, NOW)
    unseen = answer(replace(before, look=None), Answer.NOT_A_FAILURE, WatchSettings(), NOW)
    acceptance = unseen.state.memory.acceptance
    assert acceptance is not None
    assert (acceptance.seen, acceptance.boxes) == (0.0, {})


# A clock that is put right


def test_every_time_of_a_state_moves_with_the_clock() -> None:
    def at(moment: float) -> WatchState:
        return replace(
            WATCHING,
            since=moment,
            started_at=moment - 1,
            look=look(moment - 2),
            latch=Latch(Level.MAYBE, moment - 3, quiet_since=moment - 4, silent_until=moment + 5),
            snoozed_until=moment + 6,
            next_look_at=moment + 7,
            intervention=Intervention(UNANSWERED, paused_at=moment - 8, done=True, pauses=1),
        )

    for seconds in (3600.0, -3600.0):
        moved = shift_times(at(9000.0), seconds)
        countdown = replace(UNANSWERED, announced_at=990.0 + seconds, due_at=1020.0 + seconds)
        expected = at(9000.0 + seconds)
        assert moved == replace(expected, intervention=replace(expected.intervention, countdown=countdown))
    assert shift_times(WatchState(), 60.0) == WatchState(since=60.0)


class WanderingClock(VirtualClock):
    """One that the system's clock differs from."""

    off = 0.0

    def step(self) -> float:
        """Return by how much."""
        return self.off

    def follow(self, step: float) -> None:
        """Note that the watch follows it."""
        self.off -= step


@pytest.mark.parametrize("off", [2.0, -2.0])
async def test_a_watch_follows_the_systems_clock_once_it_is_two_seconds_off(off: float) -> None:
    clock = WanderingClock()
    async with watching(ScriptedDetector([0.0]), clock=clock) as run:
        run.watch.start("one")
        await run.frames(1)
        began = run.watch.state.started_at
        assert began is not None
        clock.off = 0.99 * off
        await run.frames(5)
        assert (run.watch.state.started_at, clock.off) == (began, 0.99 * off)
        clock.off = off
        await run.until(lambda: clock.off == 0)
        assert run.watch.state.started_at == began + off


# Faults that nobody thought of


@pytest.mark.parametrize("where", ["camera", "detector"])
async def test_a_fault_of_the_program_makes_blind_and_says_which(where: str) -> None:
    async def broken() -> bytes:
        raise ZeroDivisionError

    cameras = [Camera(broken)] if where == "camera" else None
    script: list[float | Exception] = [0.0, ZeroDivisionError()] if where == "detector" else [0.0]
    async with watching(ScriptedDetector(script), cameras=cameras) as run:
        run.watch.start("one")
        await run.told(EventKind.BLIND)
        assert run.watch.state.blind is not None
        assert run.watch.state.blind.reason == "unavailable"
        assert run.watch.state.blind.detail == "Unexpected: ZeroDivisionError"


class Slow(ScriptedDetector):
    """Answers once it may."""

    async def detect(self, frame: Frame) -> Detection:
        detection = await super().detect(frame)
        await self.allowed.wait()
        return detection

    def __post_init__(self) -> None:
        super().__post_init__()
        self.allowed = asyncio.Event()


@pytest.mark.parametrize("done", ["pause", "end", "hold", ""])
async def test_an_answer_that_is_under_way_does_not_count_once_nobody_should_look(done: str) -> None:
    detector = Slow([0.5])
    async with watching(detector) as run:
        run.watch.start("one")
        await run.until(lambda: bool(detector.frames))
        if done == "pause":
            run.watch.pause()
        elif done:
            getattr(run.watch, done)("heating")
        detector.allowed.set()
        await run.idle_for(5.0)
        assert (run.watch.state.look is None) is bool(done)


async def test_a_snooze_lasts_as_long_as_was_said_and_0_ends_it() -> None:
    async with watching(ScriptedDetector([0.0])) as run:
        run.watch.start("one")
        run.watch.snooze(0.5)
        assert run.watch.state.snoozed_until == run.clock.time + 0.5
        run.watch.snooze(0)
        assert run.watch.state.snoozed_until is None
