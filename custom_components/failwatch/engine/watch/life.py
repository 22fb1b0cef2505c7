"""A print's life, and what its user says, as steps from one state of a watch to the next.

Nothing is done here: what comes out is the new state, and the events that led to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from ..judging import latch as latches
from ..judging.latch import Latch, LatchTimes
from ..judging.verdict import Level
from . import policy as policies
from .policy import Intervention
from .state import Event, EventKind, Phase, WatchState

News: TypeAlias = tuple[WatchState, tuple[Event, ...]]
"""The next state, and the events that led to it."""

LOOKING = (Phase.WATCHING, Phase.BLIND)
"""Phases in which a print is looked at."""


def started(state: WatchState, print_id: str, name: str, now: float) -> News:
    """A print begins; of what was learned, only what belongs to the printer is kept."""
    return replace(
        state,
        print_id=print_id,
        print_name=name,
        started_at=now,
        phase=Phase.WATCHING,
        since=now,
        blind=None,
        blind_cameras=(),
        look=None,
        memory=state.memory.for_new_print(),
        latch=Latch(),
        intervention=Intervention(),
        muted=False,
        next_look_at=now,
    ), (Event(EventKind.STARTED, now, print_id, name),)


def taken_up(state: WatchState, now: float) -> News:
    """The print that was known before still runs."""
    return replace(state, phase=Phase.WATCHING, since=now, next_look_at=now), ()


def paused(state: WatchState, now: float) -> News:
    """The print is paused: nothing is looked at, nothing forgotten."""
    intervention = policies.paused(state.intervention)
    return replace(state, phase=Phase.PAUSED, since=now, next_look_at=None, intervention=intervention), ()


def resumed(state: WatchState, now: float) -> News:
    """The print goes on."""
    phase = Phase.BLIND if state.blind else Phase.WATCHING
    return replace(state, phase=phase, since=now, next_look_at=now), ()


def ended(state: WatchState, outcome: str, now: float) -> News:
    """The print is over."""
    return replace(
        state,
        phase=Phase.IDLE,
        since=now,
        print_id=None,
        started_at=None,
        holds=(),
        blind=None,
        blind_cameras=(),
        latch=Latch(),
        intervention=Intervention(),
        muted=False,
        next_look_at=None,
    ), (Event(EventKind.ENDED, now, state.print_id, outcome, state.level),)


def held(state: WatchState, reason: str) -> News:
    """It is not to be looked at for now."""
    return replace(state, holds=(*state.holds, reason), next_look_at=None), ()


def released(state: WatchState, reason: str, now: float) -> News:
    """A reason not to look no longer stands."""
    holds = tuple(other for other in state.holds if other != reason)
    looks = not holds and state.phase in LOOKING
    return replace(state, holds=holds, next_look_at=now if looks else None), ()


def acknowledged(state: WatchState, times: LatchTimes, now: float) -> News:
    """Not a failure: the level falls, a coming pause is off, and looking like this is accepted.

    So is being blind, until FailWatch sees again.
    """
    return replace(
        state,
        latch=latches.acknowledge(now, times),
        blind=None if state.blind is None else replace(state.blind, accepted=True),
        memory=state.memory.accepting(state.look.p if state.look else 0.0),
        intervention=policies.answered(state.intervention),
    ), (Event(EventKind.ACKNOWLEDGED, now, state.print_id, "not_a_failure", state.level),)


def confirmed(state: WatchState, now: float) -> News:
    """It is a failure: the level stands until the print ends."""
    event = Event(EventKind.ACKNOWLEDGED, now, state.print_id, "failure", Level.FAILURE)
    return replace(state, latch=latches.confirm(state.latch, now)), (event,)


def silenced(state: WatchState, now: float, *, muted: bool, snoozed_until: float | None) -> News:
    """The user wants nothing raised, and what stood until now is over; or wants it raised again."""
    state = replace(state, muted=muted, snoozed_until=snoozed_until)
    if not state.is_silent(now):
        return state, ()
    return replace(state, latch=Latch(), intervention=policies.answered(state.intervention)), ()
