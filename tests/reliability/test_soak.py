"""A farm for a day, with faults switched on and off by a seed: every count, mean and level as a slow model says.

Every printer is watched by the real watch and counted by the server's real file. Questions fail before and after the
server counted them, are repeated, and watches and server are killed and started again.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import asynccontextmanager, closing
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from octoprint_failwatch.engine.errors import BadAnswer, DetectionError, ServerFailed, TimedOut, Unavailable
from octoprint_failwatch.engine.history import History
from octoprint_failwatch.engine.judging.published_rules import SuperApiRules
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.monitor import Monitor, PrinterInfo, Setup
from octoprint_failwatch.engine.serialization import from_json, to_json
from octoprint_failwatch.engine.statistics import TemporalStatistics
from octoprint_failwatch.engine.watch.look import Camera
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import Event, EventKind, WatchState
from octoprint_failwatch.server.printer_statistics import Counted, Look
from octoprint_failwatch.server.sqlite_printers import SqlitePrinters
from tests.core.watching import Host, VirtualClock, picture

from .bearing import SEED, WHOLE
from .soak_model import Model, Numbers

FARM = os.environ.get("FAILWATCH_SOAK") == "1"
"""Whether the whole farm is simulated."""
PRINTERS, HOURS = (200, 24) if FARM else (10, 24) if WHOLE else (4, 2)
AT_ONCE = 10
LOOKS_PER_HOUR = 360
FAULTS = (Unavailable, ServerFailed, TimedOut, BadAnswer)
RESTARTED = 0.2
"""How likely a watch is killed within an hour."""
RECORDED_EVERY = 10
"""Of so many printers the history of one is recorded: that takes as long as all else."""
CENTURY = 100 * 365 * 86400.0
"""The simulated day lies in the past, and nothing of it is to be forgotten."""


class Fate(Enum):
    """What becomes of a picture that the server counts."""

    ANSWERED = "answered"
    LOST = "lost"
    REPEATED = "repeated"


def course(seed: int) -> Iterator[DetectionError | tuple[float, Fate]]:
    """Yield what becomes of picture after picture: good and bad hours, and faults that come and go."""
    draw = random.Random(seed)
    while True:
        level = draw.choice((0.02, 0.02, 0.05, 0.6, 1.3))
        for _ in range(draw.randrange(20, 120)):
            fate = draw.choices(list(Fate), (97, 1, 2))[0]
            yield max(0.0, draw.gauss(level, 0.05)), fate
        if draw.random() < 0.6:
            for _ in range(draw.randrange(1, 8)):
                yield draw.choice(FAULTS)("out of order")


class Server:
    """The statistics of a server, in its real file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.printers = self._opened()

    def _opened(self) -> SqlitePrinters:
        async def make_room() -> None:
            raise AssertionError("no disk is full here")

        return SqlitePrinters(self._path, forget_after=CENTURY, make_room=make_room)

    async def restart(self) -> None:
        """Answer from what is in the file, and from nothing else."""
        before, self.printers = self.printers, self._opened()
        await before.close()

    def lifetimes(self) -> dict[str, int]:
        with closing(sqlite3.connect(self._path)) as connection:
            rows = connection.execute("SELECT printer_id, prediction_num_lifetime FROM printers")
            return dict(rows.fetchall())


