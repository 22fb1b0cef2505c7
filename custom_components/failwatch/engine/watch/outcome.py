"""What comes of a look, as steps from one state of a watch to the next.

Nothing is done here: what comes out is the new state, and the events that led to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..errors import FailWatchError
from ..imaging.visibility import SightLimits
from ..judging import latch as latches
from ..judging.judge import judge
from ..judging.latch import LatchTimes
from ..judging.rules import FailWatchRules, RuleSet
from ..judging.verdict import Level
from . import blindness
from . import cadence as cadences
from . import policy as policies
from .cadence import Cadence
from .life import News
from .look import Answer
from .policy import Policy
from .state import Event, EventKind, Look, Phase, WatchState


@dataclass(frozen=True, kw_only=True)
class WatchSettings:
    """How to watch. `look_timeout` is in real seconds; `blind_after` counts looks without an answer."""

    rules: RuleSet = field(default_factory=FailWatchRules)
    policy: Policy = field(default_factory=Policy)
    cadence: Cadence = field(default_factory=Cadence)
    latch_times: LatchTimes = field(default_factory=LatchTimes)
    sight_limits: SightLimits = field(default_factory=SightLimits)
    quorum: int = 1
    blind_after: int = 3
    look_timeout: float = 30.0


def answered(
    state: WatchState, settings: WatchSettings, answer: Answer, *, started: float, now: float, latency: float
) -> News:
    """The look that began at `started` was answered after `latency` real seconds: it is judged."""
    at = answer.seen[0].frame.taken_at
    memory, verdict = judge(state.memory, settings.rules, answer.detection, at)
    look = Look(
        number=memory.statistics.prediction_num,
        at=at,
        p=answer.detection.p,
        views=answer.views,
        statistics=memory.statistics,
        verdict=verdict,
        latency=latency,
        spacing=None if state.look is None else at - state.look.at,
        statistics_served=answer.detection.statistics is not None,
    )
    events: list[Event] = []
    if state.blind is not None:
        events.append(Event(EventKind.SEEING, now, state.print_id, state.blind.reason))
    blind_cameras, of_cameras = blindness.blind_cameras(
        state.blind_cameras, answer.views, after=settings.blind_after, print_id=state.print_id, at=now
    )
    events += of_cameras
    latch, intervention = state.latch, state.intervention
    if not state.is_silent(at):
        latch = latches.follow(latch, verdict, at, settings.latch_times)
    if latch.level is not state.level:
        kind = EventKind.CLEARED if latch.level is Level.NONE else EventKind(latch.level.value)
        events.append(Event(kind, at, state.print_id, verdict.reason, latch.level))
        if latch.level.rank > state.level.rank:
            intervention = policies.plan(intervention, settings.policy, latch.level, now)
        elif latch.level is Level.NONE:
            intervention = policies.answered(intervention)
    excess = max(verdict.score, look.p - verdict.usual)
    calm = latch.level is Level.NONE and excess < verdict.limit / 2
    return replace(
        state,
        phase=Phase.WATCHING,
        since=now if state.blind is not None else state.since,
        blind=None,
        blind_cameras=blind_cameras,
        look=look,
        memory=memory,
        latch=latch,
        intervention=intervention,
        next_look_at=started + cadences.next_interval(settings.cadence, calm=calm),
    ), tuple(events)


def unanswered(
    state: WatchState, settings: WatchSettings, error: FailWatchError, *, failed: int, now: float
) -> News:
    """The look came to nothing, as the `failed` last ones did: from some of them on the watch is blind."""
    blind, events = blindness.blinded(
        state.blind, error, failed=failed, after=settings.blind_after, print_id=state.print_id, at=now
    )
    # Whether another reason lasts, so that it is worth telling, is soon to be known.
    is_untold = blind is not None and error.kind not in blind.told
    wait = cadences.next_interval(
        settings.cadence,
        calm=False,
        failed=1 if is_untold else failed,
        retry_after=getattr(error, "retry_after", None),
    )
    newly = state.blind is None and blind is not None
    return replace(
        state,
        blind=blind,
        latch=latches.interrupted(state.latch) if newly else state.latch,
        phase=state.phase if blind is None else Phase.BLIND,
        since=now if newly else state.since,
        next_look_at=now + wait,
    ), events
