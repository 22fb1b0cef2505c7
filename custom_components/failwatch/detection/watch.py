"""The watch: one printer being watched, from the start of a print to its end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from . import cadence as cadences
from . import latch as latches
from . import policy as policies
from .cadence import Cadence
from .clock import Clock
from .detectors.detector import Detector
from .errors import FailWatchError, ModelUnavailable, NotAuthorised, RateLimited, Unavailable
from .frame import Frame
from .judgement import judge
from .latch import Latch, LatchTimes
from .look import Answer, Camera, Seen, ask, combine, snapshot
from .policy import Action, Intervention, Policy
from .rules import FailWatchRules, RuleSet
from .sight import SightLimits, Stillness
from .state import Blind, Event, EventKind, Look, Phase, WatchState
from .verdict import Level

_LOGGER = logging.getLogger(__name__)

BLIND_AT_ONCE = (NotAuthorised, ModelUnavailable, RateLimited)
"""Errors that the next look cannot be expected to mend."""

LOOKING = (Phase.WATCHING, Phase.BLIND)
"""Phases in which a print is looked at."""


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


class Sink(Protocol):
    """Receives what changed; called on the watch's loop, and must return at once."""

    def __call__(self, state: WatchState, events: Sequence[Event], /) -> None:
        """Take the new state and the events that led to it."""


