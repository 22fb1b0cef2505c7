"""Obico's ml_api, so that a self-hosted Obico can use this server as its detector."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass

from aiohttp import web
from yarl import URL

from ..engine.detectors.pixel_boxes import picture_size
from ..engine.errors import BadPicture, BadRequest, BadSetting, FailWatchError, SnapshotError
from ..engine.models import Frame
from ..engine.sources.address import parse
from ..engine.sources.http import HttpSource
from ..engine.sources.source import ReadOptions
from .detector_queue import DetectorQueue
from .responses import in_pixels, note, refusal
from .tokens import Tokens
from .urls import is_short_ascii

FETCH_SECONDS = 10.0
PRINTER = "ml_api"
"""The ml_api is not told whose pictures it sees, and keeps no statistics."""


@dataclass(frozen=True, slots=True)
class MlApi:
    """Fetches pictures from one Obico, and from nowhere else."""

    queue: DetectorQueue
    tokens: Tokens
    obico: URL
    max_picture: int

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get("/p/", self.predict), web.get("/hc/", self.health)]

    async def predict(self, request: web.Request) -> web.Response:
        """Look at the picture at an address, and answer with boxes."""
        try:
            owner = self.tokens.owner(request.headers.get("Authorization"), "Bearer")
            note(request, token=owner.number)
            jpeg = await self._fetch(request.query.get("img", ""))
            # No statistics are kept for these printers, so the order of pictures does not matter.
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

    async def _fetch(self, img: str) -> bytes:
        """Return the picture at an address of Obico's. Raises BadRequest or BadPicture."""
        refused = BadRequest(f"img must be an address at {self.obico.origin()}.")
        if not is_short_ascii((img.partition("://")[2] or img).partition("/")[0]):
            raise refused
        try:
            address, _ = parse(img)
        except BadSetting:
            raise BadRequest("img is missing: the address of a picture.") from None
        if not img.strip() or address.origin != parse(str(self.obico))[0].origin:
            raise refused
        options = ReadOptions(timeout=FETCH_SECONDS, redirects=0, max_bytes=self.max_picture)
        try:
            return await HttpSource(img, options).snapshot()
        except SnapshotError as error:
            raise BadPicture(f"The picture cannot be fetched. {error}") from error
