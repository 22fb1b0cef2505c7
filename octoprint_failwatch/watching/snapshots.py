"""Pictures from OctoPrint's webcams, upright; whoever delivers the bytes, the engine's reader reads them."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import requests
from PIL import Image

from ..engine.errors import BadPicture, BadSetting, LateSnapshot, SnapshotError
from ..engine.imaging.jpeg import decode, encode
from ..engine.sources import reasons
from ..engine.sources.body_picture import BodyPicture
from ..engine.sources.camera import CameraSource
from ..engine.sources.source import ReadOptions
from ..engine.watch.look import SnapshotSource
from .webcams import address, choose, options, timeout


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request to a provider that may still run, and what the camera's settings were then."""

    settings: str
    answer: Future[tuple[BodyPicture, bytes]]


class Snapshots:
    """Takes snapshots of webcams; each is asked once at a time, and anew as soon as its settings change."""

    def __init__(self) -> None:
        """Start no thread before the first snapshot."""
        self._threads = ThreadPoolExecutor(4, "failwatch-webcam")
        self._asked: dict[str, _Asked] = {}
        self._cameras: dict[str, tuple[str, ReadOptions, CameraSource]] = {}
        self._streams: set[str] = set()

    def source(self, name: str) -> SnapshotSource:
        """Return the snapshot source of a webcam; "" is the one OctoPrint would take."""

        async def snapshot() -> bytes:
            return await self.snapshot(name)

        return snapshot

    def is_stream(self, name: str) -> bool:
        """Return whether a webcam's snapshot address turned out to be that of a stream."""
        return name in self._streams

    async def snapshot(self, name: str) -> bytes:
        """Return a webcam's present picture, upright. Raises SnapshotError."""
        webcam = await asyncio.to_thread(choose, name)
        self._streams.discard(name)
        place = address(webcam)
        if place is not None:
            picture = await self._read(name, place, await asyncio.to_thread(options, webcam))
        else:
            picture = await self._ask(name, webcam)
        config = webcam.config
        if config.flipH or config.flipV or config.rotate90:
            try:
                return await asyncio.to_thread(_upright, picture, config)
            except BadPicture as error:
                raise SnapshotError("The camera's picture is damaged or cut off.") from error
        return picture

    async def close(self) -> None:
        """Stop taking pictures, without waiting for a camera that hangs."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for _, _, camera in self._cameras.values():
            await camera.close()

    async def _read(self, name: str, place: str, how: ReadOptions) -> bytes:
        """Return the picture at an address; raises SnapshotError."""
        known = self._cameras.get(name)
        if known is None or known[:2] != (place, how):
            if known is not None:
                await known[2].close()
            try:
                known = place, how, CameraSource(place, how)
            except BadSetting as error:
                self._cameras.pop(name, None)
                raise SnapshotError(error.template, **error.values) from None
            self._cameras[name] = known
        camera = known[2]
        picture = await camera.snapshot()
        if camera.is_stream:
            self._streams.add(name)
        return picture

    async def _ask(self, name: str, webcam: Any) -> bytes:
        """Return the picture that a provider delivers; raises SnapshotError."""
        settings, how = repr(webcam.config), ReadOptions(timeout=timeout(webcam))
        asked = self._asked.get(name)
        if asked is not None and not asked.answer.done() and asked.settings == settings:
            raise LateSnapshot("The camera still has not answered the last request.")
        asked = self._asked[name] = _Asked(settings, self._threads.submit(take, webcam, how.silence))
        try:
            async with asyncio.timeout(how.total):
                body, picture = await asyncio.shield(asyncio.wrap_future(asked.answer))
        except TimeoutError:
            raise reasons.no_answer(how.total) from None
        if body.is_stream:
            self._streams.add(name)
        return picture


def take(webcam: Any, seconds: float) -> tuple[BodyPicture, bytes]:
    """Return the picture that a webcam's provider delivers. Blocks; raises SnapshotError."""
    body = BodyPicture()
    try:
        pieces: Any = webcam.providerPlugin.take_webcam_snapshot(webcam.config.name)
        if isinstance(pieces, bytes):
            pieces = iter([pieces])
        try:
            for piece in pieces:
                picture = body.take(bytes(piece))
                if picture is not None:
                    return body, picture
                if body.has_all:
                    break
        finally:
            with suppress(AttributeError):
                pieces.close()  # a stream would go on for ever
        return body, body.finish()
    except SnapshotError:
        raise
    except Exception as error:  # a provider is another plugin, and may raise anything
        raise _reason(error, seconds) from error


def _reason(error: Exception, seconds: float) -> SnapshotError:
    """Return why a provider gave no picture, without its arguments: addresses can contain passwords."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return reasons.of_status(error.response.status_code, with_login=False)
    if isinstance(error, requests.Timeout):
        return reasons.no_answer(seconds)
    if isinstance(error, requests.exceptions.SSLError):
        return SnapshotError("The certificate is not trusted.")
    if isinstance(error, requests.ConnectionError):
        return SnapshotError("The camera cannot be reached: there is nothing at this address.")
    return SnapshotError("The camera's plugin fails: %(what)s.", what=type(error).__name__)


def _upright(picture: bytes, config: Any) -> bytes:
    image = decode(picture)
    if config.flipH:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if config.flipV:
        image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    if config.rotate90:
        image = image.transpose(Image.Transpose.ROTATE_90)
    return encode(image, quality=92)
