"""Pictures, past prints, ignored regions and learned background of a camera that Home Assistant watches."""

from collections.abc import Mapping, Sequence
from typing import IO, Any, Protocol, cast, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..const import CONF_IGNORE, CONF_IGNORE_OTHERS, DOMAIN
from ..engine.detectors.base import Detector, LearningDetector
from ..engine.errors import BadPicture, SnapshotError
from ..engine.history import PrintRecord
from ..engine.imaging.annotation import tagged
from ..engine.imaging.threads import in_thread
from ..engine.models import Box, Frame
from ..engine.watch.state import WatchState
from ..shared.recordings import CameraBackground, CameraRegions, Corners, Course, ExportFormat, Recordings
from .history import PrintHistory
from .settings import camera_entities, camera_regions, regions_text
from .snapshots import create_cameras


class WatchedPrinter(Protocol):
    """What recordings need of the printer that they belong to."""

    hass: HomeAssistant
    key: str
    data: WatchState

    @property
    def settings(self) -> Mapping[str, Any]:
        """How the printer is watched."""

    @property
    def frames(self) -> Mapping[str, Frame]:
        """The last judged frame of each camera."""

    def async_change_settings(self, changes: Mapping[str, Any]) -> None:
        """Put changed settings in force."""

    async def async_reset_baseline(self) -> None:
        """Forget what was learned of the cameras."""


class CameraRecordings(Recordings):
    """The recordings of one watched printer: a camera's name is that of the entity that gives its pictures."""

    def __init__(self, printer: WatchedPrinter, past: PrintHistory, detector: Detector) -> None:
        """Read nothing yet."""
        self._printer = printer
        self._past = past
        self._detector = detector

    @override
    async def async_frame(self, camera: str) -> bytes | None:
        frames = self._printer.frames
        if frame := frames.get(camera) or next(iter(frames.values()), None):
            return frame.jpeg
        kept = await self._recalled()
        return kept[0] if kept else None

    async def async_tagged(self) -> bytes | None:
        """Return the last judged picture with its boxes as JPEG, None if there is none yet."""
        seen = self._seen() or await self._recalled()
        if seen is None:
            return None
        jpeg, boxes = seen
        try:
            return await in_thread(tagged, jpeg, boxes)
        except BadPicture:
            return jpeg

    def _seen(self) -> tuple[bytes, Sequence[Box]] | None:
        """Return the picture of the last look since the start, with what was found in it."""
        look = self._printer.data.look
        for frame in self._printer.frames.values():
            return frame.jpeg, [box for view in (look.views if look else ()) for box in view.boxes]
        return None

    async def _recalled(self) -> tuple[bytes, Sequence[Box]] | None:
        """Return the last picture that was kept from before."""
        try:
            return await self._past.async_last_picture()
        except HomeAssistantError:
            return None

    @override
    async def async_snapshot(self, camera: str) -> bytes | None:
        cameras = create_cameras(self._printer.hass, self._printer.settings, trial=True)
        source = next((one for one in cameras if one.name == camera), cameras[0])
        try:
            return await source.snapshot()
        except SnapshotError:
            return await self.async_frame(camera)

    @override
    async def async_prints(self, before: float | None, limit: int) -> list[PrintRecord]:
        return await self._past.async_prints(limit, before)

    @override
    async def async_course(self, print_id: str, most: int) -> Course:
        return await self._past.async_course(print_id, most)

    @override
    async def async_frame_picture(self, print_id: str, frame_id: int, camera: str) -> bytes | None:
        return await self._past.async_picture(print_id, frame_id, camera)

    @override
    async def async_export(self, print_id: str, kind: ExportFormat, file: IO[bytes]) -> None:
        await self._past.async_export(print_id, kind, file)

    @override
    async def async_regions(self) -> list[CameraRegions]:
        settings = self._printer.settings
        return [
            CameraRegions(
                camera=camera,
                polygons=[[list(corner) for corner in one] for one in camera_regions(settings, camera)],
            )
            for camera in camera_entities(settings)
        ]

    @override
    async def async_set_regions(self, camera: str, polygons: list[Corners]) -> None:
        settings, text = self._printer.settings, regions_text(polygons)
        first, *others = camera_entities(settings)
        if camera == first:
            self._printer.async_change_settings({CONF_IGNORE: text})
        elif camera in others:
            known = settings.get(CONF_IGNORE_OTHERS, {})
            self._printer.async_change_settings({CONF_IGNORE_OTHERS: {**known, camera: text}})
        else:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_such_camera")

    @override
    async def async_background(self) -> list[CameraBackground]:
        if not isinstance(self._detector, LearningDetector):
            return []
        normals = await self._detector.baselines()
        return [
            cast(CameraBackground, {"name": camera, "title": camera, **normal.shown()})
            for (printer_id, camera), normal in normals.items()
            if printer_id == self._printer.key
        ]

    @override
    async def async_forget_background(self, camera: str) -> None:
        await self._printer.async_reset_baseline()
