"""Start, pause and end a print, and apply the user's answers, as steps of the state machine.

Pure functions: a step holds the new state, the events that led to it, and the orders for the host.
"""

from __future__ import annotations

from dataclasses import replace

from ..judging.assessment import Answer, Assessment, answered, interrupted, moved, shifted
from ..judging.judge import Memory
from ..judging.latch import Latch
from ..judging.verdict import Level
from . import blindness
from .actions import acted, called_off, countdown_event, tell_what_stands
from .cadence import hourly_spacing, next_interval
from .policy import (
    Action,
    Intervention,
    Policy,
    after_absence,
    after_pause,
    arm_again,
    call_off,
    coming,
    plan_action,
    under,
)
from .settings import WatchSettings
from .state import SWITCHED_OFF, Blind, Event, EventKind, Phase, Step, WatchState, keep_from_looking

LOOKING = (Phase.WATCHING, Phase.BLIND)
"""Phases in which a print is looked at."""


# The life of a print


def start_print(state: WatchState, print_id: str, name: str, now: float) -> Step:
    """Begin a print; of what was learned, only what belongs to the printer is kept."""
    begun = replace(
        state.assessed(state.assessment.for_new_print()),
        print_id=print_id,
        print_name=name,
        started_at=now,
        phase=Phase.WATCHING,
        since=now,
        blind=None,
        blind_cameras=(),
        look=None,
        intervention=Intervention(),
        next_look_at=_look_at(state.holds, now),
        failed_looks=0,
        told=Level.NONE,
    )
    return Step(begun, (Event(EventKind.STARTED, now, print_id, name),))


def resume_known_print(state: WatchState, settings: WatchSettings, now: float) -> Step:
    """Resume the print that was known before: it still runs. A silence by its file is over, as no hold is kept."""
    before = state.intervention
    state = replace(
        _after_gap(state),
        phase=Phase.WATCHING,
        since=now,
        next_look_at=_look_at(state.holds, now),
        intervention=after_absence(before, settings.policy, now),
    )
    told = tell_what_stands(state, settings, now)
    return Step(told.state, (*countdown_event(state, before), *told.events))


def pause(state: WatchState, policy: Policy, now: float) -> Step:
    """Stop looking: the print is paused. Keep all that is known; an ordered pause counts as done."""
    before = state.intervention
    state = replace(
        _after_gap(state),
        phase=Phase.PAUSED,
        since=now,
        next_look_at=None,
        intervention=after_pause(before),
    )
    if before.ordered is not None and before.ordered.action is Action.PAUSE:
        return acted(state, Action.PAUSE, policy, now)
    if coming(before) is Action.CANCEL and coming(state.intervention) is None:
        return Step(state, (called_off(state, Action.CANCEL, now),))
    return Step(state)


def resume(state: WatchState, settings: WatchSettings, now: float) -> Step:
    """Look again. Resuming after an alarm, or after a pause by FailWatch, counts as "not a failure"."""
    was_asked = state.level is not Level.NONE or state.intervention.paused_at is not None
    phase = Phase.BLIND if state.blind else Phase.WATCHING
    looks_at = _look_at(state.holds, now)
    resumed = replace(_after_gap(state), phase=phase, since=now, next_look_at=looks_at)
    return answer(resumed, Answer.RESUMED, settings, now) if was_asked else Step(resumed)


def end_print(state: WatchState, outcome: str, now: float) -> Step:
    """End the print, and all that belongs to it."""
    learned = state.assessment.for_new_print().memory
    # What was seen last is still shown.
    memory = replace(learned, statistics=state.memory.statistics, judged_at=state.memory.judged_at)
    ended = replace(
        state.assessed(Assessment(memory)),
        phase=Phase.IDLE,
        since=now,
        print_id=None,
        started_at=None,
        holds=(),
        blind=None,
        blind_cameras=(),
        intervention=Intervention(),
        next_look_at=None,
        failed_looks=0,
        told=Level.NONE,
    )
    return Step(ended, (Event(EventKind.ENDED, now, state.print_id, outcome, state.level),))


def hold(state: WatchState, reason: str) -> Step:
    """Do not look for now; or, where the print's file switches FailWatch off, look on and be silent."""
    held = replace(_after_gap(state), holds=(*state.holds, reason))
    return Step(_silenced(held) if reason == SWITCHED_OFF else replace(held, next_look_at=None))


def release(state: WatchState, reason: str, settings: WatchSettings, now: float) -> Step:
    """Remove a reason for not looking, or for being silent; look at once if none is left that forbids it."""
    holds = tuple(other for other in state.holds if other != reason)
    looks_at = _look_at(holds, now) if state.phase in LOOKING else None
    released = replace(_after_gap(state), holds=holds, next_look_at=looks_at)
    return tell_what_stands(released, settings, now) if reason == SWITCHED_OFF else Step(released)


