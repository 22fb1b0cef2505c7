"""Watch one printer, from the start of a print to its end."""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..clock import Clock
from ..detectors.base import Detector, LearningDetector
from ..errors import FailWatchError, RateLimited, TimedOut, Unavailable, without_origin
from ..imaging.visibility import FreezeCounter
from ..judging.assessment import Answer, renamed
from ..judging.learning import DELAY, opening_teaches
from ..judging.trend import OPENING
from ..models import Frame
from . import actions, transitions
from .blindness import main_error
from .cadence import count, hour_wait, month_wait, without_budget
from .look import Camera, CameraAnswer, LookResult, ask, combine, snapshot
from .look_outcome import look_answered, look_failed
from .policy import Action, Cause
from .settings import WatchSettings
from .state import Phase, Step, WatchState, keep_from_looking
from .transitions import LOOKING

_LOGGER = logging.getLogger(__name__)
CLOCK_STEP = 2.0
"""Seconds by which the system's clock may wander from the watch's before the watch follows it."""


class Watch(ABC):
    """Looks at one printer, judges, and asks for what is due.

    All methods belong to the event loop that `run` runs on, and none of them waits. The host reports
    the print's life by `start`, `pause`, `resume` and `end`.
    """

    def __init__(
        self,
        *,
        detector: Detector,
        detector_kind: str,
        cameras: Sequence[Camera],
        settings: WatchSettings,
        clock: Clock,
        state: WatchState,
    ) -> None:
        """Begin with what is known of the printer; a print in `state` goes on if `start` names it."""
        self.state = state
        self.frames: Mapping[str, Frame] = {}
        self.clock = clock
        self.use(detector=detector, detector_kind=detector_kind, cameras=cameras, settings=settings)
        self._frozen: dict[str, FreezeCounter] = {}
        self._untaught: deque[tuple[CameraAnswer, ...]] = deque()
        self._wake = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    def use(
        self, *, detector: Detector, detector_kind: str, cameras: Sequence[Camera], settings: WatchSettings
    ) -> None:
        """Use this detector, these cameras and settings from now on. A budget slows only services that count calls."""
        cadence = settings.cadence if detector.metered else without_budget(settings.cadence)
        self._detector, self._detector_kind = detector, detector_kind
        self._cameras = tuple(cameras)
        self._settings = replace(settings, cadence=cadence)
        now = self.clock.now()
        state = transitions.under_policy(self.state, settings.policy, now)
        self.state = transitions.look_in_time(state, self._settings, cameras=len(cameras), now=now)

    @abstractmethod
    def take(self, step: Step) -> None:
        """Store the step's state and hand it to the host. Returns at once and never raises."""

    async def watch(self) -> None:
        """Look, judge and order what is due until cancelled. Cancelling also ends a look that is under way."""
        try:
            while True:
                self._wake.clear()
                self._follow_clock()
                now = self.clock.now()
                while (due := actions.due_action(self.state, self._settings, now)) is not None:
                    self.take(due)
                if self._is_due(now):
                    self._look_or_wait(now)
                await self.clock.wait(self._wake, self._idle_seconds(self.clock.now()))
        finally:
            self._abandon_look()
            if self._looking is not None:
                await asyncio.wait([self._looking])

    # The life of a print

    def start(self, print_id: str, name: str = "") -> None:
        """Start watching a print. A print that is already known resumes with all that was learned about it."""
        now = self._now()
        if print_id == self.state.print_id:
            if self.state.phase is Phase.IDLE:
                self.take(transitions.resume_known_print(self.state, self._settings, now))
            return
        self._interrupt()
        self._frozen = {}
        # The name of a file may be no text, which neither a history nor a message can hold.
        name = name.encode("utf-8", "replace").decode()
        self.take(transitions.start_print(self.state, print_id, name, now))

    def pause(self) -> None:
        """Stop looking while the print is paused; keep everything that is known about it."""
        if self.state.phase in LOOKING:
            self._interrupt()
            now = self._now()
            self.take(transitions.pause(self.state, self._settings.policy, now))

    def resume(self) -> None:
        """Look again after a pause. Resuming after an alarm counts as "not a failure"."""
        if self.state.phase is Phase.PAUSED:
            now = self._now()
            self.take(transitions.resume(self.state, self._settings, now))

    def end(self, outcome: str) -> None:
        """End the print and drop an answer that is still under way."""
        now = self._now()
        before = self.state
        if before.print_id is None:
            return
        self._interrupt()
        self._frozen = {}
        self.take(transitions.end_print(before, outcome, now))
        if isinstance(self._detector, LearningDetector):
            good = opening_teaches(before.latch, before.memory.statistics.prediction_num)
            self._detector.end_print(before.printer_id, before.print_id, good=good)

    def hold(self, reason: str) -> None:
        """Do not look for now, for a reason such as "heating"; or, switched off by the file, only be silent."""
        if reason not in self.state.holds:
            self._untaught.clear()
            if keep_from_looking([reason]):
                self._abandon_look()
            self.take(transitions.hold(self.state, reason))

    def release(self, reason: str) -> None:
        """Remove that reason for not looking, or for being silent."""
        if reason in self.state.holds:
            now = self._now()
            self.take(transitions.release(self.state, reason, self._settings, now))

    # What the user says

    def answer(self, said: Answer) -> None:
        """Apply the user's answer about the print; without a print, do nothing."""
        if self.state.print_id is None:
            return
        now = self._now()
        self.take(transitions.answer(self.state, said, self._settings, now))
        if said is Answer.FAILURE and isinstance(self._detector, LearningDetector):
            self._detector.unlearn(self.state.printer_id, self.state.print_id)

    def snooze(self, seconds: float) -> None:
        """Judge, but neither report nor act for so many seconds; 0 ends the snooze."""
        now = self._now()
        self._silence(now, self.state.muted, now + seconds if seconds > 0 else None)

    def mute(self, muted: bool = True) -> None:
        """Judge, but neither report nor act until this print ends."""
        self._silence(self._now(), muted, self.state.snoozed_until)

    def check_now(self) -> None:
        """Look at once, if the print is being watched."""
        if self.state.phase in LOOKING and not keep_from_looking(self.state.holds):
            now = self._now()
            self.take(Step(replace(self.state, next_look_at=now)))

    def order(self, action: Action) -> None:
        """Pause or cancel the print because the user wants it."""
        self.take(actions.give(self.state, action, Cause.USER))

    def acted(self, action: Action, problem: str = "", *, is_pending: bool = False) -> None:
        """Confirm that the print obeyed an order, or take the host's reason why it did not, or not yet."""
        policy, now = self._settings.policy, self._now()
        self.take(actions.acted(self.state, action, policy, now, problem, is_pending=is_pending))

    def rename_camera(self, old: str, new: str) -> None:
        """Let what was accepted of a camera follow its new name."""
        self.take(Step(self.state.assessed(renamed(self.state.assessment, old, new))))

    def _silence(self, now: float, muted: bool, until: float | None) -> None:
        if self.state.print_id is not None:
            self.take(transitions.silence(self.state, self._settings, now, muted=muted, snoozed_until=until))

    # Looking

    def _is_due(self, now: float) -> bool:
        due = self.state.next_look_at
        return self._looking is None and due is not None and now >= due

    def _idle_seconds(self, now: float) -> float | None:
        """Return how long nothing needs doing, None for until woken."""
        state = self.state
        due_at = actions.due_at(state, self._settings.policy, now)
        moments = [due_at]
        if self._looking is None:  # otherwise its end wakes
            moments += [state.next_look_at, state.snoozed_until]
        coming = [moment for moment in moments if moment is not None]
        return min(coming) - now if coming else None

    def _look_or_wait(self, now: float) -> None:
        """Begin a look, or wait for the next hour where this one's budget is used up: people need not know."""
        wait = hour_wait(self._settings.cadence, self.state.calls, now, len(self._cameras))
        if wait:
            self.take(Step(replace(self.state, next_look_at=now + wait)))
        else:
            self._begin_look()

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
        started, began = self.clock.now(), time.monotonic()
        try:
            async with asyncio.timeout(self._settings.look_timeout):
                result = await self._result(started)
            if isinstance(result, FailWatchError):
                self._fail(result)
            else:
                self._judge(result, started, time.monotonic() - began)
        except TimeoutError:
            self._fail(TimedOut("No answer in time."))
        except Exception as error:
            _LOGGER.exception("A look failed")
            self._fail(Unavailable(f"Unexpected: {type(error).__name__}"))

    async def _result(self, at: float) -> LookResult | FailWatchError:
        """Combine the cameras' answers; return the main error if no camera gave one."""
        wait = month_wait(self._settings.cadence, self.state.calls, at)
        if wait:
            return RateLimited("The budget of calls is used up.", retry_after=wait)
        # All at once: several that hang take no longer than one, and leave time for those that work.
        taken = await asyncio.gather(*(self._frame(camera) for camera in self._cameras))
        seen: list[CameraAnswer] = []
        failed: list[tuple[Camera, FailWatchError]] = []
        for camera, frame in zip(self._cameras, taken, strict=True):
            answer = frame if isinstance(frame, FailWatchError) else await self._answer(camera, frame)
            if isinstance(answer, FailWatchError):
                failed.append((camera, answer))
            else:
                seen.append(answer)
        if not seen:
            errors = [(camera.name, error) for camera, error in failed]
            return main_error(errors, self.state.blind_cameras)
        return combine(seen, failed, self._settings.quorum)

    async def _frame(self, camera: Camera) -> Frame | FailWatchError:
        """Return a camera's frame, or the error why there is none."""
        frozen = self._frozen.get(camera.name, FreezeCounter())
        try:
            picture, frozen = await snapshot(camera, frozen, self._settings.visibility_limits)
        except FailWatchError as error:
            return without_origin(error)
        self._frozen[camera.name] = frozen
        return Frame(
            jpeg=picture,
            taken_at=self.clock.now(),
            printer_id=self.state.printer_id,
            print_id=self.state.print_id or "",
            camera=camera.name,
        )

    async def _answer(self, camera: Camera, frame: Frame) -> CameraAnswer | FailWatchError:
        """Return the detector's answer to a camera's frame, or the error why there is none."""
        self.state = replace(self.state, calls=count(self.state.calls, self.clock.now()))
        try:
            return CameraAnswer(frame, await ask(self._detector, camera, frame))
        except FailWatchError as error:
            return without_origin(error)

    def _judge(self, result: LookResult, started: float, latency: float) -> None:
        self.frames = {one.frame.camera: one.frame for one in result.seen}
        now = self.clock.now()
        known = transitions.answered_by(self.state, self._detector_kind)
        if known is not self.state:
            self.take(Step(known))
        step = look_answered(self.state, self._settings, result, started=started, now=now, latency=latency)
        self.take(step)
        self._learn(result, teaches=step.teaches)

    def _learn(self, result: LookResult, *, teaches: bool) -> None:
        """Let the detector learn from a look once enough later looks were good, too."""
        if not isinstance(self._detector, LearningDetector):
            return
        if self.state.memory.statistics.prediction_num <= OPENING:
            for one in result.seen:
                self._detector.note_opening(one.detection.evidence)
        if not teaches:
            self._untaught.clear()
            return
        self._untaught.append(result.seen)
        if len(self._untaught) > DELAY:
            for one in self._untaught.popleft():
                self._detector.learn(one.detection.evidence)

    def _fail(self, error: FailWatchError) -> None:
        before, cameras, now = self.state.blind, len(self._cameras), self.clock.now()
        self.take(look_failed(self.state, self._settings, error, cameras=cameras, now=now))
        if before is None and self.state.blind is not None:
            self._untaught.clear()

    def _interrupt(self) -> None:
        """Drop the answer that is under way and the looks waiting to be learned from: no looks follow for a while."""
        self._untaught.clear()
        self._abandon_look()

    def _abandon_look(self) -> None:
        if self._looking is not None:
            self._looking.cancel()

    def _now(self) -> float:
        """Return the time, and move the state to it: the loop may have slept while the clock was put right."""
        self._follow_clock()
        return self.clock.now()

    def _follow_clock(self) -> None:
        """Follow the system's clock after it was corrected; running countdowns keep their length."""
        step = self.clock.step()
        if abs(step) >= CLOCK_STEP:
            _LOGGER.info("The clock was put right by %.0f seconds", step)
            self.clock.follow(step)
            # Its picture was taken at a time that no longer means anything: it is looked again at once.
            self._abandon_look()
            self.take(Step(transitions.shift_times(self.state, step)))
