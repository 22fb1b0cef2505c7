"""Plan, carry out and confirm actions on a print, as steps of the state machine."""

from __future__ import annotations

from dataclasses import replace

from .blindness import tell_held_back
from .policy import (
    Action,
    Cause,
    Intervention,
    Policy,
    after_pause,
    announce_action,
    fail,
    give_order,
    plan_action,
    settle,
    try_again,
)
from .settings import WatchSettings
from .state import Event, EventKind, Phase, Step, WatchState


def due_at(state: WatchState, policy: Policy, now: float) -> float | None:
    """Return when the next action is due even without another look, None if none is planned."""
    if state.phase is Phase.IDLE:
        return None
    intervention = state.intervention
    moments = [
        intervention.countdown.due_at if intervention.countdown else None,
        intervention.ordered.next_try_at if intervention.ordered else None,
        _blind_too_long_at(state, policy, now),
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def due_action(state: WatchState, settings: WatchSettings, now: float) -> Step | None:
    """Return the next due step, None if there is none."""
    if state.phase is Phase.IDLE:
        return None
    policy, before = settings.policy, state.intervention
    if state.snoozed_until is not None and now >= state.snoozed_until:
        return tell_what_stands(replace(state, snoozed_until=None), settings, now)
    blind_too_long_at = _blind_too_long_at(state, policy, now)
    if blind_too_long_at is not None and now >= blind_too_long_at:
        announced = announce_action(before, policy, Action.PAUSE, Cause.BLIND, now)
        if announced is not before:
            after = replace(state, intervention=announced)
            return Step(after, countdown_event(after, before))
    order, countdown = before.ordered, before.countdown
    if order is not None and order.next_try_at is not None and now >= order.next_try_at:
        return Step(replace(state, intervention=try_again(before)), order=order.action)
    if countdown is not None and now >= countdown.due_at:
        return give(state, countdown.action, countdown.cause)
    return None


def give(state: WatchState, action: Action, cause: Cause) -> Step:
    """Have the host carry an action out."""
    return Step(replace(state, intervention=give_order(state.intervention, action, cause)), order=action)


def acted(
    state: WatchState,
    action: Action,
    policy: Policy,
    now: float,
    problem: str = "",
    *,
    is_pending: bool = False,
) -> Step:
    """Record that the print obeyed, or why it did not; `is_pending` says that it may still."""
    before = state.intervention
    order = before.ordered
    if order is None or order.action is not action:
        return Step(state)
    if problem:
        after = replace(state, intervention=fail(before, problem, now, is_pending=is_pending))
        if state.phase is Phase.PAUSED:
            # Somebody paused the print while it was to be cancelled, which is not tried again behind their back.
            after = replace(after, intervention=after_pause(after.intervention))
            if after.intervention.ordered is None and not order.called_off:
                return Step(after, (called_off(state, action, now),))
        if problem in order.problems or order.called_off:
            return Step(after)
        detail = f"{action}: {problem}"
        return Step(after, (Event(EventKind.ACTION_FAILED, now, state.print_id, detail, state.level),))
    after = replace(state, intervention=settle(before, policy, now))
    if order.cause is Cause.USER:
        return Step(after)
    done = Event(EventKind.ACTION, now, state.print_id, action.value, state.level)
    return Step(after, (done, *countdown_event(after, before)))


def called_off(state: WatchState, action: Action, now: float) -> Event:
    """Return the event that says that an announced action does not come, as the print was paused."""
    return Event(EventKind.CALLED_OFF, now, state.print_id, action.value, state.level)


def tell_what_stands(state: WatchState, settings: WatchSettings, now: float) -> Step:
    """Report and plan after a silence what it held back."""
    if state.is_silent(now):
        return Step(state)
    blind, cameras, events = tell_held_back(state.blind, state.blind_cameras, print_id=state.print_id, at=now)
    state = replace(state, blind=blind, blind_cameras=cameras)
    if state.level.rank <= state.told.rank:
        return Step(state, events)
    verdict = state.latch.verdict
    event = Event(
        EventKind(state.level.value), now, state.print_id, verdict.reason if verdict else "", state.level
    )
    before = state.intervention
    intervention = before
    # A print that somebody paused must not be paused again, nor be cancelled for that.
    if not state.latch.confirmed and state.phase is not Phase.PAUSED:
        intervention = plan_action(before, settings.policy, state.level, now)
    state = replace(state, told=state.level, intervention=intervention)
    return Step(state, (*events, event, *countdown_event(state, before)))


def countdown_event(after: WatchState, before: Intervention) -> tuple[Event, ...]:
    """Return the event that tells of a countdown that was not there before and leaves any time."""
    countdown = after.intervention.countdown
    if countdown is None or countdown == before.countdown or countdown.due_at <= countdown.announced_at:
        return ()
    event = Event(
        EventKind.COUNTDOWN, countdown.announced_at, after.print_id, countdown.action.value, after.level
    )
    return (event,)


def _blind_too_long_at(state: WatchState, policy: Policy, now: float) -> float | None:
    """Return when the blindness leads to a pause, None if it never does."""
    blind_for, blind = policy.pause_when_blind_after, state.blind
    if blind_for is None or blind is None or state.phase is not Phase.BLIND:
        return None
    before = state.intervention
    pending = before.done or before.wanted_order or before.countdown
    if blind.accepted or blind.counted_from is None or pending or state.is_silent(now):
        return None
    return blind.counted_from + blind_for
