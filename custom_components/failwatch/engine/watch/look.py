"""One look: every camera's picture is taken, checked, asked about, and the answers combined."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..detectors.base import Detector
from ..errors import DarkPicture, FailWatchError, FrozenPicture
from ..imaging import visibility as sights
from ..imaging.jpeg import as_jpeg
from ..imaging.regions import Polygon, blacked_out, without_ignored
from ..imaging.visibility import SightLimits, Stillness
from ..models import Detection, Frame
from .state import View

SnapshotSource: TypeAlias = Callable[[], Awaitable[bytes]]
"""Gives the camera's present picture; raises SnapshotError."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A source of snapshots, and the parts of its picture to ignore."""

    snapshot: SnapshotSource
    name: str = ""
    regions: tuple[Polygon, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A camera's frame and its answer."""

    frame: Frame
    detection: Detection


@dataclass(frozen=True, slots=True)
class Answer:
    """All cameras' answers as one detection. At least one camera was seen."""

    seen: tuple[Seen, ...]
    views: tuple[View, ...]
    detection: Detection


async def snapshot(camera: Camera, stillness: Stillness, limits: SightLimits) -> tuple[bytes, Stillness]:
    """Return a camera's picture as JPEG, if something can be seen in it, and how long it has stood still.

    Raises SnapshotError or BadPicture.
    """
    loop = asyncio.get_running_loop()
    picture = await camera.snapshot()
    sight = await loop.run_in_executor(None, sights.examine, picture)
    stillness = sights.follow(stillness, sight)
    if sights.is_dark(sight, limits):
        raise DarkPicture(f"The picture is too dark to see anything (brightness {sight.brightness:.0%}).")
    if sights.is_frozen(stillness, limits):
        raise FrozenPicture("The camera keeps giving the same picture.")
    return await loop.run_in_executor(None, as_jpeg, picture), stillness


async def ask(detector: Detector, camera: Camera, frame: Frame) -> Detection:
    """Return the detector's answer to a frame, with the camera's ignored regions left out."""
    if not camera.regions:
        return await detector.detect(frame)
    if detector.returns_boxes:
        detection = await detector.detect(frame)
        return without_ignored(detection, camera.regions, by_sum=detector.combines_by_sum)
    loop = asyncio.get_running_loop()
    picture = await loop.run_in_executor(None, blacked_out, frame.jpeg, camera.regions)
    return await detector.detect(replace(frame, jpeg=picture))


def combine(seen: Sequence[Seen], failed: Sequence[tuple[Camera, FailWatchError]], quorum: int) -> Answer:
    """Return one answer for all cameras: p is the highest that at least `quorum` of them reach.

    A quorum of 1 is the maximum. Statistics of a service are kept only where one camera asked.
    """
    ranked = sorted((one.detection.p for one in seen), reverse=True)
    p = ranked[min(quorum, len(ranked)) - 1]
    views = [
        View(one.frame.camera, one.detection.p, one.detection.boxes, one.detection.tagged_image_url)
        for one in seen
    ]
    views += [View(camera.name, problem=f"{error}", reason=error.kind) for camera, error in failed]
    alone = len(views) == 1
    statistics = seen[0].detection.statistics if alone else None
    return Answer(tuple(seen), tuple(views), Detection(p, statistics=statistics))
