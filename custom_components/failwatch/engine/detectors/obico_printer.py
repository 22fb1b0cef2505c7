"""Detect failures with Obico's API for printers, and report each watched print to it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from ..clients import clouds
from ..clients.http import base_url
from ..clients.obico import Prediction, PrinterApi
from ..errors import BadSetting, DetectionError, NotFound
from ..models import Detection, Frame
from .context import DetectorContext
from .super_api import detection_of

IDLE_FOR = 600.0  # seconds after which a printer at Obico may be taken for another one


class ObicoPrinterDetector:
    """Begins a print at Obico with the first frame of each print, and ends it when closed.

    Obico follows one print per printer, and ends it by itself when the next one begins. So each printer
    watched here takes a printer there for itself.
    """

    returns_boxes = False
    combines_by_sum = True
    metered = True

    def __init__(self, apis: Sequence[PrinterApi]) -> None:
        """Ask for these printers."""
        self._printers = [_Printer(api) for api in apis]

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], host: DetectorContext) -> Self:
        """Use `url`, `token` and `printer`, which may name several; raises BadSetting."""
        token = str(settings.get("token") or "")
        printers = [one.strip() for one in str(settings.get("printer") or "").split(",") if one.strip()]
        if not token or not printers:
            raise BadSetting("Obico's printer API needs a token and the printer's number.")
        session, url = host.network(), base_url(settings, clouds.OBICO)
        return cls([PrinterApi(session, url, token, printer) for printer in dict.fromkeys(printers)])

    async def detect(self, frame: Frame) -> Detection:
        """Return the service's answer to a frame. Raises DetectionError, BadSetting."""
        prediction = await self._printer_of(frame).predict(frame)
        return await detection_of(prediction, frame.jpeg)

    async def check(self) -> str:
        """Return a sentence on what answers there; raises DetectionError."""
        known = [await printer.api.printer() for printer in self._printers]
        names = ", ".join(str(one.get("name") or "without a name") for one in known)
        return f"Obico at {self._printers[0].api.where} accepts the token and knows the printer {names}."

    async def close(self) -> None:
        """End the prints at Obico, as nothing more is sent of them."""
        for printer in self._printers:
            await printer.finish()

    def _printer_of(self, frame: Frame) -> _Printer:
        """Return the printer at Obico that represents the frame's printer, or take a free one."""
        now = asyncio.get_running_loop().time()
        printer = next((one for one in self._printers if one.taken_by == frame.printer_id), None)
        if printer is None:
            printer = min(self._printers, key=lambda one: one.used_at)
            if now - printer.used_at < IDLE_FOR:
                raise BadSetting(
                    "Obico's printer follows another print: enter one number for each printer, with commas."
                )
            printer.taken_by = frame.printer_id
        printer.used_at = now
        return printer


@dataclass
class _Printer:
    """A printer at Obico, whom it stands for here, and the print that it follows."""

    api: PrinterApi
    taken_by: str | None = None
    used_at: float = -math.inf
    print_id: str | None = None
    starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def predict(self, frame: Frame) -> Prediction:
        """Return the answer to a frame, of a print that is begun if need be."""
        await self._start(frame.print_id)
        try:
            return await self.api.predict(frame.jpeg)
        except NotFound:
            # Somebody ended the print at Obico, while it goes on here.
            self.print_id = None
            await self._start(frame.print_id)
            return await self.api.predict(frame.jpeg)

    async def finish(self) -> None:
        """End the print that it follows."""
        if self.print_id is not None:
            with suppress(DetectionError):
                await self.api.finish_print()
            self.print_id = None

    async def _start(self, print_id: str) -> None:
        async with self.starting:
            if self.print_id != print_id:
                await self.api.start_print(print_id)
                self.print_id = print_id
