"""What FailWatch is about to do to a print, as steps from one state of a watch to the next.

Nothing is done here: an ACTION event asks the host to do it.
"""

from __future__ import annotations

from dataclasses import replace

from . import policy as policies
from .life import News
from .policy import Action, Policy
from .state import Event, EventKind, Phase, WatchState


def due_at(state: WatchState, policy: Policy, now: float) -> float | None:
    """Return when something will come due without another look, None if nothing will."""
    countdown = state.intervention.countdown
    if countdown is not None and state.phase is not Phase.IDLE:
        return countdown.due_at
    return _blind_too_long_at(state, policy, now)


def come_due(state: WatchState, policy: Policy, now: float) -> News | None:
    """Take one step that is due, None if none is: to announce a pause, or to have an action carried out."""
    blind_too_long_at = _blind_too_long_at(state, policy, now)
    if blind_too_long_at is not None and now >= blind_too_long_at:
        announced = policies.announce(state.intervention, Action.PAUSE, now, now + policy.veto)
        if announced is not state.intervention:
            return replace(state, intervention=announced), ()
    countdown = state.intervention.countdown
    if countdown is None or now < countdown.due_at or state.phase is Phase.IDLE:
        return None
    carried_out = policies.carried_out(policy, countdown.action, now)
    event = Event(EventKind.ACTION, now, state.print_id, countdown.action, state.level)
    return replace(state, intervention=carried_out), (event,)


def begun_anew(state: WatchState, now: float) -> News:
    """A restart interrupted a countdown: it begins again, so that the user has all of its time."""
    return replace(state, intervention=policies.begun_anew(state.intervention, now)), ()


def announcements(before: WatchState, after: WatchState) -> tuple[Event, ...]:
    """Return the event that tells of a new countdown, if one began between two states."""
    countdown = after.intervention.countdown
    if (
        countdown is None
        or countdown == before.intervention.countdown
        or countdown.due_at <= countdown.announced_at
    ):
        return ()
    at, action = countdown.announced_at, countdown.action
    return (Event(EventKind.COUNTDOWN, at, after.print_id, action, after.level),)


def _blind_too_long_at(state: WatchState, policy: Policy, now: float) -> float | None:
    """Return when being blind leads to a pause, None if it does not."""
    blind_for = policy.pause_when_blind_after
    if blind_for is None or state.phase is not Phase.BLIND or state.blind is None:
        return None
    if state.blind.accepted or state.intervention.done or state.is_silent(now):
        return None
    return state.blind.since + blind_for
