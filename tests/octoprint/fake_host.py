"""A stand-in for OctoPrint, for single parts of the plugin, and a detector that the test controls."""

from __future__ import annotations

import asyncio
import copy
import io
import itertools
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.watch.state import Event, WatchState
from octoprint_failwatch.printer.print_identity import Job
from octoprint_failwatch.printer.progress import Heat, Progress
from octoprint_failwatch.settings import DEFAULTS
from octoprint_failwatch.watching.octoprint_access import PrinterProfile
from tests.patience import PATIENCE


class FakePrinter:
    """Prints, and obeys at once."""

    def __init__(self) -> None:
        self.state = "PRINTING"

    def pause_print(self, *, tags: set[str]) -> None:
        self.state = "PAUSED"

    def cancel_print(self, *, tags: set[str]) -> None:
        self.state = "OPERATIONAL"

    def get_state_id(self) -> str:
        return self.state


class FakeHost:
    """An OctoPrint whose printer prints one file, warm from the beginning."""

    local_url = "http://127.0.0.1:5000"
    language = "en"

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.data_folder = folder
        self.printer = FakePrinter()
        self.stored = {**copy.deepcopy(DEFAULTS), "interval": 1.0, **settings}
        self.printer_profile = PrinterProfile("_default", "Printer")
        self.message: Callable[[WatchState, Sequence[Event]], dict[str, Any]]
        self.position = 1
        self.file: Path | None = None

    def settings(self) -> dict[str, Any]:
        return copy.deepcopy(self.stored)

    def profile(self) -> PrinterProfile:
        return self.printer_profile

    def job(self) -> Job | None:
        return Job("file.gcode", "sdcard", "file.gcode", self.position)

    def progress(self) -> Progress:
        return Progress(self.position, 50.0, Heat.THERE)

    def print_file(self) -> Path | None:
        return self.file

    def about_to_pause(self) -> None: ...

    def failed_to_pause(self) -> None: ...

    def changed(self, state: WatchState, events: Sequence[Event]) -> None: ...

    def listen(self, listener: Any) -> None: ...

    def close(self) -> None: ...


class FakeDetector:
    """Answers `p` to every frame, and is closed once `lets_go` is set."""

    returns_boxes = True
    combines_by_sum = False
    metered = False

    def __init__(self) -> None:
        self.asked: list[Frame] = []
        self.p = 0.02
        self.lets_go = threading.Event()
        self.lets_go.set()

    async def detect(self, frame: Frame) -> Detection:
        self.asked.append(frame)
        return Detection(self.p)

    async def check(self) -> str:
        return ""

    async def close(self) -> None:
        await asyncio.to_thread(self.lets_go.wait, PATIENCE)


SHADES = itertools.cycle(range(60, 200, 7))


def picture(_camera: str = "") -> bytes:
    """Return a picture unlike the one before, as of a camera that works."""
    image = Image.new("RGB", (64, 48), (next(SHADES), 110, 110))
    image.paste((20, 20, 20), (0, 0, next(SHADES) % 64, 30))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()
