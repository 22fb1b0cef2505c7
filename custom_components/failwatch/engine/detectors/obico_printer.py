"""Obico's API for its own printers as a detector: it is told of each print that is watched."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from ..clients import clouds
from ..clients.http import base_url
from ..clients.obico import PrinterApi
from ..errors import BadSetting, DetectionError, NotFound
from ..models import Detection, Frame
from .context import DetectorHost
from .pixel_boxes import boxes_of
from .super_api import statistics_of


class ObicoPrinterDetector:
    """Begins a print at Obico with the first frame of each print, and ends it when closed.

    Obico ends a print by itself when the next one begins.
    """

    returns_boxes = False
    combines_by_sum = True
    metered = True

    def __init__(self, api: PrinterApi) -> None:
        """Ask for that printer."""
        self._api = api
        self._print_id: str | None = None

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], host: DetectorHost) -> Self:
        """Use `url`, `token` and `printer`; raises BadSetting."""
        token, printer = str(settings.get("token") or ""), str(settings.get("printer") or "")
        if not token or not printer:
            raise BadSetting("Obico's printer API needs a token and the printer's number.")
        return cls(PrinterApi(host.network(), base_url(settings, clouds.OBICO), token, printer))

    async def detect(self, frame: Frame) -> Detection:
        """Return the service's answer to a frame. Raises DetectionError."""
        if self._print_id != frame.print_id:
            await self._start(frame.print_id)
        try:
            prediction = await self._api.predict(frame.jpeg)
        except NotFound:
            # Somebody ended the print at Obico, while it goes on here.
            await self._start(frame.print_id)
            prediction = await self._api.predict(frame.jpeg)
        return Detection(
            p=prediction.p,
            boxes=await boxes_of(prediction.detections, frame.jpeg),
            statistics=statistics_of(prediction.temporal_stats),
            tagged_image_url=prediction.tagged_img_url,
            raw=prediction.raw,
        )

    async def check(self) -> str:
        """Return a sentence on what answers there; raises DetectionError."""
        printer = await self._api.printer()
        name = printer.get("name") or "without a name"
        return f"Obico at {self._api.where} accepts the token and knows the printer {name}."

    async def close(self) -> None:
        """End the print at Obico, as nothing more is sent of it."""
        if self._print_id is not None:
            with suppress(DetectionError):
                await self._api.finish_print()
            self._print_id = None

    async def _start(self, print_id: str) -> None:
        await self._api.start_print(print_id)
        self._print_id = print_id