class Watch:
    """Watches one printer.

    All methods belong to the event loop that `run` runs on, and none of them waits. The host reports
    the print's life by `start`, `pause`, `resume` and `end`, keeps `state` where it survives a
    restart, and carries out each ACTION event, answering with `acted`.
    """

    def __init__(
        self,
        *,
        detector: Detector,
        cameras: Sequence[Camera],
        sink: Sink,
        settings: WatchSettings,
        clock: Clock,
        state: WatchState,
    ) -> None:
        """Begin with what is known of the printer; a print in `state` goes on if `start` names it."""
        self.state = state
        self.frames: Mapping[str, Frame] = {}
        self._detector = detector
        self._cameras = tuple(cameras)
        self._sink = sink
        self._settings = settings
        self._clock = clock
        self._stillness: dict[str, Stillness] = {}
        self._failed = 0
        self._wake = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._announced_before = state.intervention.countdown is not None

    async def run(self) -> None:
        """Look, judge and act until cancelled."""
        try:
            self._announce_again()
            while True:
                self._wake.clear()
                now = self._clock.now()
                self._act_when_due(now)
                if self._is_due(now):
                    self._looking = asyncio.create_task(self._look())
                await self._clock.wait(self._wake, self._idle_seconds(self._clock.now()))
        finally:
            self._abandon_look()

    # The life of a print

    def start(self, print_id: str, name: str = "") -> None:
        """A print runs. One that is already known goes on with all that was learned of it."""
        now = self._clock.now()
        if print_id == self.state.print_id:
            if self.state.phase is Phase.IDLE:
                self._change(phase=Phase.WATCHING, since=now, next_look_at=now)
                self._announce_again()
            return
        self._abandon_look()
        self._forget_blindness()
        self._change(
            Event(EventKind.STARTED, now, print_id, name),
            print_id=print_id,
            print_name=name,
            started_at=now,
            phase=Phase.WATCHING,
            since=now,
            blind=None,
            look=None,
            memory=self.state.memory.for_new_print(),
            latch=Latch(),
            intervention=Intervention(),
            muted=False,
            next_look_at=now,
        )

    def pause(self) -> None:
        """The print is paused: nothing is looked at, nothing forgotten."""
        if self.state.phase in LOOKING:
            self._abandon_look()
            self._change(
                phase=Phase.PAUSED,
                since=self._clock.now(),
                next_look_at=None,
                intervention=policies.paused(self.state.intervention),
            )

    def resume(self) -> None:
        """The print goes on. Whoever resumes after an alarm says that it is no failure."""
        if self.state.phase is not Phase.PAUSED:
            return
        now = self._clock.now()
        self._change(phase=Phase.BLIND if self.state.blind else Phase.WATCHING, since=now, next_look_at=now)
        if self.state.level is not Level.NONE or self.state.intervention.paused_at is not None:
            self.acknowledge()

    def end(self, outcome: str) -> None:
        """The print is over; an answer that is still under way is dropped."""
        if self.state.print_id is None:
            return
        now = self._clock.now()
        self._abandon_look()
        self._forget_blindness()
        self._change(
            Event(EventKind.ENDED, now, self.state.print_id, outcome, self.state.level),
            phase=Phase.IDLE,
            since=now,
            print_id=None,
            started_at=None,
            holds=(),
            blind=None,
            latch=Latch(),
            intervention=Intervention(),
            muted=False,
            next_look_at=None,
        )

    def hold(self, reason: str) -> None:
        """Do not look for now, for a reason such as "heating"."""
        if reason not in self.state.holds:
            self._abandon_look()
            self._change(holds=(*self.state.holds, reason), next_look_at=None)

    def release(self, reason: str) -> None:
        """That reason no longer stands."""
        if reason in self.state.holds:
            holds = tuple(other for other in self.state.holds if other != reason)
            looks = not holds and self.state.phase in LOOKING
            self._change(holds=holds, next_look_at=self._clock.now() if looks else None)

    # What the user says

    def acknowledge(self) -> None:
        """Not a failure: the level falls, a coming pause is off, and looking like this is accepted.

        So is being blind, until FailWatch sees again.
        """
        now, blind = self._clock.now(), self.state.blind
        self._change(
            Event(EventKind.ACKNOWLEDGED, now, self.state.print_id, "not_a_failure", self.state.level),
            latch=latches.acknowledge(now, self._settings.latch_times),
            blind=None if blind is None else replace(blind, accepted=True),
            memory=self.state.memory.accepting(self.state.look.p if self.state.look else 0.0),
            intervention=policies.answered(self.state.intervention),
        )

    def confirm(self) -> None:
        """It is a failure: the level stands until the print ends."""
        now = self._clock.now()
        self._change(
            Event(EventKind.ACKNOWLEDGED, now, self.state.print_id, "failure", Level.FAILURE),
            latch=latches.confirm(self.state.latch, now),
        )

    def snooze(self, seconds: float) -> None:
        """Go on looking, but raise nothing for a while; 0 ends it."""
        now = self._clock.now()
        self._change(
            snoozed_until=now + seconds if seconds > 0 else None,
            latch=Latch(),
            intervention=policies.answered(self.state.intervention),
        )

    def mute(self, muted: bool = True) -> None:
        """Go on looking, but raise nothing until this print ends."""
        self._change(muted=muted, latch=Latch(), intervention=policies.answered(self.state.intervention))

    def check_now(self) -> None:
        """Look at once, if the print is being watched."""
        if self.state.phase in LOOKING and not self.state.holds:
            self._change(next_look_at=self._clock.now())

    def acted(self, action: Action, problem: str = "") -> None:
        """The host has carried out an action, or could not and says why."""
        if problem:
            event = Event(
                EventKind.ACTION_FAILED, self._clock.now(), self.state.print_id, f"{action}: {problem}"
            )
            self._change(event)

    # Looking

    def _is_due(self, now: float) -> bool:
        due = self.state.next_look_at
        return self._looking is None and due is not None and now >= due and not self.state.holds

    def _idle_seconds(self, now: float) -> float | None:
        """Return how long nothing needs doing, None for until woken."""
        state = self.state
        countdown = state.intervention.countdown
        moments = [countdown.due_at] if countdown and state.phase is not Phase.IDLE else []
        blind_too_long_at = self._blind_too_long_at(now)
        if blind_too_long_at is not None and not moments:
            moments.append(blind_too_long_at)
        if self._looking is None and state.next_look_at is not None and not state.holds:
            moments.append(state.next_look_at)
        return min(moments) - now if moments else None

    async def _look(self) -> None:
        """Take one frame of every camera and judge it."""
        started, began = self._clock.now(), time.monotonic()
        try:
            async with asyncio.timeout(self._settings.look_timeout):
                answer = await self._answer(started)
        except FailWatchError as error:
            self._answered_nothing(error)
        except TimeoutError:
            self._answered_nothing(Unavailable("No answer in time."))
        except Exception as error:
            _LOGGER.exception("A look failed")
            self._answered_nothing(Unavailable(f"Unexpected: {type(error).__name__}"))
        else:
            self._judge(answer, started, time.monotonic() - began)
        finally:
            self._looking = None
            self._wake.set()

    async def _answer(self, at: float) -> Answer:
        """Return what the cameras show, or raise the last camera's error if none shows anything."""
        wait = cadences.budget_wait(self._settings.cadence, self.state.calls, at)
        if wait and self._detector.metered:
            raise RateLimited("The budget of calls is used up.", retry_after=wait)
        seen: list[Seen] = []
        failed: list[tuple[Camera, FailWatchError]] = []
        for camera in self._cameras:
            try:
                seen.append(await self._see(camera))
            except FailWatchError as error:
                failed.append((camera, error))
        if not seen:
            raise failed[-1][1]
        return combine(seen, failed, self._settings.quorum)

    async def _see(self, camera: Camera) -> Seen:
        stillness = self._stillness.get(camera.name, Stillness())
        picture, self._stillness[camera.name] = await snapshot(camera, stillness, self._settings.sight_limits)
        state = self.state
        frame = Frame(
            jpeg=picture,
            taken_at=self._clock.now(),
            printer_id=state.printer_id,
            print_id=state.print_id or "",
            camera=camera.name,
            known_good=state.level is Level.NONE
            and (state.look is None or state.look.verdict.level is Level.NONE),
        )
        self.state = replace(state, calls=cadences.count(state.calls, frame.taken_at))
        return Seen(frame, await ask(self._detector, camera, frame))

    def _judge(self, answer: Answer, started: float, latency: float) -> None:
        now = self._clock.now()
        state, settings = self.state, self._settings
        at = answer.seen[0].frame.taken_at
        memory, verdict = judge(state.memory, settings.rules, answer.detection, at)
        self.frames = {seen.frame.camera: seen.frame for seen in answer.seen}
        self._failed = 0
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
        self._change(
            *events,
            phase=Phase.WATCHING,
            since=now if state.blind is not None else state.since,
            blind=None,
            look=look,
            memory=memory,
            latch=latch,
            intervention=intervention,
            next_look_at=started + cadences.next_interval(settings.cadence, calm=calm),
        )

    def _answered_nothing(self, error: FailWatchError) -> None:
        now = self._clock.now()
        self._failed += 1
        retry_after = getattr(error, "retry_after", None)
        wait = cadences.next_interval(
            self._settings.cadence, calm=False, failed=self._failed, retry_after=retry_after
        )
        blind, events = self.state.blind, []
        if blind is None and (self._failed >= self._settings.blind_after or isinstance(error, BLIND_AT_ONCE)):
            blind = Blind(error.kind, str(error), now)
            events.append(Event(EventKind.BLIND, now, self.state.print_id, error.kind))
        elif blind is not None:
            blind = replace(blind, reason=error.kind, detail=str(error))
        newly = self.state.blind is None and blind is not None
        self._change(
            *events,
            blind=blind,
            # What was good before a gap proves nothing after it.
            latch=replace(self.state.latch, quiet_since=None) if newly else self.state.latch,
            phase=self.state.phase if blind is None else Phase.BLIND,
            since=now if newly else self.state.since,
            next_look_at=now + wait,
        )

    def _abandon_look(self) -> None:
        """Drop the answer that is under way, if any."""
        if self._looking is not None:
            self._looking.cancel()

    def _forget_blindness(self) -> None:
        self._failed = 0
        self._stillness = {}

    # Acting

    def _announce_again(self) -> None:
        """Begin a countdown anew that a restart interrupted, so that the user has all of its time."""
        if self._announced_before and self.state.phase is not Phase.IDLE:
            self._announced_before = False
            self._change(intervention=policies.begun_anew(self.state.intervention, self._clock.now()))

    def _act_when_due(self, now: float) -> None:
        state, policy = self.state, self._settings.policy
        intervention = state.intervention
        blind_too_long_at = self._blind_too_long_at(now)
        if blind_too_long_at is not None and now >= blind_too_long_at:
            intervention = policies.announce(intervention, Action.PAUSE, now, now + policy.veto)
            if intervention is not state.intervention:
                self._change(intervention=intervention)
        countdown = intervention.countdown
        if countdown is not None and now >= countdown.due_at and state.phase is not Phase.IDLE:
            self._change(
                Event(EventKind.ACTION, now, state.print_id, countdown.action, state.level),
                intervention=policies.carried_out(policy, countdown.action, now),
            )

    def _blind_too_long_at(self, now: float) -> float | None:
        """Return when being blind leads to a pause, None if it does not."""
        state, blind_for = self.state, self._settings.policy.pause_when_blind_after
        if blind_for is None or state.phase is not Phase.BLIND or state.blind is None:
            return None
        if state.blind.accepted or state.intervention.done or state.is_silent(now):
            return None
        return state.blind.since + blind_for

    def _change(self, *events: Event, **changes: object) -> None:
        """Take the changes, tell of a new countdown, and hand all of it to the sink."""
        before = self.state
        self.state = replace(before, **changes)  # type: ignore[arg-type]
        countdown = self.state.intervention.countdown
        if (
            countdown is not None
            and countdown != before.intervention.countdown
            and countdown.due_at > countdown.announced_at
        ):
            events += (
                Event(
                    EventKind.COUNTDOWN,
                    countdown.announced_at,
                    self.state.print_id,
                    countdown.action,
                    self.state.level,
                ),
            )
        try:
            self._sink(self.state, events)
        except Exception:
            _LOGGER.exception("The host could not take a change")
        self._wake.set()
