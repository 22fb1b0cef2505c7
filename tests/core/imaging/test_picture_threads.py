"""Work on pictures: few at a time, on whichever event loop asks."""

import asyncio
import threading

import pytest

from octoprint_failwatch.engine.imaging.threads import AT_ONCE, in_thread
from tests.patience import PATIENCE, eventually

PICTURES = 12


class Work:
    """Waits in its thread until it is let go, and counts."""

    def __init__(self) -> None:
        self.begun = 0
        self.let_go = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, number: int) -> int:
        with self._lock:
            self.begun += 1
        self.let_go.wait(PATIENCE)
        return number


async def test_pictures_wait_for_each_other_and_each_gets_its_turn() -> None:
    work = Work()
    asked = [asyncio.create_task(in_thread(work, number)) for number in range(PICTURES)]
    await eventually(lambda: work.begun == AT_ONCE)
    # The pool has threads left: what else was asked for would have begun.
    await asyncio.to_thread(lambda: None)
    assert work.begun == AT_ONCE
    work.let_go.set()
    assert await asyncio.gather(*asked) == list(range(PICTURES))


async def test_a_picture_that_nobody_waits_for_any_more_keeps_no_place() -> None:
    work = Work()
    given_up = [asyncio.create_task(in_thread(work, number)) for number in range(AT_ONCE)]
    await eventually(lambda: work.begun == AT_ONCE)
    for task in given_up:
        task.cancel()
    try:
        assert await asyncio.wait_for(in_thread(lambda: "seen"), PATIENCE) == "seen"
    finally:
        work.let_go.set()


async def test_a_picture_that_cannot_be_opened_keeps_no_place() -> None:
    def fail() -> None:
        raise ValueError("no picture")

    for _ in range(2 * AT_ONCE):
        with pytest.raises(ValueError, match="no picture"):
            await in_thread(fail)


def test_each_event_loop_has_its_own_places() -> None:
    async def many() -> list[int]:
        return await asyncio.gather(*(in_thread(lambda number=number: number) for number in range(PICTURES)))

    assert asyncio.run(many()) == asyncio.run(many()) == list(range(PICTURES))
