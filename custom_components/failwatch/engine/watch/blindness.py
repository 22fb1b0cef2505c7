"""Decide when FailWatch is blind: report each reason once, and ignore short hiccups.

Pure functions: they return what is known now and the events that led to it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from ..errors import (
    Busy,
    CutShort,
    DarkPicture,
    DetectionError,
    FailWatchError,
    LateSnapshot,
    ModelUnavailable,
    NotAuthorised,
    NotPermitted,
    RateLimited,
    ServerFailed,
    TimedOut,
    Unavailable,
)
from .state import Blind, CameraView, Event, EventKind

AT_ONCE = frozenset(error.kind for error in (NotAuthorised, NotPermitted, ModelUnavailable, RateLimited))
"""Reasons that the next look cannot be expected to mend."""
LATE = (TimedOut, LateSnapshot)
"""Errors that have waited long enough by themselves: one look without an answer in time is told."""
PASSING = frozenset(
    error.kind for error in (Busy, CutShort, RateLimited, ServerFailed, TimedOut, Unavailable)
)
"""Reasons that end by themselves if at all: there is nothing that people could do."""


def after_failed_look(
    blind: Blind | None,
    error: FailWatchError,
    *,
    failed: int,
    after: int,
    print_id: str | None,
    at: float,
    silent: bool,
) -> tuple[Blind | None, tuple[Event, ...]]:
    """Return whether the whole watch is blind after one more failed look, the last of `failed`."""
    if blind is None and failed < after and error.kind not in AT_ONCE and not isinstance(error, LATE):
        return None, ()
    if blind is None:
        now, worth_telling = Blind(error.kind, str(error), at, looks=failed, counted_from=at), True
    else:
        now = _one_more(blind, error.kind, str(error))
        now = replace(now, counted_from=at if blind.counted_from is None else blind.counted_from)
        worth_telling = _is_another_reason(blind, now)
    now = replace(now, said=error.said if isinstance(error, DetectionError) else "")
    return _told(now, EventKind.BLIND, print_id, at, silent=silent) if worth_telling else (now, ())


def main_error(failed: Sequence[tuple[str, FailWatchError]], known: Sequence[Blind]) -> FailWatchError:
    """Return which of the cameras' errors says why no camera sees; `failed` has each with its camera's name.

    It is one that was not known before, where there is one, and of these one that a light mends.
    """
    told = {(blind.camera, blind.reason) for blind in known}
    news = [error for camera, error in failed if (camera, error.kind) not in told]
    candidates = news or [error for _, error in failed]
    return next((error for error in candidates if isinstance(error, DarkPicture)), candidates[-1])


def blind_cameras(
    before: Sequence[Blind],
    views: Sequence[CameraView],
    *,
    late: Collection[str] = (),
    after: int,
    print_id: str | None,
    at: float,
    silent: bool,
) -> tuple[tuple[Blind, ...], tuple[Event, ...]]:
    """Return which cameras failed in a look that others answered.

    A camera that gives nothing for `after` looks in a row, or is one of those that were waited for in vain,
    is told of, and that it gives something again.
    """
    known = {blind.camera: blind for blind in before}
    blind: list[Blind] = []
    events: list[Event] = []
    for view in views:
        last = known.get(view.camera)
        if not view.reason:
            if last is not None and last.told:
                events.append(Event(EventKind.CAMERA_SEEING, at, print_id, last.reason, camera=view.camera))
            continue
        if last is None:
            now = Blind(view.reason, view.problem, at, view.camera)
        else:
            now = _one_more(last, view.reason, view.problem)
        first = not now.told and (now.looks >= after or view.camera in late)
        if first or (last is not None and now.told and _is_another_reason(last, now)):
            now, told = _told(now, EventKind.CAMERA_BLIND, print_id, at, silent=silent)
            events += told
        blind.append(now)
    return tuple(blind), tuple(events)


def _one_more(blind: Blind, reason: str, detail: str) -> Blind:
    return replace(blind, reason=reason, detail=detail, looks=blind.looks + 1)


def interrupt(blind: Blind | None) -> Blind | None:
    """Return the blindness after a time without looks, which does not count as blind."""
    return None if blind is None else replace(blind, counted_from=None)


def _is_another_reason(last: Blind, now: Blind) -> bool:
    """Return whether a lasting reason has not been reported yet."""
    return now.reason not in now.told and (now.reason == last.reason or now.reason in AT_ONCE)


def tell_held_back(
    blind: Blind | None, cameras: Sequence[Blind], *, print_id: str | None, at: float
) -> tuple[Blind | None, tuple[Blind, ...], tuple[Event, ...]]:
    """Return both with the events, at the end of a silence, of what nobody was told in it."""
    events = [
        Event(kind, at, print_id, one.reason, camera=one.camera)
        for kind, known in ((EventKind.BLIND, [blind]), (EventKind.CAMERA_BLIND, cameras))
        for one in known
        if one is not None and one.held_back and not one.accepted
    ]
    after = None if blind is None else replace(blind, held_back=False)
    return after, tuple(replace(one, held_back=False) for one in cameras), tuple(events)


def _told(
    blind: Blind, kind: EventKind, print_id: str | None, at: float, *, silent: bool
) -> tuple[Blind, tuple[Event, ...]]:
    minor = bool(blind.told) and blind.reason in PASSING
    event = Event(kind, at, print_id, blind.reason, camera=blind.camera, minor=minor or silent)
    held_back = blind.held_back or (silent and not minor)
    return replace(blind, told=(*blind.told, blind.reason), held_back=held_back), (event,)