def under_policy(state: WatchState, policy: Policy, now: float) -> WatchState:
    """Return the state after the settings changed, without actions that they no longer ask for."""
    before = state.intervention
    after = under(before, policy)
    if before.countdown is not None and after.countdown is None:
        # It may have come in the place of one that the settings do ask for.
        after = plan_action(after, policy, state.level, now)
    return replace(state, intervention=after)


def look_in_time(state: WatchState, settings: WatchSettings, *, cameras: int, now: float) -> WatchState:
    """Return the state after the settings changed, with a long wait that the old ones asked for cut short."""
    if state.next_look_at is None:
        return state
    spacing = hourly_spacing(settings.cadence, state.calls, now, cameras)
    wait = next_interval(settings.cadence, calm=False, at_least=spacing)
    return replace(state, next_look_at=min(state.next_look_at, now + wait))


def answered_by(state: WatchState, kind: str) -> WatchState:
    """Return the state for an answer of that kind of detector, without what another kind found normal.

    That is kept while a level stands: a detector that only begins to learn would take it back.
    """
    if state.detector == kind or (state.detector and state.level is not Level.NONE):
        return state
    return replace(state, detector=kind, memory=Memory() if state.detector else state.memory)


def rest(state: WatchState) -> WatchState:
    """Return a stored state with nothing under way: its print may be over by now."""
    state = _after_gap(state)
    if state.print_id is None:
        state = replace(state, intervention=Intervention(), snoozed_until=None, muted=False, latch=Latch())
    return replace(state, phase=Phase.IDLE, holds=(), blind=None, next_look_at=None, failed_looks=0)


def shift_times(state: WatchState, seconds: float) -> WatchState:
    """Return the state with all its times moved by as many seconds as the system's clock was corrected."""

    def of_blind(blind: Blind) -> Blind:
        return replace(blind, since=blind.since + seconds, counted_from=moved(blind.counted_from, seconds))

    intervention = state.intervention
    countdown, order = intervention.countdown, intervention.ordered
    if countdown is not None:
        countdown = replace(
            countdown, announced_at=countdown.announced_at + seconds, due_at=countdown.due_at + seconds
        )
    if order is not None:
        order = replace(order, next_try_at=moved(order.next_try_at, seconds))
    return replace(
        state.assessed(shifted(state.assessment, seconds)),
        since=state.since + seconds,
        started_at=moved(state.started_at, seconds),
        blind=None if state.blind is None else of_blind(state.blind),
        blind_cameras=tuple(of_blind(blind) for blind in state.blind_cameras),
        look=None if state.look is None else replace(state.look, at=state.look.at + seconds),
        intervention=replace(
            intervention,
            countdown=countdown,
            ordered=order,
            paused_at=moved(intervention.paused_at, seconds),
        ),
        next_look_at=moved(state.next_look_at, seconds),
    )


# What the user says


def answer(state: WatchState, said: Answer, settings: WatchSettings, now: float) -> Step:
    """Apply the user's answer about the print."""
    stood = state.level
    p, boxes = (state.look.p, state.look.places) if state.look else (0.0, {})
    assessment = answered(state.assessment, said, now, settings.latch_times, p=p, boxes=boxes)
    after = state.assessed(assessment)
    blind, intervention, told = state.blind, arm_again(state.intervention), Level.NONE
    if said is Answer.FAILURE:
        intervention, told = state.intervention, Level.FAILURE
    elif said is Answer.WITHDRAWN:
        blind = None if blind is None else replace(blind, accepted=False)
    elif blind is not None:
        blind = replace(blind, accepted=True)
    after = replace(after, blind=blind, intervention=intervention, told=told)
    level = Level.FAILURE if said is Answer.FAILURE else stood
    return Step(after, (Event(EventKind.ACKNOWLEDGED, now, state.print_id, said.value, level),))


def silence(
    state: WatchState, settings: WatchSettings, now: float, *, muted: bool, snoozed_until: float | None
) -> Step:
    """Start or end a silence: reports and actions wait, judging goes on."""
    state = replace(state, muted=muted, snoozed_until=snoozed_until)
    if not state.is_silent(now):
        return tell_what_stands(state, settings, now)
    return Step(_silenced(state))


def _silenced(state: WatchState) -> WatchState:
    """Return the state at the beginning of a silence: what stands is told again when it ends."""
    return replace(state, intervention=call_off(state.intervention), told=Level.NONE)


def _look_at(holds: tuple[str, ...], now: float) -> float | None:
    """Return when to look under these holds: at once, or not at all."""
    return None if keep_from_looking(holds) else now


def _after_gap(state: WatchState) -> WatchState:
    """Return the state after a time without looks, which counts for nothing."""
    state = state.assessed(interrupted(state.assessment))
    return replace(state, blind=blindness.interrupt(state.blind))
