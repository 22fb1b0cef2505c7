"""Pictures from whatever webcams OctoPrint knows, taken on threads of their own."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from octoprint.webcams import get_snapshot_webcam, get_webcams
from PIL import Image

from ..engine.errors import SnapshotError
from ..engine.imaging.jpeg import decode
from ..engine.watch.look import SnapshotSource

MOST_BYTES = 10_000_000
"""A camera that sends more than this for one picture is not heard out."""
PATIENCE = 20.0
"""Seconds to wait for a camera."""


@dataclass(frozen=True, slots=True)
class Webcam:
    """A webcam that OctoPrint knows, for choosing from."""

    name: str
    title: str
    can_snapshot: bool


def webcams() -> list[Webcam]:
    """Return every webcam of every provider."""
    return [
        Webcam(name, webcam.config.displayName, bool(webcam.config.canSnapshot))
        for name, webcam in get_webcams().items()
    ]


def titles() -> dict[str, str]:
    """Return what each webcam is called, by the name that it is known by."""
    return {webcam.name: webcam.title for webcam in webcams()}


class Webcams:
    """Takes snapshots by OctoPrint's webcam providers; a camera is asked once at a time."""

    def __init__(self) -> None:
        """Start no thread before the first snapshot."""
        self._threads = ThreadPoolExecutor(4, "failwatch-webcam")
        self._running: dict[str, Future[bytes]] = {}

    def source(self, name: str) -> SnapshotSource:
        """Return the snapshot source of a webcam; "" is the one OctoPrint would take."""

        async def snapshot() -> bytes:
            return await self.snapshot(name)

        return snapshot

    async def snapshot(self, name: str) -> bytes:
        """Return a webcam's present picture, upright. Raises SnapshotError."""
        running = self._running.get(name)
        if running is not None and not running.done():
            raise SnapshotError("The camera still has not answered the last request.")
        self._running[name] = self._threads.submit(take, name)
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.shield(asyncio.wrap_future(self._running[name]))
        except TimeoutError:
            raise SnapshotError(
                "The camera did not answer within %(seconds)d seconds.", seconds=PATIENCE
            ) from None

    def close(self) -> None:
        """Take no more; a camera that hangs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def take(name: str) -> bytes:
    """Return a webcam's picture, turned and flipped as OctoPrint shows it. Blocks; raises SnapshotError."""
    webcam = _choose(name)
    picture = _read(webcam)
    config = webcam.config
    if config.flipH or config.flipV or config.rotate90:
        return _upright(picture, config)
    return picture


def _choose(name: str) -> Any:
    known: Mapping[str, Any] = get_webcams()
    if name:
        webcam = known.get(name)
        if webcam is None:
            raise SnapshotError("OctoPrint has no webcam %(name)r any more.", name=name)
        if not webcam.config.canSnapshot:
            raise SnapshotError("The webcam %(name)s takes no snapshots.", name=webcam.config.displayName)
        return webcam
    # OctoPrint's own choice goes by name alone: what it names need not be able to take a snapshot.
    preferred = get_snapshot_webcam()
    for webcam in (preferred, *known.values()):
        if webcam is not None and webcam.config.canSnapshot:
            return webcam
    raise SnapshotError("OctoPrint has no webcam that takes snapshots.")


def _read(webcam: Any) -> bytes:
    title = webcam.config.displayName
    parts, size = [], 0
    try:
        for part in webcam.providerPlugin.take_webcam_snapshot(webcam.config.name):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                break
    except Exception as error:  # a provider is another plugin, and may raise anything
        raise SnapshotError(
            "The webcam %(name)s gave no picture: %(why)s", name=title, why=_short(error)
        ) from error
    if size > MOST_BYTES:
        raise SnapshotError(
            "The webcam %(name)s sends more than %(size)d MB.", name=title, size=MOST_BYTES // 1_000_000
        )
    if not size:
        raise SnapshotError("The webcam %(name)s gave an empty picture.", name=title)
    return b"".join(parts)


def _upright(picture: bytes, config: Any) -> bytes:
    image = decode(picture)
    if config.flipH:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if config.flipV:
        image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    if config.rotate90:
        image = image.transpose(Image.Transpose.ROTATE_90)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return out.getvalue()


def _short(error: Exception) -> str:
    """Name the error without what it was told: addresses of cameras can contain passwords."""
    return type(error).__name__
