"""The watch of one printer as every host runs it: looking, acting, recording, reporting.

A host implements `Host`, creates a `Monitor`, and runs it. Whatever a step brings is done in this order, each
part guarded by itself: the order to the printer, the history, the stored state, the report.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from .clock import Clock
from .detectors.base import Detector
from .errors import FailWatchError
from .history.recorder import Recorder
from .history.records import RecordedSettings
from .history.store import History
from .watch.look import Camera
from .watch.policy import Action
from .watch.settings import WatchSettings
from .watch.state import Event, Step, WatchState
from .watch.transitions import rest
from .watch.watch import Watch

_LOGGER = logging.getLogger(__name__)
AGAIN_AFTER = 2.0
"""Seconds by the real clock after which a watch that broke down is begun again."""


class ActionFailed(FailWatchError):
    """The print was not seen to pause or end; the text says why."""

    kind = "action_failed"


class ActionPending(ActionFailed):
    """The print was not seen to pause or end, but the printer has the order, and may still obey."""


@dataclass(frozen=True, kw_only=True)
class PrinterInfo:
    """The printer that is watched, and by which kind of host."""

    id: str
    name: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Everything that a watch is built from. Changed settings need a new Setup."""

    detector: Detector
    """Borrowed: whoever created it closes it."""
    detector_kind: str
    cameras: tuple[Camera, ...]
    settings: WatchSettings


class Host(Protocol):
    """What a host does for its watch."""

    async def act(self, action: Action) -> None:
        """Pause or cancel the print. Return once the printer is seen to obey; raise ActionFailed otherwise."""

    def save(self, state: WatchState) -> None:
        """Store the state soon. Returns at once."""

    def report(self, state: WatchState, events: Sequence[Event]) -> None:
        """Show the state and tell people. Returns at once."""


class Monitor(Watch):
    """Watches one printer for its host."""

    def __init__(
        self,
        host: Host,
        setup: Setup,
        *,
        printer: PrinterInfo,
        clock: Clock,
        state: WatchState | None = None,
        history: History | None = None,
    ) -> None:
        """Begin with a stored state, put to rest: whether its print still runs is for the host to say."""
        self.setup = setup
        self._host = host
        self._printer = printer
        self._history = history
        self._running: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._ready.set()
        self._replacing = asyncio.Lock()
        self._acting: set[asyncio.Task[None]] = set()
        self._is_over = False
        super().__init__(
            detector=setup.detector,
            detector_kind=setup.detector_kind,
            cameras=setup.cameras,
            settings=setup.settings,
            clock=clock,
            state=rest(replace(state or WatchState(), printer_id=printer.id)),
        )
        self._recorder = self._record_with(setup)

    async def run(self) -> None:
        """Watch until cancelled; start again after an unexpected error. After cancelling, nothing is done or reported."""
        try:
            while True:
                await self._ready.wait()
                self._running = asyncio.create_task(self.watch())
                await asyncio.wait([self._running])
                if not self._running.cancelled():
                    _LOGGER.error("The watch broke down and begins again", exc_info=self._running.exception())
                    await asyncio.sleep(AGAIN_AFTER)
        finally:
            self._is_over = True
            for task in self._acting:
                task.cancel()
            await self._stop()

    async def halt(self) -> None:
        """Stop looking until `replace`, so that a detector may be closed before the next one is made."""
        self._ready.clear()
        await self._stop()

    async def replace(self, setup: Setup) -> None:
        """Watch with another set-up; keep state, pictures, countdowns and call counts.

        Actions that are no longer asked for are dropped, and what another kind of detector has taught at its first answer.

        The old watch has stopped looking when this returns.
        """
        async with self._replacing:
            self._ready.clear()
            try:
                await self._stop()
                self.setup = setup
                self.use(
                    detector=setup.detector,
                    detector_kind=setup.detector_kind,
                    cameras=setup.cameras,
                    settings=setup.settings,
                )
                self._untaught.clear()
                self._recorder = self._record_with(setup)
                self.take(Step(self.state))
            finally:
                self._ready.set()

    def take(self, step: Step) -> None:
        """Act first, then record, store and report: neither a full disk nor a listener may delay a pause."""
        if self._is_over:
            return
        self.state = step.state
        if step.order is not None:
            self._guarded(lambda: self._begin_act(step.order))
        if self._recorder is not None:
            recorder = self._recorder
            self._guarded(lambda: recorder.record(step.state, step.events, self.frames))
        self._guarded(lambda: self._host.save(step.state))
        self._guarded(lambda: self._host.report(step.state, step.events))
        self._wake.set()

    def _begin_act(self, action: Action | None) -> None:
        if action is not None:
            task = asyncio.get_running_loop().create_task(self._act(action))
            self._acting.add(task)
            task.add_done_callback(self._acting.discard)

    async def _act(self, action: Action) -> None:
        try:
            await self._host.act(action)
        except ActionFailed as error:
            is_pending = isinstance(error, ActionPending)
            self.acted(action, str(error) or type(error).__name__, is_pending=is_pending)
        except Exception as error:
            _LOGGER.exception("The printer could not be told to %s", action)
            self.acted(action, f"{type(error).__name__}: {error}".removesuffix(": "))
        else:
            self.acted(action)

    def _record_with(self, setup: Setup) -> Recorder | None:
        if self._history is None:
            return None
        recorded = RecordedSettings.of(
            setup.settings,
            setup.detector_kind,
            by_sum=setup.detector.combines_by_sum,
            regions={camera.name: camera.regions for camera in setup.cameras},
        )
        return Recorder(
            self._history,
            self.state,
            recorded,
            source=self._printer.source,
            clock=self.clock,
            printer_name=self._printer.name,
        )

    async def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:
            _LOGGER.exception("The host could not take a change")
