"""Time every callback of Home Assistant's loop; for benchmarks/card an integration, with cameras in memory."""

import asyncio
import gc
import io
import os
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import voluptuous as vol
from homeassistant.components.camera import PLATFORM_SCHEMA as CAMERA_PLATFORM_SCHEMA
from homeassistant.components.camera import Camera
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from PIL import Image

STALL = 0.05
"""Seconds of one callback that would be a stall."""
PLATFORM_SCHEMA = CAMERA_PLATFORM_SCHEMA.extend({vol.Required("count"): int})


class Meter:
    """How long callbacks took, in seconds: by the clock, of the thread's processor time, and that without collection.

    Python's collector of garbage now and then walks through all of Home Assistant's memory, in whatever callback comes
    by, or in another thread while the loop waits: its time is counted apart. So is, where Linux tells it, the time in which the thread was ready to run and other
    programs had all processors: what the clock says without it is what Home Assistant is to answer for, waiting for a
    lock or the disk included.
    """

    def __init__(self) -> None:
        """Time nothing yet."""
        self.wall: list[float] = []
        self.busy: list[float] = []
        self.own: list[float] = []
        self.kept: list[float] = []
        """By the clock, without the time in which there was no processor."""
        self.collections: list[float] = []
        self.elsewhere: list[tuple[float, float]] = []
        """By the clock, when collections in other threads began and ended: the loop stands still meanwhile."""
        self.stalls: list[tuple[float, float]] = []
        """By the clock, when callbacks that took too long began and ended."""
        self.slowest: dict[str, float] = {}
        self._run = asyncio.Handle._run
        self._collecting_since = (0.0, 0.0)
        self._thread = threading.get_ident()
        self._waited = lambda: 0.0

    def start(self) -> None:
        """Time every callback from now on."""
        run = self._run
        self._waited = _processor_waits()

        def timed(handle: asyncio.Handle) -> None:
            collections = len(self.collections)
            began, worked, waited = time.perf_counter(), time.thread_time(), self._waited()
            run(handle)
            busy, waited = time.thread_time() - worked, self._waited() - waited
            own = busy - sum(self.collections[collections:])
            self.wall.append(time.perf_counter() - began)
            self.kept.append(self.wall[-1] - waited)
            self.busy.append(busy)
            self.own.append(own)
            if self.wall[-1] > STALL:
                self.stalls.append((began, began + self.wall[-1]))
            name = _name(handle)
            self.slowest[name] = max(self.kept[-1], self.slowest.get(name, 0.0))

        asyncio.Handle._run = timed  # type: ignore[method-assign]
        gc.callbacks.append(self._collect)

    def _collect(self, phase: str, _: dict[str, int]) -> None:
        now = time.thread_time(), time.perf_counter()
        if phase == "start":
            self._collecting_since = now
        elif threading.get_ident() == self._thread:
            self.collections.append(now[0] - self._collecting_since[0])
        else:
            self.elsewhere.append((self._collecting_since[1], now[1]))

    def stop(self) -> None:
        """Time nothing more."""
        asyncio.Handle._run = self._run  # type: ignore[method-assign]
        gc.callbacks.remove(self._collect)

    def _collected(self, began: float, ended: float) -> float:
        """Return how many seconds of this time other threads collected garbage."""
        return sum(max(0.0, min(ended, last) - max(began, first)) for first, last in self.elsewhere)

    def summary(self) -> dict[str, Any]:
        """Return what was timed."""
        slowest = sorted(self.slowest.items(), key=lambda one: -one[1])[:5]
        return {
            "loop_callbacks": len(self.wall),
            "loop_longest_ms_by_the_clock": round(max(self.wall) * 1000, 1),
            "loop_longest_ms_of_the_processor": round(max(self.busy) * 1000, 1),
            "loop_longest_ms_without_collection": round(max(self.own) * 1000, 1),
            "loop_longest_ms_without_waiting_for_a_processor": round(max(self.kept) * 1000, 1),
            "loop_over_50_ms_by_the_clock": sum(one > STALL for one in self.wall),
            "loop_over_50_ms_by_the_clock_without_collection_elsewhere": sum(
                ended - began - self._collected(began, ended) > STALL for began, ended in self.stalls
            ),
            "loop_over_50_ms_without_waiting_for_a_processor": sum(one > STALL for one in self.kept),
            "loop_over_50_ms_of_the_processor": sum(one > STALL for one in self.busy),
            "loop_over_50_ms_without_collection": sum(one > STALL for one in self.own),
            "loop_collections": len(self.collections),
            "loop_longest_collection_ms": round(max(self.collections, default=0.0) * 1000, 1),
            "longest_collection_elsewhere_ms_by_the_clock": round(
                max((ended - began for began, ended in self.elsewhere), default=0.0) * 1000, 1
            ),
            "loop_busy_seconds": round(sum(self.busy), 2),
            "loop_slowest_ms": {name: round(seconds * 1000, 1) for name, seconds in slowest},
        }


def _processor_waits() -> Callable[[], float]:
    """Return what tells how long this thread was ready to run and had no processor; always 0 where nothing tells it."""
    try:
        file = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)
    except OSError:
        return lambda: 0.0
    return lambda: int(os.pread(file, 100, 0).split()[1]) / 1e9


def _name(handle: asyncio.Handle) -> str:
    owner = getattr(handle._callback, "__self__", None)
    if not isinstance(owner, asyncio.Task):
        return getattr(handle._callback, "__qualname__", "another callback")
    return owner.get_coro().__qualname__


async def async_setup(hass: HomeAssistant, _: dict[str, Any]) -> bool:
    """Offer to measure."""
    meter = Meter()

    async def start(_: ServiceCall) -> None:
        meter.start()

    async def stop(_: ServiceCall) -> ServiceResponse:
        meter.stop()
        return meter.summary()

    hass.services.async_register("loop_meter", "start", start)
    hass.services.async_register("loop_meter", "stop", stop, supports_response=SupportsResponse.ONLY)
    return True


async def async_setup_platform(
    hass: HomeAssistant, config: dict[str, Any], async_add_entities: Any, _: Any = None
) -> None:
    """Make the cameras."""
    pictures = await hass.async_add_executor_job(_draw)
    async_add_entities(MemoryCamera(number, pictures) for number in range(config["count"]))


def _draw() -> list[bytes]:
    pictures = []
    for _ in range(30):
        out = io.BytesIO()
        Image.effect_noise((1280, 720), 40).convert("RGB").save(out, "JPEG", quality=80)
        pictures.append(out.getvalue())
    return pictures


class MemoryCamera(Camera):
    """Shows something else each time."""

    def __init__(self, number: int, pictures: list[bytes]) -> None:
        """Have the name that the benchmark expects."""
        super().__init__()
        self._attr_name = f"Printer {number}"
        self._pictures = pictures

    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:  # noqa: ARG002
        """Return any of the pictures."""
        return random.choice(self._pictures)
