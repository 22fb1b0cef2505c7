"""Watch many cameras in one Home Assistant: measure how long its event loop stands still, and its memory.

    .cache/env-homeassistant/bin/python benchmarks/home_assistant.py [loop|day] [--cameras 50] [--seconds 120]
                                                                     [--day-cameras 5] [--hours 24]

`loop`: every camera is looked at every ten seconds by the built-in detector. Each callback of the event loop is
timed as asyncio's own slow-callback log does it, but also by the processor time that the loop's thread spent in
it: the first has what the machine did besides, the second is what Home Assistant did itself. Python's collector
of garbage now and then walks through all of Home Assistant's memory, in whatever callback comes by: its time is
counted apart. A clock beside them measures by how much a sleep of 10 ms is late: callbacks that follow one
another without a gap.

`day`: a few cameras, with a detector that answers at once, by a clock that runs faster than the machine can
follow, so that they are looked at without a pause, until each has been looked at as often as in a day. Memory is
read after every hour of it; how far it is goes to the standard error. Five cameras take some minutes on two cores.

Prints one JSON object for each.
"""

import argparse
import asyncio
import gc
import io
import itertools
import json
import os
import random
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from PIL import Image, ImageDraw
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

import custom_components.failwatch  # noqa: F401 - before the test harness brings a folder of that name
from benchmarks.loop_meter import STALL, Meter
from custom_components.failwatch.coordinator import PrinterCoordinator
from custom_components.failwatch.engine.models import Detection, Frame

TICK = 0.01
STATUS = "sensor.printer"
LOOKS_IN_AN_HOUR = 360
DAY_SPEED = 4000.0


class AtOnce:
    """A detector that answers without looking."""

    returns_boxes = False
    combines_by_sum = False
    metered = False

    async def detect(self, _: Frame) -> Detection:
        """Return a little of anything."""
        return Detection(random.uniform(0.0, 0.1), ())

    async def check(self) -> str:
        """Be there."""
        return "Ready."

    async def close(self) -> None:
        """Need nothing more."""


