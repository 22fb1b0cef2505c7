"""The Super Detection API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from ..engine.detectors.pixel_boxes import picture_size
from ..engine.errors import RateLimited
from ..engine.models import Box, Frame
from .detector_queue import DetectorQueue
from .printer_statistics import Look
from .rate_limit import Throttle
from .request import Intake, read_submission
from .responses import in_pixels, note
from .storage import Storage
from .tokens import Owner, Tokens
from .urls import Addresses

PREDICT = "/ent/partners/api/predict/"
TAGGED = "/tagged"


@dataclass(frozen=True, slots=True)
class SuperApi:
    """Answers predictions, and serves the tagged pictures that they point to."""

    queue: DetectorQueue
    storage: Storage
    tokens: Tokens
    throttle: Throttle
    addresses: Addresses
    intake: Intake

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post(PREDICT, self.predict),
            web.get(f"{TAGGED}/{{name}}.jpg", self.tagged_picture),
        ]

    async def predict(self, request: web.Request) -> web.Response:
        """Detect failures in a picture, update the printer's statistics, and answer with both."""
        owner = self._admit(request)
        base = self.addresses.base(request)
        with self.intake.hold(owner.key, request):
            submission = await read_submission(request, self.intake)
            note(request, printer_id=submission.printer_id)
            printer = f"{owner.key}/{submission.printer_id}"
            frame = Frame(submission.jpeg, time.time(), printer, submission.print_id)
            async with self.queue.detected(owner.key, printer, frame) as detection:
                name = await self.storage.pictures.keep(submission.jpeg, detection.boxes)
                now = time.time()
                look = Look(
                    submission.print_id, detection.p, submission.key, now, now + submission.repeated_for
                )
                counted = await self.storage.printers.advance(owner.key, submission.printer_id, look)
            statistics = counted.statistics
            note(request, p=round(counted.p, 4))
            return web.json_response(
                {
                    "result": {
                        "p": counted.p,
                        "temporal_stats": {
                            "ewm_mean": statistics.ewm_mean,
                            "rolling_mean_short": statistics.rolling_mean_short,
                            "rolling_mean_long": statistics.rolling_mean_long,
                            "prediction_num": statistics.prediction_num,
                            "prediction_num_lifetime": statistics.prediction_num_lifetime,
                        },
                        "tagged_img_url": name and f"{base}{TAGGED}/{name}.jpg",
                        "detections": await _detections(submission.jpeg, detection.boxes),
                    }
                }
            )

    async def tagged_picture(self, request: web.Request) -> web.Response:
        """Serve a tagged picture to anybody who knows its name."""
        found = await self.storage.pictures.take(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        jpeg, stays = found
        headers = {
            "Cache-Control": f"private, max-age={int(stays)}, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=jpeg, content_type="image/jpeg", headers=headers)

    def _admit(self, request: web.Request) -> Owner:
        owner = self.tokens.owner(request.headers.get("Authorization"))
        note(request, token=owner.number)
        wait = self.throttle.wait(owner.key)
        if wait:
            raise RateLimited("You are running too hot! Take it easy buddy...", retry_after=wait)
        return owner


async def _detections(jpeg: bytes, boxes: Sequence[Box]) -> list[tuple[float, list[float]]]:
    if not boxes:
        return []
    return in_pixels(boxes, await asyncio.to_thread(picture_size, jpeg))