class Clock(VirtualClock):
    """Jumps to what is due as soon as nothing is under way, up to a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.until = self.time
        self.is_there = asyncio.Event()
        self.is_looking: Callable[[], bool]

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        due = self.until if seconds is None else self.time + max(seconds, 0.0)
        if event.is_set() or not self.is_looking():
            if due < self.until:
                self.time = due
                return
            self.time = self.until
            self.is_there.set()
        await event.wait()


class Printer(Host):
    """A printer with its watch and its place at the server, beside the model of both."""

    returns_boxes = combines_by_sum = False
    metered = True

    def __init__(self, number: int, server: Server, folder: Path) -> None:
        super().__init__()
        self.id = f"printer {number}"
        self.clock: Clock = Clock()
        self.model = Model(believes_server=number % 2 == 0)
        self.wrong: list[str] = []
        self.kinds: list[EventKind] = []
        self._server = server
        self._course = course(SEED * 1000 + number)
        self._draw = random.Random(SEED * 1000 + number)
        self._keys = itertools.count()
        self._look: Any = None
        self._state: WatchState | None = None
        recorded = number % RECORDED_EVERY == 0
        self._history = History(folder / f"{number}.db") if recorded else None

    # The detector

    async def detect(self, frame: Frame) -> Detection:
        self.model.ask(frame.taken_at)
        said = next(self._course)
        if isinstance(said, DetectionError):
            self.model.fail(waited=isinstance(said, TimedOut))
            raise said
        p, fate = said
        look = Look(frame.print_id, p, f"{next(self._keys)}", frame.taken_at, frame.taken_at + 60)
        counted = await self._ask_server(look)
        self.model.at_server.count(frame.print_id, p)
        self._compare(counted.statistics, self.model.at_server.numbers, "server")
        if fate is Fate.LOST:
            self.model.fail(waited=True)
            raise TimedOut("lost on the way")
        if fate is Fate.REPEATED and await self._ask_server(look) != counted:
            self.wrong.append(f"{self.id}: a repeated question was counted")
        return Detection(p, statistics=counted.statistics if self.model.believes_server else None)

    async def _ask_server(self, look: Look) -> Counted:
        return await self._server.printers.advance("owner", self.id, look)

    # The host

    def save(self, state: WatchState) -> None:
        self._state = state

    def report(self, state: WatchState, events: Sequence[Event]) -> None:
        self.kinds.extend(event.kind for event in events)
        if state.look is None or state.look is self._look:
            return
        self._look = look = state.look
        self.model.look(state.print_id or "", look.p, look.at)
        self._compare(look.statistics, self.model.means.numbers, "watch")
        found = (state.level.value, state.calls.in_hour, state.calls.in_month)
        calls = (self.model.calls[state.calls.hour], self.model.calls[state.calls.month])
        if found != (self.model.level, *calls):
            self.wrong.append(f"{self.id} at {look.at}: {found}, and not {self.model.level}, {calls}")

    def _compare(self, found: TemporalStatistics, expected: Numbers, whose: str) -> None:
        """Note what differs; whoever calls would take an error for one of the service or of the host."""
        means = (found.ewm_mean, found.rolling_mean_short, found.rolling_mean_long)
        counts = (found.prediction_num, found.prediction_num_lifetime)
        if counts != expected[3:] or max(map(abs, map(float.__sub__, means, expected[:3]))) > 1e-9:
            self.wrong.append(f"{self.id}: the {whose} has {means}, {counts}, and not {expected}")

    # The day

    async def work(self) -> None:
        """Print an hour each, one print after another."""
        for hour in range(HOURS):
            print_id, ends = f"print {hour}", self.clock.time + 3600
            self.model.new_print()
            if self._draw.random() < RESTARTED:
                async with self._watch() as watch:
                    await self._print(watch, print_id, self.clock.time + self._draw.randrange(60, 3000))
                self.model.restart()
                self._state = from_json(WatchState, to_json(self._state))
                await self._server.restart()
            async with self._watch() as watch:
                await self._print(watch, print_id, ends)
                watch.end("done")
            self._check_history(print_id)
        if self._history is not None:
            self._history.close()

    async def _print(self, watch: Monitor, print_id: str, until: float) -> None:
        self.clock.until = until
        self.clock.is_there.clear()
        watch.start(print_id)
        await self.clock.is_there.wait()

    @asynccontextmanager
    async def _watch(self) -> AsyncIterator[Monitor]:
        settings = WatchSettings(rules=SuperApiRules(), look_timeout=3600)
        setup = Setup(detector=self, detector_kind="script", cameras=(CAMERA,), settings=settings)
        info = PrinterInfo(id=self.id, name=self.id, source="test")
        watch = Monitor(self, setup, printer=info, clock=self.clock, state=self._state, history=self._history)
        self._look = watch.state.look
        self.clock.is_looking = lambda: watch._looking is not None
        task = asyncio.create_task(watch.run())
        try:
            yield watch
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _check_history(self, print_id: str) -> None:
        if self._history is not None:
            self._history.settle()
            recorded = [frame.look.p for frame in self._history.frames(print_id)]
            if recorded != self.model.of_watch.all_p:
                self.wrong.append(f"{self.id}: the history of {print_id} differs")


def _camera() -> Camera:
    numbers = itertools.count()

    async def snapshot() -> bytes:
        return picture(next(numbers) % 50)

    return Camera(snapshot)


CAMERA = _camera()


@cache
def _result(work: Callable[..., Any], *args: Any) -> Any:
    return work(*args)


async def _known(work: Callable[..., Any], *args: Any) -> Any:
    """Stand in for `in_thread`: the same pictures need not be opened a million times."""
    return _result(work, *args)


class Here(Executor):
    """Stands in for a thread: handing over a million times takes longer than all else."""

    def __init__(self, *_: object) -> None:
        """Need no thread."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.mark.timeout(0)
@pytest.mark.parametrize("first", range(0, PRINTERS, AT_ONCE))
async def test_a_farm_for_a_day_is_counted_as_the_model_says(
    first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octoprint_failwatch.engine.watch.look.in_thread", _known)
    monkeypatch.setattr("octoprint_failwatch.server.database.ThreadPoolExecutor", Here)
    monkeypatch.setattr("octoprint_failwatch.engine.history.store.ThreadPoolExecutor", Here)
    server = Server(tmp_path / "printers.sqlite")
    numbers = range(first, min(first + AT_ONCE, PRINTERS))
    printers = [Printer(number, server, tmp_path) for number in numbers]
    await asyncio.gather(*(printer.work() for printer in printers))
    await server.printers.close()

    lifetimes = server.lifetimes()
    for printer in printers:
        model = printer.model
        assert not printer.wrong, f"seed {SEED}: {printer.wrong[:3]}"
        assert model.answered > HOURS * LOOKS_PER_HOUR / 4, f"seed {SEED}"
        assert lifetimes[printer.id] == model.at_server.lifetime
        for kind in ("started", "maybe", "failure", "cleared", "seeing"):
            assert printer.kinds.count(EventKind(kind)) == model.told[kind], (printer.id, kind)
        assert printer.kinds.count(EventKind.BLIND) >= model.told["blind"]  # another reason is told, too
        assert printer.kinds.count(EventKind.ENDED) == HOURS
