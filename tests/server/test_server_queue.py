"""The detectors are shared fairly, and each printer's frames keep their order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from octoprint_failwatch.engine.detectors.built_in import BuiltInDetector
from octoprint_failwatch.engine.detectors.built_in.model_folder import ModelFolder
from octoprint_failwatch.engine.errors import BadPicture, Busy
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.server import detector_queue
from octoprint_failwatch.server.detector_queue import DetectorQueue
from octoprint_failwatch.server.process import LonePictures
from tests.core.brightness import brightness_model, grey


@dataclass
class Clock:
    """A time that a test sets."""

    time: float = 0.0

    def __call__(self) -> float:
        return self.time


@dataclass
class StepDetector:
    """Answers a frame when the test says so, and takes as long as the frame's print_id says."""

    clock: Clock
    seen: list[str] = field(default_factory=list)
    release: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    at_work: int = 0
    begun: list[str] = field(default_factory=list)

    async def detect(self, frame: Frame) -> Detection:
        self.at_work += 1
        self.begun.append(frame.printer_id)
        try:
            await self.release.acquire()
        finally:
            self.at_work -= 1
        self.clock.time += float(frame.print_id)
        self.seen.append(frame.printer_id)
        if frame.jpeg == b"bad":
            raise BadPicture("Bad.")
        return Detection(0.5)


class Bench:
    """A queue with detectors, and frames that wait in it."""

    def __init__(self, detectors: int = 1) -> None:
        self.clock = Clock()
        self.detectors = [StepDetector(self.clock) for _ in range(detectors)]
        self.queue = DetectorQueue(self.detectors, self.clock)
        self.ended: list[str] = []

    async def ask(self, names: Sequence[str], seconds: float = 1.0) -> list[asyncio.Task[None]]:
        """Put in frames named by owner, printer and a number, such as "a1.0"."""
        tasks = [asyncio.create_task(self._one(name, seconds)) for name in names]
        await self.settle()
        return tasks

    async def _one(self, name: str, seconds: float) -> None:
        frame = Frame(b"", 0.0, name, str(seconds))
        async with self.queue.detected(name[0], name.partition(".")[0], frame):
            self.ended.append(name)

    async def answer(self, count: int) -> list[str]:
        """Let so many frames be answered, one after the other, and return which."""
        before = len(self.ended)
        for _ in range(count):
            for detector in self.detectors:
                if detector.at_work:
                    detector.release.release()
                    break
            await self.settle()
        return self.ended[before:]

    async def settle(self) -> None:
        """Let everything happen that can happen now."""
        for _ in range(20):
            await asyncio.sleep(0)


async def test_owners_take_turns() -> None:
    bench = Bench()
    await bench.ask([f"a{number}" for number in range(6)])
    await bench.ask(["b1", "b2"])
    assert await bench.answer(8) == ["a0", "b1", "a1", "b2", "a2", "a3", "a4", "a5"]
    assert bench.queue.waiting == 0


async def test_heavy_pictures_of_one_owner_do_not_make_another_wait() -> None:
    bench = Bench()
    await bench.ask([f"a{number}" for number in range(6)], seconds=5.0)
    await bench.answer(1)
    await bench.ask([f"b{number}" for number in range(5)], seconds=1.0)
    # One that was begun is finished; then five light pictures go for one heavy one.
    assert await bench.answer(6) == ["a1", "b0", "b1", "b2", "b3", "b4"]


async def test_time_not_asked_for_is_not_saved_up() -> None:
    bench = Bench()
    await bench.ask(["b0"])
    await bench.answer(1)
    for number in range(20):
        await bench.ask([f"a{number}"])
        await bench.answer(1)
    await bench.ask(["a1", "a2", "a3", "b1", "b2", "b3"])
    assert await bench.answer(6) in (
        ["a1", "b1", "a2", "b2", "a3", "b3"],
        ["a1", "b1", "b2", "a2", "b3", "a3"],
    )


async def test_quick_pictures_are_handed_over_one_ahead() -> None:
    """A detector need not wait for the event loop between two; one printer's still come one after the other."""
    bench = Bench()
    await bench.ask(["a0", "b0"], seconds=0.05)
    await bench.answer(2)
    await bench.ask(["a1.0", "a1.1", "b1.0", "a2.0", "b2.0"], seconds=0.05)
    assert bench.detectors[0].begun[2:] == ["a1.0", "b1.0"]
    assert bench.detectors[0].at_work == 2
    ended = await bench.answer(5)
    assert (ended[:2], ended[-1]) == (["a1.0", "b1.0"], "a1.1")
    assert bench.queue._shares["b"].typical == pytest.approx(0.05), "the time behind another is not its own"
    assert bench.queue.waiting == 0


