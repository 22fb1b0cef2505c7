"""A watch in a test: virtual time, a scripted detector, and a camera that shows noise.

Pictures are opened at once instead of in threads: no virtual second passes meanwhile, however slow the machine is.
"""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch

from PIL import Image

from octoprint_failwatch.engine.clock import Clock
from octoprint_failwatch.engine.detectors import Detector
from octoprint_failwatch.engine.history import History
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.monitor import ActionFailed, ActionPending, Monitor, PrinterInfo, Setup
from octoprint_failwatch.engine.watch.look import Camera
from octoprint_failwatch.engine.watch.policy import Action
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import Event, EventKind, Phase, WatchState
from tests.patience import BETWEEN_LOOKS

START = 1_700_000_000.0
NOW = 1000.0
"""When single steps of a watch are taken, of a print that has been watched for a while."""
WATCHING = WatchState(print_id="one", phase=Phase.WATCHING, since=500.0)


class VirtualClock(Clock):
    """Time that passes only when everybody waits for it."""

    def __init__(self, now: float = START) -> None:
        """Start at a moment."""
        super().__init__(speed=1)
        self.time = now

    def now(self) -> float:
        """Return the virtual time."""
        return self.time

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Let everything else run, then jump to the end of the wait."""
        if seconds is None:
            await event.wait()
            return
        for _ in range(20):
            await asyncio.sleep(0)
            if event.is_set():
                return
        self.time += max(seconds, 0.0)

    def step(self) -> float:
        """Stay what it is."""
        return 0.0


@dataclass
class ScriptedDetector:
    """Answers p after p; an exception in the script is raised, and the last entry repeats."""

    script: Iterable[float | Exception]
    returns_boxes: bool = False
    combines_by_sum: bool = False
    metered: bool = True
    frames: list[Frame] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin the script."""
        self._answers = iter(self.script)
        self._last: float | Exception = 0.0

    async def detect(self, frame: Frame) -> Detection:
        """Give the next answer."""
        self.frames.append(frame)
        self._last = next(self._answers, self._last)
        if isinstance(self._last, Exception):
            raise self._last
        return Detection(self._last)

    async def check(self) -> str:
        """Say what it is."""
        return "A script"

    async def close(self) -> None:
        """Hold nothing."""


@cache
def picture(seed: int, brightness: int = 128, size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a JPEG that differs from that of every other seed."""
    image = Image.new("RGB", size, (brightness,) * 3)
    for index in range(40):
        x, y = (seed * 7919 + index * 104729) % size[0], (seed * 31 + index * 1299709) % size[1]
        image.putpixel((x, y), ((brightness + seed * 37 + index * 11) % 256,) * 3)
    corner = (seed * 53) % 200
    image.paste(min(255, brightness + corner // 4), (0, 0, 16, 16))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def live_camera(name: str = "", first: int = 0) -> Camera:
    """Return a camera whose every picture is another one."""
    numbers = itertools.count(first)

    async def snapshot() -> bytes:
        return picture(next(numbers))

    return Camera(snapshot, name)


class Host:
    """A host that obeys at once unless told otherwise, and notes what it was asked and told."""

    def __init__(self) -> None:
        """Obey."""
        self.problems: list[str] = []
        self.pending = False
        self.acted: list[tuple[Action, float]] = []
        self.saved: list[WatchState] = []
        self.states: list[WatchState] = []
        self.events: list[Event] = []
        self.clock: VirtualClock
        self.allowed = asyncio.Event()
        self.allowed.set()

    async def act(self, action: Action) -> None:
        """Do it, or raise the next problem."""
        self.acted.append((action, self.clock.time))
        await self.allowed.wait()
        if self.problems:
            failed = ActionPending if self.pending else ActionFailed
            raise failed(self.problems.pop(0))

    def save(self, state: WatchState) -> None:
        """Note it."""
        self.saved.append(state)

    def report(self, state: WatchState, events: Sequence[Event]) -> None:
        """Note it."""
        self.states.append(state)
        self.events.extend(events)


@dataclass
class Watched:
    """A running monitor and all that it told."""

    watch: Monitor
    clock: VirtualClock
    host: Host

    @property
    def states(self) -> list[WatchState]:
        """All states so far."""
        return self.host.states

    @property
    def events(self) -> list[Event]:
        """All events so far."""
        return self.host.events

    async def until(self, condition: Callable[[], bool]) -> None:
        """Run until the condition holds."""
        for _ in range(200_000):
            if condition():
                return
            await asyncio.sleep(0)
            if self.watch._looking is not None:  # a real detector calculates in a thread
                await asyncio.wait([self.watch._looking], timeout=BETWEEN_LOOKS)
        raise AssertionError("That never happened.")

    async def frames(self, count: int) -> None:
        """Run until that many frames of this print were judged."""
        await self.until(lambda: self.watch.state.memory.statistics.prediction_num >= count)

    async def told(self, kind: EventKind) -> Event:
        """Run until an event of the kind was told, and return the newest."""
        await self.until(lambda: kind in self.kinds())
        return next(event for event in reversed(self.events) if event.kind is kind)

    async def idle_for(self, seconds: float) -> None:
        """Let time pass in which the watch may do what it likes."""
        target = self.clock.time + seconds
        for _ in range(5000):
            if self.clock.time >= target:
                return
            await asyncio.sleep(0)
        self.clock.time = target
        self.watch._wake.set()
        for _ in range(200):
            await asyncio.sleep(0)

    def kinds(self) -> list[EventKind]:
        """Return the kinds of all events so far."""
        return [event.kind for event in self.events]


async def _at_once(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Stand in for `in_thread`."""
    return work(*args, **kwargs)


@asynccontextmanager
async def watching(
    detector: Detector,
    settings: WatchSettings | None = None,
    cameras: Sequence[Camera] | None = None,
    state: WatchState | None = None,
    clock: VirtualClock | None = None,
    history: History | None = None,
    host: Host | None = None,
) -> AsyncIterator[Watched]:
    """Run a monitor for the length of a test."""
    clock = clock or VirtualClock()
    host = host or Host()
    host.clock = clock
    setup = Setup(
        detector=detector,
        detector_kind="script",
        cameras=tuple(cameras or [live_camera()]),
        settings=settings or WatchSettings(),
    )
    printer = PrinterInfo(id="printer", name="Printer", source="test")
    monitor = Monitor(host, setup, printer=printer, clock=clock, state=state, history=history)
    with patch("octoprint_failwatch.engine.watch.look.in_thread", _at_once):
        task = asyncio.create_task(monitor.run())
        try:
            yield Watched(monitor, clock, host)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
