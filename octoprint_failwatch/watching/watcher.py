"""Run a monitor for OctoPrint's connected printer, on the watch's own loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

from ..engine.clock import Clock
from ..engine.detectors import DetectorContext, create_detector
from ..engine.detectors.base import Detector, LearningDetector
from ..engine.detectors.built_in import CameraBaseline
from ..engine.detectors.single_use_pictures import SingleUsePictures
from ..engine.errors import BadSetting, FailWatchError
from ..engine.history import History, HistoryError
from ..engine.history.retention import Retention
from ..engine.judging.rules import RuleSet
from ..engine.models import Frame
from ..engine.monitor import ActionFailed, ActionPending, Monitor, PrinterInfo, Setup
from ..engine.watch.look import Camera
from ..engine.watch.policy import Action, Cause
from ..engine.watch.state import Event, Phase, WatchState
from ..engine.watch.trial import Trial, try_out
from ..printer.gentle_pause import GentlePause
from ..printer.print_control import carry_out, wait_for_news
from ..printer.start_conditions import StartConditions
from ..settings import detector_settings
from .failing_detector import UnusableDetector
from .installation import Installation
from .octoprint_access import OctoPrintAccess, PrinterProfile
from .picture_urls import publisher
from .snapshots import Snapshots
from .state_store import StateStore
from .unsaved import Unsaved, unsaved
from .watch_settings import cameras, gentle_pause, regions, retention, validated, watch_settings, when

_LOGGER = logging.getLogger(__name__)


class Watcher:
    """One printer's monitor, and what it borrows: detector, webcams, history, files.

    Everything but the constructor belongs to the loop's thread. Nothing is watched before `open`.
    """

    def __init__(
        self, host: OctoPrintAccess, clock: Clock, installation: Installation, pictures: SingleUsePictures
    ) -> None:
        """Open the files; `open` does the rest on the loop."""
        self.host = host
        self.clock = clock
        settings, _ = validated(host.settings())
        self.history = _open_history(host.data_folder / "history.db", retention(settings))
        self.profile = host.profile()
        self.problem: FailWatchError | None = None
        self.when = StartConditions()
        self.gentle_pause: GentlePause | None = None
        self._installation = installation
        self._pictures = pictures
        self._webcams = Snapshots()
        self._store = StateStore(host.data_folder)
        self._changing = asyncio.Lock()

    async def open(self) -> None:
        """Start from the stored state of the connected printer."""
        self._session = aiohttp.ClientSession()
        self._begin(self._set_up())

    async def close(self) -> None:
        """Stop looking, and leave everything on disk."""
        async with self._changing:
            await self._stop()
            await self._close_detector(self.monitor.setup.detector)
        await self._webcams.close()
        await self._session.close()
        self._store.close()
        self.history.close()

    @property
    def printer_id(self) -> str:
        """The connected printer's UUID."""
        return self._installation.printer_id(self.profile.id)

    @property
    def state(self) -> WatchState:
        """The watch's state."""
        return self.monitor.state

    @property
    def frames(self) -> Mapping[str, Frame]:
        """The last judged frame of each camera, by the camera's name."""
        return self.monitor.frames

    @property
    def rules(self) -> RuleSet:
        """The rules in force."""
        return self.monitor.setup.settings.rules

    @property
    def detector_kind(self) -> str:
        """The kind of the detector in use."""
        return self.monitor.setup.detector_kind

    @property
    def unsaved(self) -> Unsaved | None:
        """Why something could not be stored at the last try."""
        return unsaved(self.history, self.host.data_folder)

    async def rebuild(self) -> None:
        """Apply the current settings; keep what was learned and the running print."""
        async with self._changing:
            # What a detector has learned is on disk for the next one only once it is closed.
            await self.monitor.halt()
            await self._close_detector(self.monitor.setup.detector)
            await self.monitor.replace(self._set_up())

    async def use_printer(self, profile: PrinterProfile) -> None:
        """Watch that printer from now on, with all that was learned of it."""
        async with self._changing:
            if profile.id == self.profile.id:
                self.profile = profile
                return
            await self._stop()
            self._store.save(self.monitor.state)
            await self._close_detector(self.monitor.setup.detector)
            self.profile = profile
            self._begin(self._set_up())
            self.host.changed(self.state, ())

    async def try_out(self, camera: str, settings: Mapping[str, Any]) -> Trial:
        """Take one look with the given settings, stored or not; raises FailWatchError."""
        detector = create_detector(detector_settings(settings), self.detector_context(settings))
        try:
            source = Camera(self._webcams.source(camera), camera, regions(settings, camera))
            return await try_out(source, detector)
        finally:
            await detector.close()

    async def snapshot(self, camera: str) -> bytes:
        """Return a webcam's picture; raises SnapshotError."""
        return await self._webcams.snapshot(camera)

    def is_stream(self, camera: str) -> bool:
        """Return whether a webcam's snapshot address turned out to be that of a stream."""
        return self._webcams.is_stream(camera)

    async def camera_baselines(self) -> dict[str, CameraBaseline]:
        """Return the learned baseline of each of this printer's cameras, by name."""
        detector = self.monitor.setup.detector
        if not isinstance(detector, LearningDetector):
            return {}
        baselines = await detector.baselines()
        return {camera: one for (printer, camera), one in baselines.items() if printer == self.printer_id}

    async def forget_baseline(self, camera: str) -> None:
        """Let the detector learn a camera's baseline anew."""
        detector = self.monitor.setup.detector
        if isinstance(detector, LearningDetector):
            await detector.forget(self.printer_id, camera)

    def unlearn(self, print_id: str) -> None:
        """Remove what the detector learned in a print that failed."""
        detector = self.monitor.setup.detector
        if isinstance(detector, LearningDetector):
            detector.unlearn(self.printer_id, print_id)

    def detector_context(self, settings: Mapping[str, Any]) -> DetectorContext:
        """Return what this host provides to detectors."""
        base = str(settings["own_url"] or self.host.local_url)
        return DetectorContext(self._session, self.host.data_folder, publisher(self._pictures, base))

    # What the monitor asks of its host

    async def act(self, action: Action) -> None:
        """Pause or cancel the print, and return once the printer obeys; raises ActionFailed."""
        if action is not Action.PAUSE:
            order = self.state.intervention.ordered
            await wait_for_news(
                self.host.printer,
                lambda: self.state.phase is Phase.PAUSED,
                of_paused=order is not None and order.cause is Cause.UNANSWERED,
            )
            await carry_out(self.host.printer, action)
            return
        self.host.about_to_pause()
        try:
            await carry_out(self.host.printer, action)
        except ActionPending:
            raise
        except ActionFailed:
            self.host.failed_to_pause()
            raise

    def save(self, state: WatchState) -> None:
        """Store the state soon."""
        self._store.save(state)

    def report(self, state: WatchState, events: Sequence[Event]) -> None:
        """Tell browsers, other plugins and people."""
        self.host.changed(state, events)

    def _begin(self, setup: Setup) -> None:
        printer = PrinterInfo(id=self.printer_id, name=self.profile.name, source="octoprint")
        self.monitor = Monitor(
            self,
            setup,
            printer=printer,
            clock=self.clock,
            state=self._store.load(self.printer_id),
            history=self.history,
        )
        self._task = asyncio.get_running_loop().create_task(self.monitor.run())

    def _set_up(self) -> Setup:
        settings, problem = validated(self.host.settings())
        if problem:
            _LOGGER.warning("Some settings cannot work, their defaults are used instead: %s", problem)
        detector, unusable = self._detector(settings)
        self.problem = problem or unusable
        self.when, self.gentle_pause = when(settings), gentle_pause(settings)
        self.history.retention = retention(settings)
        return Setup(
            detector=detector,
            detector_kind=detector_settings(settings)["kind"],
            cameras=tuple(
                Camera(self._webcams.source(name), name, regions(settings, name))
                for name in cameras(settings)
            ),
            settings=watch_settings(settings),
        )

    def _detector(self, settings: Mapping[str, Any]) -> tuple[Detector, FailWatchError | None]:
        try:
            return create_detector(detector_settings(settings), self.detector_context(settings)), None
        except FailWatchError as error:
            unusable: FailWatchError = error
        except (TypeError, ValueError) as error:  # a configuration that was edited by hand
            unusable = BadSetting("The detector's settings cannot be read: %(why)s.", why=error)
        _LOGGER.warning("The detector cannot be used: %s", unusable)
        return UnusableDetector(unusable), unusable

    async def _stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _close_detector(self, detector: Detector) -> None:
        try:
            await detector.close()
        except Exception:
            _LOGGER.exception("The detector could not be closed")


def _open_history(path: Path, kept: Retention) -> History:
    try:
        return History.of_host(path, kept)
    except HistoryError as error:
        _LOGGER.warning("Prints are watched, but not recorded: %s", error)
        return History(path, kept, blocked=error)
