"""Many watched cameras in one Home Assistant: how long does its event loop stand still, how much memory goes?

    .cache/env-homeassistant/bin/python benchmarks/home_assistant.py [--cameras 50] [--seconds 60]

Every camera is looked at every ten seconds by the built-in detector; a clock beside them measures by how
much a sleep of 10 ms is late. Prints one JSON object.
"""

import argparse
import asyncio
import io
import json
import os
import random
import resource
import sys
import time
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

TICK = 0.01
STATUS = "sensor.printer"


def picture(number: int) -> bytes:
    """Return a camera's picture, 1280 by 720, unlike every other."""
    chance = random.Random(number)
    image = Image.effect_noise((1280, 720), 40).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = chance.randrange(1200), chance.randrange(640)
        draw.rectangle((x, y, x + 60, y + 60), fill=tuple(chance.randrange(256) for _ in range(3)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


async def lateness(stop: asyncio.Event) -> tuple[list[float], list[float]]:
    """Return by how many seconds each tick came late, and how many the loop's thread worked meanwhile.

    The second is what Home Assistant did itself; the first has also what the machine did besides.
    """
    late, busy = [], []
    while not stop.is_set():
        began, worked = time.perf_counter(), time.thread_time()
        await asyncio.sleep(TICK)
        late.append(time.perf_counter() - began - TICK)
        busy.append(time.thread_time() - worked)
    return sorted(late), sorted(busy)


async def measure(hass: HomeAssistant, cameras: int, seconds: float) -> dict[str, Any]:
    """Watch so many cameras for so long."""
    pictures = [picture(number) for number in range(30)]

    async def snapshot(*_: Any) -> bytes:
        return random.choice(pictures)

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
    hass.states.async_set(STATUS, "idle")
    with (
        patch("custom_components.failwatch.watched_camera.async_snapshot", snapshot),
        patch("custom_components.failwatch.detector.async_process_requirements"),
    ):
        if not await hass.config_entries.async_setup(entry.entry_id):
            raise SystemExit(f"not set up: {entry.reason}")
        printers = entry.runtime_data.printers.values()
        hass.states.async_set(STATUS, "printing")
        await asyncio.sleep(15)
        before = memory()
        stop = asyncio.Event()
        clock = asyncio.create_task(lateness(stop))
        looks = sum(printer.data.look.number for printer in printers if printer.data.look)
        await asyncio.sleep(seconds)
        stop.set()
        late, busy = await clock
        looks = sum(printer.data.look.number for printer in printers if printer.data.look) - looks
        blind = sum(printer.data.blind is not None for printer in printers)
        await hass.config_entries.async_unload(entry.entry_id)
    return {
        "cameras": cameras,
        "seconds": seconds,
        "cores": os.cpu_count(),
        "looks_per_second": round(looks / seconds, 2),
        "blind": blind,
        "late_ms_median": round(late[len(late) // 2] * 1000, 2),
        "late_ms_99": round(late[int(len(late) * 0.99)] * 1000, 2),
        "late_ms_longest": round(late[-1] * 1000, 2),
        "busy_ms_99": round(busy[int(len(busy) * 0.99)] * 1000, 2),
        "busy_ms_longest": round(busy[-1] * 1000, 2),
        "memory_mb": round(memory(), 1),
        "memory_growth_mb": round(memory() - before, 1),
    }


def memory() -> float:
    """Return the resident memory now, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    async with async_test_home_assistant() as hass:
        result = await measure(hass, arguments.cameras, arguments.seconds)
        await hass.async_stop(force=True)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    asyncio.run(main())
