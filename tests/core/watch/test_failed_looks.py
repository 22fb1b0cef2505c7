"""A look that failed leaves nothing behind: not the half picture that its error came across."""

import gc
import traceback
import weakref
from collections.abc import Iterator
from contextlib import suppress

import pytest

from octoprint_failwatch.engine.errors import BadSetting, ModelUnavailable, SnapshotError, Unavailable
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.watch.look import Camera
from octoprint_failwatch.engine.watch.state import EventKind
from octoprint_failwatch.server.detector_queue import DetectorQueue
from octoprint_failwatch.watching.failing_detector import UnusableDetector
from tests.core.watching import ScriptedDetector, live_camera, watching
from tests.patience import eventually


class Half(bytearray):
    """What came of a picture until then."""


class Held(list[weakref.ref[object]]):
    """Things that errors came across."""

    def note(self, thing: object) -> None:
        """Follow what becomes of a thing."""
        self.append(weakref.ref(thing))

    @property
    def left(self) -> int:
        """How many of them are still in memory."""
        return sum(reference() is not None for reference in self)


class Failing(ScriptedDetector):
    """Has the picture in hand when it fails."""

    def __init__(self, held: Held) -> None:
        super().__init__([])
        self._held = held

    async def detect(self, frame: Frame) -> Detection:
        half = Half(frame.jpeg)
        self._held.note(half)
        raise Unavailable("It is down.")


@pytest.fixture
def held() -> Iterator[Held]:
    """Things of which none may be left, without Python's search for circles: it may not come for hours."""
    gc.disable()
    try:
        yield Held()
    finally:
        gc.enable()


async def test_a_camera_that_fails_leaves_nothing(held: Held) -> None:
    async def snapshot() -> bytes:
        half = Half()
        held.note(half)
        raise SnapshotError("The camera broke off.") from OSError("reset")

    async with watching(ScriptedDetector([0.0]), cameras=(Camera(snapshot),)) as run:
        run.watch.start("print-1")
        await run.told(EventKind.BLIND)
    assert held
    assert held.left == 0


async def test_a_detector_that_fails_leaves_nothing(held: Held) -> None:
    async with watching(Failing(held), cameras=(live_camera("a"), live_camera("b"))) as run:
        run.watch.start("print-1")
        await run.told(EventKind.BLIND)
    assert held
    assert held.left == 0


async def test_a_picture_that_the_server_cannot_look_at_leaves_nothing(held: Held) -> None:
    queue = DetectorQueue([Failing(held)])
    with suppress(Unavailable):
        async with queue.detected("owner", "printer", Frame(b"", 0.0, "printer", "print")):
            pytest.fail("There was an answer.")
    assert held
    await eventually(lambda: held.left == 0)  # the event loop comes round to who waited


async def test_an_error_that_stands_grows_with_no_look() -> None:
    detector, lengths = UnusableDetector(BadSetting("There is no such detector.")), []
    for _ in range(3):
        with pytest.raises(ModelUnavailable) as caught:
            await detector.detect(Frame(b"", 0.0, "printer", "print"))
        lengths.append(len(list(traceback.walk_tb(caught.tb))))
    assert len(set(lengths)) == 1
