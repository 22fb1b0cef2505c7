"""Take one look: fetch and check every camera's picture, ask the detector, combine the answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..detectors.base import Detector, MaskingDetector
from ..errors import DarkPicture, FailWatchError, FrozenPicture
from ..imaging import visibility
from ..imaging.jpeg import as_jpeg
from ..imaging.regions import Polygon, blacked_out, without_ignored
from ..imaging.threads import in_thread
from ..imaging.visibility import FreezeCounter, PictureDigest, VisibilityLimits
from ..models import Detection, Frame
from .blindness import LATE
from .state import CameraView

SnapshotSource: TypeAlias = Callable[[], Awaitable[bytes]]
"""Gives the camera's present picture; raises SnapshotError."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A source of snapshots, and the parts of its picture to ignore."""

    snapshot: SnapshotSource
    name: str = ""
    regions: tuple[Polygon, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraAnswer:
    """A camera's frame and its answer."""

    frame: Frame
    detection: Detection


@dataclass(frozen=True, slots=True)
class LookResult:
    """All cameras' answers as one detection, of at least one camera. Those in `late` did not answer in time."""

    seen: tuple[CameraAnswer, ...]
    views: tuple[CameraView, ...]
    detection: Detection
    late: frozenset[str] = frozenset()


async def snapshot(
    camera: Camera, frozen: FreezeCounter, limits: VisibilityLimits
) -> tuple[bytes, FreezeCounter]:
    """Return a camera's picture as JPEG, if something can be seen in it, and how long it has stood still.

    Raises SnapshotError or BadPicture.
    """
    picture = await camera.snapshot()
    jpeg, digest = await in_thread(_examined, picture)
    frozen = visibility.follow(frozen, digest)
    if visibility.is_dark(digest, limits):
        raise DarkPicture(f"The picture is too dark to see anything (brightness {digest.brightness:.0%}).")
    if visibility.is_frozen(frozen, limits):
        raise FrozenPicture("The camera keeps giving the same picture.")
    return jpeg, frozen


def _examined(picture: bytes) -> tuple[bytes, PictureDigest]:
    return as_jpeg(picture), visibility.examine(picture)


async def ask(detector: Detector, camera: Camera, frame: Frame) -> Detection:
    """Return the detector's answer to a frame, with the camera's ignored regions left out."""
    if not camera.regions:
        return await detector.detect(frame)
    if isinstance(detector, MaskingDetector) and detector.masks_regions:
        return await detector.detect_outside(frame, camera.regions)
    if detector.returns_boxes:
        detection = await detector.detect(frame)
        return without_ignored(detection, camera.regions, by_sum=detector.combines_by_sum)
    picture = await in_thread(blacked_out, frame.jpeg, camera.regions)
    return await detector.detect(replace(frame, jpeg=picture))


def combine(
    seen: Sequence[CameraAnswer], failed: Sequence[tuple[Camera, FailWatchError]], quorum: int
) -> LookResult:
    """Return one answer for all cameras: p is the highest that at least `quorum` of them reach.

    A quorum of 1 is the maximum. Statistics of a service are kept only where one camera asked.
    """
    rank = min(quorum, len(seen)) - 1
    p = sorted((one.detection.p for one in seen), reverse=True)[rank]
    # What one camera's background explains excuses nothing that another camera sees.
    unexplained = sorted((one.detection.p - one.detection.explained for one in seen), reverse=True)[rank]
    views = [
        CameraView(one.frame.camera, one.detection.p, one.detection.boxes, one.detection.tagged_image_url)
        for one in seen
    ]
    views += [CameraView(camera.name, problem=f"{error}", reason=error.kind) for camera, error in failed]
    alone = len(views) == 1
    statistics = seen[0].detection.statistics if alone else None
    detection = Detection(p, statistics=statistics, explained=p - unexplained)
    late = frozenset(camera.name for camera, error in failed if isinstance(error, LATE))
    return LookResult(tuple(seen), tuple(views), detection, late)
