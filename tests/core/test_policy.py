"""What a level leads to, and when."""

from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.watch.policy import (
    Action,
    Countdown,
    Intervention,
    Policy,
    announce,
    answered,
    carried_out,
    plan,
)

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
    planned = plan(Intervention(), policy, level, at).countdown
    wanted = {Level.MAYBE: policy.on_maybe, Level.FAILURE: policy.on_failure}.get(level, Action.NOTHING)
    if wanted in (Action.PAUSE, Action.CANCEL):
        assert planned == Countdown(wanted, at, at + policy.veto)
    else:
        assert planned is None


@given(policies, acting, times, times)
def test_a_print_is_touched_once(policy: Policy, action: Action, at: float, later: float) -> None:
    """After an action nothing more is planned, but for the cancel that the policy adds to a pause."""
    done = carried_out(policy, action, at)
    assert done.done
    follows = policy.cancel_after is not None and action is Action.PAUSE
    assert (done.countdown == Countdown(Action.CANCEL, at, at + (policy.cancel_after or 0))) is follows
    for level in Level:
        assert plan(done, policy, level, later) == done
        assert plan(answered(done), policy, level, later).countdown is None


@given(acting, acting, moments, seconds, seconds, seconds)
def test_nothing_announced_is_put_off_or_weakened(
    first: Action, second: Action, at: int, passed: int, veto: int, other_veto: int
) -> None:
    """What comes first comes, but a cancel replaces a pause and leaves the promised time."""
    running = announce(Intervention(), first, at, at + veto)
    again = announce(running, second, at + passed, at + passed + other_veto).countdown
    kept, new = running.countdown, Countdown(second, at + passed, at + passed + other_veto)
    if (first, second) == (Action.PAUSE, Action.CANCEL):
        assert again == new
    else:
        assert again == (kept if kept.due_at <= new.due_at else new)


def test_an_answer_stops_what_is_coming() -> None:
    """And does not make it happen again."""
    running = announce(Intervention(), Action.CANCEL, 0.0, 60.0)
    assert answered(running) == Intervention()
