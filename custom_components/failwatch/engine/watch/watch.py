"""The watch: one printer being watched, from the start of a print to its end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from ..clock import Clock
from ..detectors.base import Detector
from ..errors import FailWatchError, RateLimited, TimedOut, Unavailable
from ..imaging.visibility import Stillness
from ..judging.verdict import Level
from ..models import Frame
from . import acting, blindness
from . import cadence as cadences
from . import life as lives
from . import outcome as outcomes
from .life import LOOKING
from .look import Answer, Camera, Seen, ask, combine, snapshot
from .outcome import WatchSettings
from .policy import Action
from .state import Event, EventKind, Phase, WatchState

__all__ = ["Sink", "Watch", "WatchSettings"]

_LOGGER = logging.getLogger(__name__)


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
        """Look, judge and act until cancelled; no look goes on after it."""
        try:
            self._announce_again()
            while True:
                self._wake.clear()
                now = self._clock.now()
                self._act_when_due(now)
                if self._is_due(now):
                    self._begin_look()
                await self._clock.wait(self._wake, self._idle_seconds(self._clock.now()))
        finally:
            self._abandon_look()
            if self._looking is not None:
                await asyncio.wait([self._looking])

    # The life of a print

    def start(self, print_id: str, name: str = "") -> None:
        """A print runs. One that is already known goes on with all that was learned of it."""
        now = self._clock.now()
        if print_id == self.state.print_id:
            if self.state.phase is Phase.IDLE:
                self._take(*lives.taken_up(self.state, now))
                self._announce_again()
            return
        self._abandon_look()
        self._forget_blindness()
        self._take(*lives.started(self.state, print_id, name, now))

    def pause(self) -> None:
        """The print is paused: nothing is looked at, nothing forgotten."""
        if self.state.phase in LOOKING:
            self._abandon_look()
            self._take(*lives.paused(self.state, self._clock.now()))

    def resume(self) -> None:
        """The print goes on. Whoever resumes after an alarm says that it is no failure."""
        if self.state.phase is not Phase.PAUSED:
            return
        self._take(*lives.resumed(self.state, self._clock.now()))
        if self.state.level is not Level.NONE or self.state.intervention.paused_at is not None:
            self.acknowledge()

    def end(self, outcome: str) -> None:
        """The print is over; an answer that is still under way is dropped."""
        if self.state.print_id is None:
            return
        self._abandon_look()
        self._forget_blindness()
        self._take(*lives.ended(self.state, outcome, self._clock.now()))

    def hold(self, reason: str) -> None:
        """Do not look for now, for a reason such as "heating"."""
        if reason not in self.state.holds:
            self._abandon_look()
            self._take(*lives.held(self.state, reason))

    def release(self, reason: str) -> None:
        """That reason no longer stands."""
        if reason in self.state.holds:
            self._take(*lives.released(self.state, reason, self._clock.now()))

    # What the user says

    def acknowledge(self) -> None:
        """Not a failure: the level falls, a coming pause is off, and looking like this is accepted.

        So is being blind, until FailWatch sees again. Without a print there is nothing to answer.
        """
        if self.state.print_id is not None:
            self._take(*lives.acknowledged(self.state, self._settings.latch_times, self._clock.now()))

    def confirm(self) -> None:
        """It is a failure: the level stands until the print ends, if one runs."""
        if self.state.print_id is not None:
            self._take(*lives.confirmed(self.state, self._clock.now()))

    def snooze(self, seconds: float) -> None:
        """Go on looking, but raise nothing for a while; 0 ends it."""
        now = self._clock.now()
        until = now + seconds if seconds > 0 else None
        self._take(*lives.silenced(self.state, now, muted=self.state.muted, snoozed_until=until))

    def mute(self, muted: bool = True) -> None:
        """Go on looking, but raise nothing until this print ends."""
        now, until = self._clock.now(), self.state.snoozed_until
        self._take(*lives.silenced(self.state, now, muted=muted, snoozed_until=until))

    def check_now(self) -> None:
        """Look at once, if the print is being watched."""
        if self.state.phase in LOOKING and not self.state.holds:
            self._take(replace(self.state, next_look_at=self._clock.now()))

    def acted(self, action: Action, problem: str = "") -> None:
        """The host has carried out an action, or could not and says why."""
        if problem:
            now, detail = self._clock.now(), f"{action}: {problem}"
            self._take(self.state, (Event(EventKind.ACTION_FAILED, now, self.state.print_id, detail),))

    # Looking

    def _is_due(self, now: float) -> bool:
        due = self.state.next_look_at
        return self._looking is None and due is not None and now >= due and not self.state.holds

    def _idle_seconds(self, now: float) -> float | None:
        """Return how long nothing needs doing, None for until woken."""
        state = self.state
        due_at = acting.due_at(state, self._settings.policy, now)
        moments = [] if due_at is None else [due_at]
        if self._looking is None and state.next_look_at is not None and not state.holds:
            moments.append(state.next_look_at)
        return min(moments) - now if moments else None

    def _begin_look(self) -> None:
        # What must happen at the end is not left to the look itself: one that is dropped before its
        # first step never runs at all.
        self._looking = asyncio.create_task(self._look())
        self._looking.add_done_callback(self._look_is_over)

    def _look_is_over(self, _: asyncio.Task[None]) -> None:
        self._looking = None
        self._wake.set()

    async def _look(self) -> None:
        """Take one frame of every camera and judge it."""
        started, began = self._clock.now(), time.monotonic()
        try:
            async with asyncio.timeout(self._settings.look_timeout):
                answer = await self._answer(started)
            self._judge(answer, started, time.monotonic() - began)
        except FailWatchError as error:
            self._answered_nothing(error)
        except TimeoutError:
            self._answered_nothing(TimedOut("No answer in time."))
        except Exception as error:
            _LOGGER.exception("A look failed")
            self._answered_nothing(Unavailable(f"Unexpected: {type(error).__name__}"))

    async def _answer(self, at: float) -> Answer:
        """Return what the cameras show, or raise why none shows anything."""
        wait = cadences.budget_wait(self._settings.cadence, self.state.calls, at)
        if wait and self._detector.metered:
            raise RateLimited("The budget of calls is used up.", retry_after=wait)
        # All at once: several that hang take no longer than one, and leave time for those that work.
        taken = await asyncio.gather(*(self._frame(camera) for camera in self._cameras))
        seen: list[Seen] = []
        failed: list[tuple[Camera, FailWatchError]] = []
        for camera, frame in zip(self._cameras, taken, strict=True):
            try:
                if isinstance(frame, FailWatchError):
                    raise frame
                seen.append(await self._see(camera, frame))
            except FailWatchError as error:
                failed.append((camera, error))
        if not seen:
            errors = [(camera.name, error) for camera, error in failed]
            raise blindness.foremost(errors, self.state.blind_cameras)
        return combine(seen, failed, self._settings.quorum)

    async def _frame(self, camera: Camera) -> Frame | FailWatchError:
        """Return what a camera shows, or why it shows nothing."""
        stillness = self._stillness.get(camera.name, Stillness())
        try:
            picture, stillness = await snapshot(camera, stillness, self._settings.sight_limits)
        except FailWatchError as error:
            return error
        self._stillness[camera.name] = stillness
        state = self.state
        return Frame(
            jpeg=picture,
            taken_at=self._clock.now(),
            printer_id=state.printer_id,
            print_id=state.print_id or "",
            camera=camera.name,
            known_good=state.level is Level.NONE
            and (state.look is None or state.look.verdict.level is Level.NONE),
        )

    async def _see(self, camera: Camera, frame: Frame) -> Seen:
        self.state = replace(self.state, calls=cadences.count(self.state.calls, self._clock.now()))
        return Seen(frame, await ask(self._detector, camera, frame))

    def _judge(self, answer: Answer, started: float, latency: float) -> None:
        self.frames = {seen.frame.camera: seen.frame for seen in answer.seen}
        now = self._clock.now()
        news = outcomes.answered(
            self.state, self._settings, answer, started=started, now=now, latency=latency
        )
        self._failed = 0
        self._take(*news)

    def _answered_nothing(self, error: FailWatchError) -> None:
        self._failed += 1
        now = self._clock.now()
        self._take(*outcomes.unanswered(self.state, self._settings, error, failed=self._failed, now=now))

    def _abandon_look(self) -> None:
        """Drop the answer that is under way, if any."""
        if self._looking is not None:
            self._looking.cancel()

    def _forget_blindness(self) -> None:
        self._failed = 0
        self._stillness = {}

    # Acting

    def _announce_again(self) -> None:
        if self._announced_before and self.state.phase is not Phase.IDLE:
            self._announced_before = False
            self._take(*acting.begun_anew(self.state, self._clock.now()))

    def _act_when_due(self, now: float) -> None:
        while (news := acting.come_due(self.state, self._settings.policy, now)) is not None:
            self._take(*news)

    def _take(self, state: WatchState, events: Sequence[Event] = ()) -> None:
        """Be in that state, tell of a new countdown, and hand all of it to the sink."""
        before, self.state = self.state, state
        try:
            self._sink(state, (*events, *acting.announcements(before, state)))
        except Exception:
            _LOGGER.exception("The host could not take a change")
        self._wake.set()