def picture(number: int, width: int = 1280, height: int = 720) -> bytes:
    """Return a camera's picture, unlike every other."""
    chance = random.Random(number)
    image = Image.effect_noise((width, height), 40).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = chance.randrange(width), chance.randrange(height)
        draw.rectangle((x, y, x + 60, y + 60), fill=tuple(chance.randrange(256) for _ in range(3)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


async def lateness(stop: asyncio.Event) -> tuple[list[float], list[float]]:
    """Return by how many seconds each tick came late, and how many the loop's thread worked meanwhile."""
    late, busy = [], []
    while not stop.is_set():
        began, worked = time.perf_counter(), time.thread_time()
        await asyncio.sleep(TICK)
        late.append(time.perf_counter() - began - TICK)
        busy.append(time.thread_time() - worked)
    return late, busy


@asynccontextmanager
async def watched(
    hass: HomeAssistant, cameras: int, pictures: list[bytes]
) -> AsyncIterator[list[PrinterCoordinator]]:
    """Watch so many cameras, all of whose printers print when Home Assistant starts."""
    shown = itertools.cycle(pictures)

    async def snapshot(*_: Any) -> bytes:
        return next(shown)

    entry = MockConfigEntry(
        domain="failwatch",
        title="Built-in detector",
        data={"kind": "built_in"},
        subentries_data=[
            ConfigSubentryData(
                data={
                    "picture_entity": f"camera.printer_{number}",
                    "status_entity": STATUS,
                    "printing_states": ["printing"],
                    "interval": 10,
                    "rules": "failwatch",
                },
                subentry_id=f"camera{number}",
                subentry_type="camera",
                title=f"Printer {number}",
                unique_id=str(number),
            )
            for number in range(cameras)
        ],
    )
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    entry.add_to_hass(hass)
    hass.states.async_set(STATUS, "printing")
    with (
        patch("custom_components.failwatch.cameras.snapshots.async_snapshot", snapshot),
        patch("custom_components.failwatch.cameras.detector.async_process_requirements"),
    ):
        if not await hass.config_entries.async_setup(entry.entry_id):
            raise SystemExit(f"not set up: {entry.reason}")
        yield list(entry.runtime_data.printers.values())
        await hass.config_entries.async_unload(entry.entry_id)


def looks(printers: list[PrinterCoordinator]) -> int:
    """Return how often all of them were looked at in this print."""
    return sum(printer.data.look.number for printer in printers if printer.data.look)


async def measure_loop(hass: HomeAssistant, cameras: int, seconds: float) -> dict[str, Any]:
    """Time the callbacks of so many cameras for so long."""
    pictures = [picture(number) for number in range(30)]
    async with watched(hass, cameras, pictures) as printers:
        await asyncio.sleep(15)
        meter, stop = Meter(), asyncio.Event()
        before = looks(printers)
        meter.start()
        try:
            clock = asyncio.create_task(lateness(stop), name="the measuring clock")
            await asyncio.sleep(seconds)
            stop.set()
            late, busy = await clock
        finally:
            meter.stop()
        await asyncio.sleep(0)  # what follows is no longer a callback that is timed
        looked = looks(printers) - before
        blind = sum(printer.data.blind is not None for printer in printers)
    slowest = sorted(meter.slowest.items(), key=lambda one: -one[1])[:5]
    return {
        "cameras": cameras,
        "seconds": seconds,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "looks_per_second": round(looked / seconds, 2),
        "blind": blind,
        "callbacks": len(meter.wall),
        "callback_ms": {
            "by_the_clock": _spread(meter.wall),
            "of_the_processor": _spread(meter.busy),
            "without_collection": _spread(meter.own),
        },
        "callbacks_over_50_ms": {
            "by_the_clock": sum(one > STALL for one in meter.wall),
            "of_the_processor": sum(one > STALL for one in meter.busy),
            "without_collection": sum(one > STALL for one in meter.own),
        },
        "collections": len(meter.collections),
        "longest_collection_ms": round(max(meter.collections, default=0.0) * 1000, 1),
        "tick_ms": {"late": _spread(late), "of_the_processor": _spread(busy)},
        "slowest_ms": {name: round(worst * 1000, 1) for name, worst in slowest},
    }


async def measure_day(hass: HomeAssistant, cameras: int, hours: int) -> dict[str, Any]:
    """Read the memory after each of so many hours."""
    pictures = [picture(number, 160, 120) for number in range(30)]
    used: list[float] = []
    began = time.monotonic()
    with (
        patch.dict(os.environ, {"FAILWATCH_CLOCK_SPEED": str(DAY_SPEED)}),
        patch("custom_components.failwatch.cameras.detector.async_require_built_in"),
        patch("custom_components.failwatch.cameras.detector.create_detector", return_value=AtOnce()),
    ):
        async with watched(hass, cameras, pictures) as printers:
            for hour in range(1, hours + 1):
                while True:
                    await asyncio.sleep(0.2)
                    if looks(printers) >= hour * LOOKS_IN_AN_HOUR * cameras:
                        break
                gc.collect()
                used.append(round(memory(), 1))
                seconds = time.monotonic() - began
                print(f"hour {hour} of {hours}: {used[-1]} MB, {seconds:.0f} s", file=sys.stderr, flush=True)
    settled = used[len(used) // 4 :]
    return {
        "cameras": cameras,
        "hours": hours,
        "looks": LOOKS_IN_AN_HOUR * hours * cameras,
        "seconds": round(time.monotonic() - began),
        "memory_mb_by_hour": used,
        "growth_mb_after_the_first_quarter": round(settled[-1] - settled[0], 1),
        "growth_kb_per_camera_and_hour": round(
            (settled[-1] - settled[0]) * 1024 / max(1, len(settled) - 1) / cameras, 1
        ),
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "median": round(ordered[len(ordered) // 2] * 1000, 2),
        "99": round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
        "longest": round(ordered[-1] * 1000, 2),
    }


def memory() -> float:
    """Return the resident memory now, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=("loop", "day"))
    parser.add_argument("--cameras", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--day-cameras", type=int, default=5)
    parser.add_argument("--hours", type=int, default=24)
    arguments = parser.parse_args()
    if arguments.what in (None, "loop"):
        async with async_test_home_assistant() as hass:
            print(json.dumps(await measure_loop(hass, arguments.cameras, arguments.seconds), indent=1))
            await hass.async_stop(force=True)
    if arguments.what in (None, "day"):
        async with async_test_home_assistant() as hass:
            print(json.dumps(await measure_day(hass, arguments.day_cameras, arguments.hours), indent=1))
            await hass.async_stop(force=True)


if __name__ == "__main__":
    asyncio.run(main())
