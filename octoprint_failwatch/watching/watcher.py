"""The watch in OctoPrint: detector, cameras, history and state put together, on the watch's own loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from ..engine.clock import Clock
from ..engine.detectors import DetectorContext, create_detector
from ..engine.detectors.base import Detector, LearnsCameras
from ..engine.detectors.built_in import CameraNormal
from ..engine.detectors.single_use_pictures import SingleUsePictures
from ..engine.errors import BadSetting, FailWatchError
from ..engine.history import History, RecordedSettings, Recorder
from ..engine.judging.rules import RuleSet
from ..engine.models import Frame
from ..engine.watch.look import Camera
from ..engine.watch.policy import Action
from ..engine.watch.state import Event, EventKind, WatchState
from ..engine.watch.trial import Trial, try_out
from ..engine.watch.watch import Watch
from ..printer.gentle_pause import GentlePause
from ..printer.print_control import carry_out
from ..printer.start_conditions import StartConditions
from ..settings import detector_settings
from .failing_detector import UnusableDetector
from .installation import Installation
from .keep_going import keep_going
from .octoprint_access import OctoPrintAccess, PrinterProfile
from .picture_urls import publisher
from .snapshots import Snapshots
from .state_store import StateStore, at_rest
from .watch_settings import cameras, gentle_pause, regions, retention, validated, watch_settings, when

_LOGGER = logging.getLogger(__name__)


class Watcher:
    """One printer's watch, made anew whenever the settings or the printer change.

    Everything but the constructor belongs to the loop's thread. Nothing is watched before `open`.
    """

    def __init__(
        self, host: OctoPrintAccess, clock: Clock, installation: Installation, pictures: SingleUsePictures
    ) -> None:
        """Open the files; `open` does the rest on the loop."""
        self.host = host
        self.clock = clock
        settings, _ = validated(host.settings())
        self.history = History.of_host(host.data_folder / "history.db", retention(settings))
        self.profile = host.profile()
        self.problem: FailWatchError | None = None
        self.when = StartConditions()
        self.gentle_pause: GentlePause | None = None
        self._installation = installation
        self._pictures = pictures
        self._webcams = Snapshots()
        self._store = StateStore(host.data_folder)
        self._running: set[asyncio.Task[None]] = set()
        self._changing = asyncio.Lock()

    async def open(self) -> None:
        """Begin with what is known of the connected printer."""
        self._session = aiohttp.ClientSession()
        self._build(self._store.load(self.printer_id))

    async def close(self) -> None:
        """Stop looking, and leave everything on disk."""
        async with self._changing:
            await self._stop_watch()
        for task in self._running:
            task.cancel()
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
        return self.watch.state

    @property
    def frames(self) -> Mapping[str, Frame]:
        """The last judged frame of each camera, by the camera's name."""
        return self.watch.frames

    async def rebuild(self) -> None:
        """Take the settings as they are now; what was learned and the print that runs go on."""
        async with self._changing:
            await self._stop_watch()
            self._build(self.watch.state, self.watch.frames)

    async def use_printer(self, profile: PrinterProfile) -> None:
        """Watch that printer from now on, with all that was learned of it."""
        async with self._changing:
            if profile.id == self.profile.id:
                self.profile = profile
                return
            await self._stop_watch()
            self._store.save(at_rest(self.watch.state))
            self.profile = profile
            self._build(self._store.load(self.printer_id))
            self.host.changed(self.state, ())

    async def try_out(self, camera: str, settings: Mapping[str, Any]) -> Trial:
        """Take one look with settings that need not be stored; raises FailWatchError."""
        detector = create_detector(detector_settings(settings), self.detector_context(settings))
        try:
            source = Camera(self._webcams.source(camera), camera, regions(settings, camera))
            return await try_out(source, detector)
        finally:
            await detector.close()

    def pause_print(self) -> None:
        """Pause the print because the user wants it: gently if so set, verified, and told of if it fails."""
        self._carry_out(Action.PAUSE)

    async def snapshot(self, camera: str) -> bytes:
        """Return a webcam's picture; raises SnapshotError."""
        return await self._webcams.snapshot(camera)

    def is_stream(self, camera: str) -> bool:
        """Return whether a webcam's snapshot address turned out to be that of a stream."""
        return self._webcams.is_stream(camera)

    async def usual(self) -> dict[str, CameraNormal]:
        """Return what the detector learned to be usual for each of this printer's cameras, by name."""
        detector = self._detector_in_use
        if not isinstance(detector, LearnsCameras):
            return {}
        normals = await detector.normals()
        return {camera: normal for (printer, camera), normal in normals.items() if printer == self.printer_id}

    async def forget_usual(self, camera: str) -> None:
        """Have the detector learn anew what is usual for a camera."""
        if isinstance(self._detector_in_use, LearnsCameras):
            await self._detector_in_use.forget(self.printer_id, camera)

    def _build(self, state: WatchState, frames: Mapping[str, Frame] | None = None) -> None:
        settings, problem = validated(self.host.settings())
        if problem:
            _LOGGER.warning("Some settings cannot work, their defaults are used instead: %s", problem)
        chosen = detector_settings(settings)
        detector, unusable = self._detector(settings)
        self._detector_in_use: Detector = detector
        self.problem = problem or unusable
        how = watch_settings(settings)
        self.when, self.gentle_pause = when(settings), gentle_pause(settings)
        self.history.retention = retention(settings)
        self.rules: RuleSet = how.rules
        self.detector_kind = chosen["kind"]
        names = cameras(settings)
        ignored = {name: regions(settings, name) for name in names}
        self.watch = Watch(
            detector=detector,
            cameras=[Camera(self._webcams.source(name), name, ignored[name]) for name in names],
            sink=self._sink,
            settings=how,
            clock=self.clock,
            state=state,
        )
        self.watch.frames = frames or {}
        recorded = RecordedSettings.of(how, chosen["kind"], by_sum=detector.combines_by_sum, regions=ignored)
        self._recorder = Recorder(
            self.history,
            self.watch.state,
            recorded,
            source="octoprint",
            clock=self.clock,
            printer_name=self.profile.name,
        )
        self._task = asyncio.get_running_loop().create_task(keep_going(self.watch.run))

    def _detector(self, settings: Mapping[str, Any]) -> tuple[Detector, FailWatchError | None]:
        try:
            return create_detector(detector_settings(settings), self.detector_context(settings)), None
        except FailWatchError as error:
            unusable: FailWatchError = error
        except (TypeError, ValueError) as error:  # a configuration that was edited by hand
            unusable = BadSetting("The detector's settings cannot be read: %(why)s.", why=error)
        _LOGGER.warning("The detector cannot be used: %s", unusable)
        return UnusableDetector(unusable), unusable

    def detector_context(self, settings: Mapping[str, Any]) -> DetectorContext:
        """Return what detectors are lent here."""
        base = str(settings["own_url"] or self.host.local_url)
        return DetectorContext(self._session, self.host.data_folder, publisher(self._pictures, base))

    async def _stop_watch(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        try:
            await self._detector_in_use.close()
        except Exception:
            _LOGGER.exception("The detector could not be closed")

    def _sink(self, state: WatchState, events: Sequence[Event]) -> None:
        # Acting comes first: neither a full disk nor a listener is a reason not to.
        for event in events:
            if event.kind is EventKind.ACTION:
                self._carry_out(Action(event.detail))
        self._store.save(state)
        self._recorder.record(state, events, self.watch.frames)
        self.host.changed(state, events)

    def _carry_out(self, action: Action) -> None:
        task = asyncio.get_running_loop().create_task(self._act(action))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _act(self, action: Action) -> None:
        if action is Action.PAUSE:
            self.host.about_to_pause()
        problem = await carry_out(self.host.printer, action)
        self.watch.acted(action, problem)
