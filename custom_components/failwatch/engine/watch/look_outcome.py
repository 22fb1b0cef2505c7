"""Apply the result of a look, as steps of the state machine."""

from __future__ import annotations

from dataclasses import replace

from ..errors import FailWatchError
from ..judging.assessment import Assessed, assess, interrupted, relearning
from ..judging.verdict import Level
from . import blindness
from .actions import countdown_event
from .cadence import hourly_spacing, next_interval
from .look import LookResult
from .policy import Cause, call_off_for, plan_action
from .settings import WatchSettings, gap_after
from .state import Event, EventKind, Look, Phase, Step, WatchState


def look_answered(
    state: WatchState,
    settings: WatchSettings,
    result: LookResult,
    *,
    started: float,
    now: float,
    latency: float,
) -> Step:
    """Judge the look that began at `started` and was answered after `latency` real seconds."""
    at = result.seen[0].frame.taken_at
    boxes = {view.camera: view.boxes for view in result.views if view.boxes}
    gap = gap_after(settings.cadence.interval)
    assessed = assess(
        state.assessment, settings.rules, settings.latch_times, result.detection, at, boxes=boxes, gap=gap
    )
    moved = [one.frame.camera for one in result.seen if one.detection.moved]
    if moved:
        assessed = assessed._replace(assessment=relearning(assessed.assessment), teaches=False)
    look = _look(state, result, assessed, at, latency)
    events: list[Event] = []
    if state.blind is not None:
        events.append(Event(EventKind.SEEING, now, state.print_id, state.blind.reason))
    blind_cameras, of_cameras = blindness.blind_cameras(
        state.blind_cameras,
        result.views,
        late=result.late,
        after=settings.blind_after,
        print_id=state.print_id,
        at=now,
        silent=state.is_silent(now),
    )
    events += of_cameras
    events += [Event(EventKind.CAMERA_MOVED, now, state.print_id, camera=camera) for camera in moved]
    cameras = len(result.views)
    at_least = hourly_spacing(settings.cadence, state.calls, now, cameras)
    calm = _is_calm(assessed, look)
    after = replace(
        state.assessed(assessed.assessment),
        phase=Phase.WATCHING,
        since=now if state.blind is not None else state.since,
        blind=None,
        blind_cameras=blind_cameras,
        look=look,
        intervention=call_off_for(state.intervention, *([Cause.BLIND] if state.blind else [])),
        next_look_at=started + next_interval(settings.cadence, calm=calm, at_least=at_least),
        failed_looks=0,
    )
    after, of_level = _follow_level(state, after, settings, assessed, now)
    return Step(after, (*events, *of_level), teaches=assessed.teaches)


def look_failed(
    state: WatchState, settings: WatchSettings, error: FailWatchError, *, cameras: int, now: float
) -> Step:
    """Count a failed look; after several in a row the watch is blind."""
    failed = state.failed_looks + 1
    blind, events = blindness.after_failed_look(
        state.blind,
        error,
        failed=failed,
        after=settings.blind_after,
        print_id=state.print_id,
        at=now,
        silent=state.is_silent(now),
    )
    # Whether another reason lasts, so that it is worth telling, is soon to be known.
    is_untold = blind is not None and error.kind not in blind.told
    wait = next_interval(
        settings.cadence,
        calm=False,
        failed=1 if is_untold else failed,
        retry_after=getattr(error, "retry_after", None),
        at_least=hourly_spacing(settings.cadence, state.calls, now, cameras),
    )
    newly = state.blind is None and blind is not None
    if newly:
        state = state.assessed(interrupted(state.assessment))
    state = replace(
        state,
        blind=blind,
        phase=state.phase if blind is None else Phase.BLIND,
        since=now if newly else state.since,
        next_look_at=now + wait,
        failed_looks=failed,
    )
    return Step(state, events)


def _look(state: WatchState, result: LookResult, assessed: Assessed, at: float, latency: float) -> Look:
    statistics = assessed.assessment.memory.statistics
    return Look(
        number=statistics.prediction_num,
        at=at,
        p=assessed.p,
        views=result.views,
        statistics=statistics,
        verdict=assessed.verdict,
        latency=latency,
        spacing=None if state.look is None else at - state.look.at,
        statistics_served=result.detection.statistics is not None,
        raw_p=result.detection.p,
        explained=result.detection.explained,
    )


def _is_calm(assessed: Assessed, look: Look) -> bool:
    verdict = assessed.verdict
    excess = max(verdict.score, look.p - verdict.usual)
    return assessed.assessment.latch.level is Level.NONE and excess < verdict.limit / 2


def _follow_level(
    before: WatchState, after: WatchState, settings: WatchSettings, assessed: Assessed, now: float
) -> tuple[WatchState, tuple[Event, ...]]:
    """Report and plan after the level rose or fell; during a silence, only record it."""
    level, at = after.level, after.look.at if after.look else now
    if level is before.level:
        return after, ()
    reason, planned = assessed.verdict.reason, after.intervention
    if level.rank < before.level.rank:
        gone = [cause for cause in (Cause.FAILURE, Cause.MAYBE) if Level(cause.value).rank > level.rank]
        told = min(after.told, level, key=lambda one: one.rank)
        after = replace(after, told=told, intervention=call_off_for(planned, *gone))
        partly = level is not Level.NONE
        return after, (Event(EventKind.CLEARED, at, after.print_id, reason, level, minor=partly),)
    silent = after.is_silent(now)
    event = Event(EventKind(level.value), at, after.print_id, reason, level, minor=silent)
    if silent:
        return after, (event,)
    after = replace(after, told=level, intervention=plan_action(planned, settings.policy, level, now))
    return after, (event, *countdown_event(after, planned))
