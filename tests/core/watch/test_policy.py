"""The policy: what FailWatch does about a level, and when."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.judging.judge import Memory
from octoprint_failwatch.engine.judging.latch import Latch
from octoprint_failwatch.engine.judging.verdict import Level, Verdict
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.watch.look import CameraAnswer, combine
from octoprint_failwatch.engine.watch.look_outcome import look_answered
from octoprint_failwatch.engine.watch.policy import (
    FIRST_TRIES,
    RETRY_LATER,
    RETRY_SOON,
    Action,
    Cause,
    Countdown,
    Intervention,
    Order,
    Policy,
    after_absence,
    after_pause,
    announce_action,
    arm_again,
    call_off,
    call_off_for,
    fail,
    give_order,
    plan_action,
    settle,
    try_again,
    under,
)
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import Phase, WatchState

actions = st.sampled_from(Action)
acting = st.sampled_from([Action.PAUSE, Action.CANCEL])
times = st.floats(0, 1e9)
moments, seconds = st.integers(0, 10**9), st.integers(0, 600)
policies = st.builds(
    Policy,
    on_maybe=actions,
    on_failure=actions,
    veto=st.floats(0, 600),
    cancel_after=st.none() | st.floats(1, 1e5),
)


@given(policies, st.sampled_from(Level), times)
def test_a_plan_gives_the_user_the_promised_time(policy: Policy, level: Level, at: float) -> None:
    """And touches the print only if the policy says so."""
    planned = plan_action(Intervention(), policy, level, at).countdown
    wanted = {Level.MAYBE: policy.on_maybe, Level.FAILURE: policy.on_failure}.get(level, Action.NOTHING)
    if wanted in (Action.PAUSE, Action.CANCEL):
        assert planned == Countdown(wanted, at, at + policy.veto, Cause(level.value))
    else:
        assert planned is None


@given(policies, acting, times, times)
def test_a_cancel_follows_a_pause_only_once_that_has_happened(
    policy: Policy, action: Action, at: float, later: float
) -> None:
    """Its time begins with the confirmation, and nothing more is planned before somebody answers."""
    ordered = give_order(Intervention(Countdown(action, at, at)), action, Cause.FAILURE)
    assert ordered.countdown is None
    assert fail(ordered, "busy", at).countdown is None
    done = settle(ordered, policy, later)
    assert done.done
    follows = policy.cancel_after is not None and action is Action.PAUSE
    cancel = Countdown(Action.CANCEL, later, later + (policy.cancel_after or 0), Cause.UNANSWERED)
    assert done.countdown == (cancel if follows else None)
    assert (done.paused_at, done.pauses) == ((later, 1) if action is Action.PAUSE else (None, 0))
    for level in Level:
        assert plan_action(done, policy, level, later) == done
        assert plan_action(call_off(done), policy, level, later).countdown is None
        assert plan_action(arm_again(done), policy, level, later) == plan_action(
            Intervention(pauses=done.pauses), policy, level, later
        )


@given(acting, acting, moments, seconds, seconds, seconds)
def test_nothing_announced_is_put_off_or_weakened(
    first: Action, second: Action, at: int, passed: int, veto: int, other_veto: int
) -> None:
    """What comes first comes, but a cancel replaces a pause and leaves the promised time."""
    running = announce_action(Intervention(), Policy(veto=veto), first, Cause.MAYBE, at)
    again = announce_action(running, Policy(veto=other_veto), second, Cause.FAILURE, at + passed).countdown
    kept = running.countdown
    new = Countdown(second, at + passed, at + passed + other_veto, Cause.FAILURE)
    if (first, second) == (Action.PAUSE, Action.CANCEL):
        assert again == new
    else:
        assert kept is not None
        assert again == (kept if kept.due_at <= new.due_at else new)


def test_a_print_is_paused_as_often_as_allowed() -> None:
    """Each answer arms it again, up to the number that the user set."""
    policy, intervention = Policy(on_failure=Action.PAUSE, max_pauses=2), Intervention()
    pauses = 0
    for _ in range(5):
        intervention = plan_action(arm_again(intervention), policy, Level.FAILURE, 0.0)
        if intervention.countdown is not None:
            intervention = settle(give_order(intervention, Action.PAUSE, Cause.FAILURE), policy, 1.0)
            pauses += 1
    assert pauses == 2


def test_an_order_that_is_not_obeyed_is_given_again_soon_then_seldom() -> None:
    """Each reason is kept once."""
    intervention, waits = give_order(Intervention(), Action.PAUSE, Cause.FAILURE), []
    for number in range(8):
        intervention = fail(intervention, "busy" if number < 4 else "hangs", 100.0)
        assert intervention.ordered is not None
        waits.append((intervention.ordered.next_try_at or 0.0) - 100.0)
        intervention = try_again(intervention)
    assert waits == [RETRY_SOON] * (FIRST_TRIES - 1) + [RETRY_LATER] * (9 - FIRST_TRIES)
    assert intervention.ordered is not None
    assert intervention.ordered.problems == ("busy", "hangs")


def test_the_users_own_pause_is_none_of_failwatchs() -> None:
    """It is verified the same way, but whoever resumes after it has answered nothing."""
    ordered = give_order(Intervention(), Action.PAUSE, Cause.USER)
    assert settle(ordered, Policy(cancel_after=60.0), 5.0) == Intervention()


def test_what_nobody_saw_out_begins_again() -> None:
    """A countdown that still runs goes on; one that ran out, and an unconfirmed order, get all of their time."""
    policy = Policy(veto=30.0)
    running = Intervention(Countdown(Action.PAUSE, 100.0, 160.0))
    assert after_absence(running, policy, 150.0) == running
    assert after_absence(running, policy, 500.0).countdown == Countdown(Action.PAUSE, 500.0, 560.0)
    ordered = give_order(running, Action.PAUSE, Cause.MAYBE)
    again = after_absence(ordered, policy, 500.0)
    assert again.countdown == Countdown(Action.PAUSE, 500.0, 530.0, Cause.MAYBE)
    assert again.ordered is None
    assert replace(again, countdown=None) == Intervention()


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize("action", [Action.PAUSE, Action.CANCEL])
def test_of_what_was_planned_a_pause_keeps_what_nobody_answered_or_somebody_ordered(
    action: Action, cause: Cause
) -> None:
    """A cancel that is to be tried again is one of what was planned; one that is being carried out is not."""
    countdown = Countdown(action, 100.0, 200.0, cause)
    kept = after_pause(Intervention(countdown, paused_at=90.0)).countdown
    assert kept == (countdown if cause is Cause.UNANSWERED else None)
    for again in (None, 300.0):
        order = Order(action, cause, next_try_at=again)
        stays = action is Action.PAUSE or again is None or cause in (Cause.UNANSWERED, Cause.USER)
        assert after_pause(Intervention(ordered=order)).ordered == (order if stays else None)


@pytest.mark.parametrize(("level", "cause"), [(Level.MAYBE, Cause.MAYBE), (Level.FAILURE, Cause.FAILURE)])
@pytest.mark.parametrize(("quiet_for", "stays"), [(10.0, True), (700.0, False)])
def test_what_clears_by_itself_in_time_is_not_paused_for(
    level: Level, cause: Cause, quiet_for: float, stays: bool
) -> None:
    """The pause is off with the level that it was announced for, and not before."""
    now = 1000.0
    countdown = Countdown(Action.PAUSE, 200.0, 4000.0, cause)
    state = WatchState(
        print_id="print-1",
        phase=Phase.WATCHING,
        memory=Memory(judged_at=now - 10),
        latch=Latch(level, 200.0, Verdict(level), quiet_since=now - quiet_for),
        intervention=Intervention(countdown),
        told=level,
    )
    seen = CameraAnswer(Frame(b"", now, "printer", "print-1"), Detection(0.02))
    result = combine([seen], [], 1)
    after = look_answered(state, WatchSettings(), result, started=now, now=now, latency=0.1).state
    assert after.level is (level if stays else Level.NONE)
    assert after.told is after.level
    assert after.intervention.countdown == (countdown if stays else None)


def test_an_order_under_way_can_only_be_called_off_too_late() -> None:
    """It may happen all the same, and is planned anew neither after a restart nor if it fails."""
    planned = Intervention(ordered=Order(Action.PAUSE, Cause.BLIND), pauses=1)
    too_late = call_off_for(planned, Cause.BLIND)
    assert too_late == arm_again(planned)
    assert too_late.ordered == Order(Action.PAUSE, Cause.BLIND, called_off=True)
    assert after_absence(too_late, Policy(), 10.0) == fail(too_late, "busy", 10.0) == Intervention(pauses=1)
    assert settle(too_late, Policy(cancel_after=60.0), 10.0) == Intervention(paused_at=10.0, pauses=2)
    again = announce_action(too_late, Policy(), Action.PAUSE, Cause.FAILURE, 10.0)
    assert again.countdown is not None
    assert fail(too_late, "pausing", 10.0, is_pending=True) == too_late
    assert call_off(fail(planned, "pausing", 10.0, is_pending=True)).ordered == replace(
        too_late.ordered, is_pending=True, problems=("pausing",)
    )
    waiting = fail(planned, "busy", 10.0)
    assert call_off(waiting) == Intervention(pauses=1)


ASKS = Policy(
    on_maybe=Action.PAUSE, on_failure=Action.CANCEL, pause_when_blind_after=60.0, cancel_after=600.0
)


@pytest.mark.parametrize(
    ("cause", "action", "changes"),
    [
        (Cause.MAYBE, Action.PAUSE, {"on_maybe": Action.NOTIFY}),
        (Cause.FAILURE, Action.CANCEL, {"on_failure": Action.NOTHING}),
        (Cause.BLIND, Action.PAUSE, {"pause_when_blind_after": None}),
        (Cause.UNANSWERED, Action.CANCEL, {"cancel_after": None}),
    ],
)
def test_what_a_changed_policy_no_longer_asks_for_does_not_come(
    cause: Cause, action: Action, changes: dict[str, Action | None]
) -> None:
    counting = Intervention(Countdown(action, 0.0, 600.0, cause), paused_at=0.0, pauses=1)
    tried = Intervention(ordered=Order(action, cause, next_try_at=30.0))
    given = Intervention(ordered=Order(action, cause))
    changed = replace(ASKS, **changes)  # type: ignore[arg-type]
    assert under(counting, ASKS) == counting
    assert under(counting, changed) == replace(counting, countdown=None)
    assert under(tried, ASKS) == tried
    assert under(tried, changed).ordered is None
    assert under(given, changed) == call_off(given), "it may still happen"


def test_what_comes_follows_a_changed_policy() -> None:
    for before, after in ((Action.PAUSE, Action.CANCEL), (Action.CANCEL, Action.PAUSE)):
        planned = Intervention(Countdown(before, 0.0, 60.0, Cause.FAILURE))
        countdown = under(planned, Policy(on_failure=after, cancel_after=600.0)).countdown
        assert countdown == Countdown(after, 0.0, 60.0, Cause.FAILURE)
    unanswered = Intervention(Countdown(Action.CANCEL, 100.0, 700.0, Cause.UNANSWERED), paused_at=100.0)
    for cancel_after, due_at in ((1200.0, 1300.0), (60.0, 700.0)):
        countdown = under(unanswered, replace(ASKS, cancel_after=cancel_after)).countdown
        assert countdown == Countdown(Action.CANCEL, 100.0, due_at, Cause.UNANSWERED)


def test_what_the_user_ordered_is_no_matter_of_policy() -> None:
    ordered = Intervention(ordered=Order(Action.PAUSE, Cause.USER))
    assert under(ordered, Policy()) == ordered
    assert under(Intervention(), Policy()) == Intervention()