async def test_a_heavy_picture_is_not_handed_over_ahead() -> None:
    bench = Bench()
    await bench.ask(["a0"], seconds=1.0)
    await bench.ask(["b0"], seconds=0.05)
    await bench.answer(2)
    await bench.ask(["b1"], seconds=0.05)
    await bench.ask(["a1"], seconds=1.0)
    assert bench.detectors[0].begun[2:] == ["b1"], "a light one may still come before it"
    await bench.ask(["b2"], seconds=0.05)
    await bench.answer(1)
    assert bench.detectors[0].begun[3:] == ["b2"]
    await bench.answer(1)
    await bench.ask(["b3"], seconds=0.05)
    assert bench.detectors[0].begun[4:] == ["a1"], "nothing is put behind it, and it comes at last"
    assert await bench.answer(2) == ["a1", "b3"]


async def test_printers_of_one_owner_take_turns() -> None:
    bench = Bench()
    await bench.ask(["a1.0", "a1.1", "a1.2", "a2.0", "a3.0"])
    assert await bench.answer(5) == ["a1.0", "a2.0", "a3.0", "a1.1", "a1.2"]


async def test_one_printer_keeps_its_order_on_many_detectors() -> None:
    bench = Bench(detectors=3)
    await bench.ask(["a1.0", "a1.1", "a1.2", "b1.0"])
    assert sum(detector.at_work for detector in bench.detectors) == 2
    ended = await bench.answer(4)
    assert [name for name in ended if name.startswith("a1")] == ["a1.0", "a1.1", "a1.2"]
    assert len(ended) == 4


async def test_the_next_frame_waits_until_the_one_before_is_counted() -> None:
    bench = Bench(detectors=2)
    counted = asyncio.Event()

    async def count() -> None:
        async with bench.queue.detected("a", "a1", Frame(b"", 0.0, "a1", "1")):
            await counted.wait()

    first = asyncio.create_task(count())
    await bench.settle()
    (second,) = await bench.ask(["a1.1"])
    (other,) = await bench.ask(["a2.0"])
    assert await bench.answer(3) == ["a2.0"]
    assert not second.done()
    counted.set()
    await first
    await bench.settle()
    assert await bench.answer(1) == ["a1.1"]
    assert other.done()


async def test_who_goes_away_while_looked_at_blocks_nobody() -> None:
    bench = Bench()
    (gone,) = await bench.ask(["a1.0"])
    (waiting, next_one) = await bench.ask(["a1.1", "b1.0"])
    gone.cancel()
    waiting.cancel()
    await bench.settle()
    assert bench.detectors[0].begun == ["a1.0"], "the thread is still busy with it"
    assert await bench.answer(2) == ["b1.0"]
    assert next_one.done()
    assert bench.queue.waiting == 0


async def test_who_goes_away_as_the_turn_comes_gives_it_on() -> None:
    bench = Bench()
    first, second, third = await bench.ask(["a1.0", "a1.1", "b1.0"])
    bench.detectors[0].release.release()
    for _ in range(30):  # at every step of the hand-over
        await asyncio.sleep(0)
        third.cancel()
        second.cancel()
    await bench.settle()
    await bench.ask(["c1.0"])
    assert (await bench.answer(1))[-1] == "c1.0"
    assert first.done()
    assert bench.queue.waiting == 0


async def test_a_picture_that_cannot_be_opened_blocks_nobody() -> None:
    bench = Bench()
    bench.detectors[0].release.release()
    with pytest.raises(BadPicture):
        async with bench.queue.detected("a", "a1", Frame(b"bad", 0.0, "a1", "1")):
            raise AssertionError
    await bench.ask(["a1.0"])
    assert await bench.answer(1) == ["a1.0"]


async def test_the_newest_of_the_greediest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector_queue, "MAX_WAITING", 5)
    bench = Bench()
    flood = await bench.ask(["a1.0", "a1.1", "a1.2", "a1.3", "a2.0"])
    (other,) = await bench.ask(["b1.0"])
    assert flood[3].done()
    assert isinstance(flood[3].exception(), Busy)
    assert not other.done()
    # A printer of the same owner that has nothing waiting goes before the third of another.
    (calm,) = await bench.ask(["a3.0"])
    assert isinstance(flood[2].exception(), Busy)
    (refused,) = await bench.ask(["a1.9"])
    assert isinstance(refused.exception(), Busy)
    assert sorted(await bench.answer(5)) == ["a1.0", "a1.1", "a2.0", "a3.0", "b1.0"]
    assert calm.done()


async def test_nothing_of_a_printer_stays_in_memory(tmp_path: Path) -> None:
    """A server sees thousands of them over the years: neither the queue nor the detector keeps any."""
    pytest.importorskip("ncnn")
    detector = BuiltInDetector(ModelFolder.read(brightness_model(tmp_path / "model")))
    queue = DetectorQueue([LonePictures(detector)])
    seen = 0
    for number in range(30):
        frame = Frame(grey(number), 0.0, f"printer-{number}", "print")
        async with queue.detected("owner", f"owner/printer-{number}", frame) as detection:
            seen += 0 <= detection.p <= 1
    assert seen == 30
    assert list(queue._shares) == ["owner"]
    assert not queue._shares["owner"].waiting
    assert not queue._at_work
    assert detector._store is None, "what stands before a camera is a watch's to learn"
    await detector.close()
