"""Obico's ml_api: a self-hosted Obico may use this server in place of its own detector."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from yarl import URL

from ..engine.detectors.pixel_boxes import picture_size
from ..engine.errors import BadPicture, BadRequest, FailWatchError
from ..engine.models import Frame
from .detector_queue import DetectorQueue
from .responses import in_pixels, note, refusal
from .tokens import Tokens

FETCH_SECONDS = 10.0
PRINTER = "ml_api"
"""The ml_api is not told whose pictures it sees, and keeps no statistics."""


@dataclass(frozen=True, slots=True)
class MlApi:
    """Fetches pictures from one Obico, and from nowhere else."""

    queue: DetectorQueue
    tokens: Tokens
    session: aiohttp.ClientSession
    obico: URL
    max_picture: int

    def routes(self) -> list[web.RouteDef]:
        """Return what is to be routed here."""
        return [web.get("/p/", self.predict), web.get("/hc/", self.health)]

    async def predict(self, request: web.Request) -> web.Response:
        """Look at the picture at an address, and answer with boxes."""
        try:
            owner = self.tokens.owner(request.headers.get("Authorization"), "Bearer")
            note(request, token=owner.number)
            jpeg = await self._fetch(request.query.get("img", ""))
            # Nothing is kept of these printers, so their pictures need no order.
            frame = Frame(jpeg, time.time(), PRINTER, PRINTER)
            async with self.queue.detected(
                owner.key, f"{PRINTER}/{secrets.token_hex(8)}", frame
            ) as detection:
                size = await asyncio.to_thread(picture_size, jpeg)
        except FailWatchError as error:
            return refusal(request, error, detections=[], message=str(error))
        found = [["failure", score, edges] for score, edges in in_pixels(detection.boxes, size)]
        return web.json_response({"detections": found})

    async def health(self, _: web.Request) -> web.Response:
        """Say that the detector is ready."""
        return web.Response(text="ok")

    async def _fetch(self, address: str) -> bytes:
        """Return the picture at an address of Obico's. Raises BadRequest or BadPicture."""
        url = _address(address)
        if url.origin() != self.obico.origin():
            raise BadRequest(f"img must be an address at {self.obico.origin()}.")
        try:
            async with self.session.get(
                url, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=FETCH_SECONDS)
            ) as response:
                if response.status != web.HTTPOk.status_code:
                    raise BadPicture(f"Obico answers with status {response.status} for the picture.")
                picture = await response.content.readexactly(self.max_picture + 1)
        except asyncio.IncompleteReadError as end:
            picture = end.partial
        except (aiohttp.ClientError, TimeoutError) as error:
            raise BadPicture(f"The picture cannot be fetched ({type(error).__name__}).") from error
        if len(picture) > self.max_picture:
            raise BadPicture(f"The picture is too large: {self.max_picture // 2**20} MiB are accepted.")
        return picture


def _address(text: str) -> URL:
    try:
        url = URL(text)
        good = url.scheme in ("http", "https") and url.host is not None and url.port is not None
    except ValueError:
        good = False
    if not good:
        raise BadRequest("img is missing: the address of a picture.")
    return url
