"""The watch lets a detector learn from good looks only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from octoprint_failwatch.engine.detectors.base import LearningDetector
from octoprint_failwatch.engine.detectors.built_in.camera_baseline import CameraBaseline
from octoprint_failwatch.engine.errors import Unavailable
from octoprint_failwatch.engine.judging.assessment import Answer
from octoprint_failwatch.engine.judging.learning import DELAY, OPENING_LOOKS
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.watch.state import EventKind
from tests.core.watching import ScriptedDetector, watching


@dataclass
class Learning(ScriptedDetector):
    """Notes what it is told; the evidence of a look is its number, from 1 on."""

    learned: list[int] = field(default_factory=list)
    unlearned: list[str] = field(default_factory=list)
    ended: list[tuple[str, bool]] = field(default_factory=list)

    async def detect(self, frame: Frame) -> Detection:
        return replace(await super().detect(frame), evidence=len(self.frames))

    async def baselines(self) -> Mapping[tuple[str, str], CameraBaseline]:
        return {}

    async def forget(self, printer_id: str, camera: str | None = None) -> None: ...

    def learn(self, evidence: Any) -> None:
        self.learned.append(evidence)

    def note_opening(self, evidence: Any) -> None: ...

    def rename(self, printer_id: str, old: str, new: str) -> None: ...

    def end_print(self, printer_id: str, print_id: str, *, good: bool) -> None:
        self.ended.append((print_id, good))

    def unlearn(self, printer_id: str, print_id: str) -> None:
        self.unlearned.append(print_id)


async def test_a_look_teaches_once_those_after_it_were_good_and_never_across_a_hold() -> None:
    detector = Learning([0.01])
    assert isinstance(detector, LearningDetector)
    async with watching(detector) as run:
        run.watch.start("print-1")
        await run.frames(20)
        before = len(detector.frames)
        assert detector.learned == list(range(1, before - DELAY + 1))
        run.watch.hold("heating")
        run.watch.release("heating")
        await run.frames(before + DELAY + 5)
        waiting = range(before - DELAY + 1, before + 1)
        assert max(detector.learned) > before
        assert not set(waiting) & set(detector.learned)


async def test_looks_just_before_a_failure_are_not_learned() -> None:
    """They still waited, and are dropped: mess is weak before it is told."""
    detector = Learning([0.01] * 20 + [1.0] * 10 + [0.01])
    async with watching(detector) as run:
        run.watch.start("print-1")
        await run.told(EventKind.FAILURE)
        await run.told(EventKind.CLEARED)
        await run.frames(130)
        assert max(detector.learned) > 100
        assert not set(range(20 - DELAY + 2, 31)) & set(detector.learned)


async def test_looks_just_before_failwatch_was_blind_are_not_learned() -> None:
    """What came up while nobody could see may have begun in them."""
    script: list[float | Exception] = [*[0.01] * 20, *[Unavailable("down")] * 4, 0.01]
    detector = Learning(script)
    async with watching(detector) as run:
        run.watch.start("print-1")
        await run.told(EventKind.BLIND)
        assert detector.learned == list(range(1, 20 - DELAY + 1))
        await run.told(EventKind.SEEING)
        await run.frames(20 + DELAY + 5)
        assert max(detector.learned) > 20
        assert not set(range(20 - DELAY + 1, 21)) & set(detector.learned)


async def test_a_look_that_came_to_nothing_keeps_none_before_it_from_being_learned() -> None:
    """A hiccup is no blindness."""
    detector = Learning([*[0.01] * 20, Unavailable("down"), 0.01])
    async with watching(detector) as run:
        run.watch.start("print-1")
        await run.frames(20 + DELAY + 5)
        assert set(range(1, 24)) - set(detector.learned) == {21}


async def test_it_failed_takes_back_what_the_print_taught() -> None:
    detector = Learning([0.01])
    async with watching(detector) as run:
        run.watch.start("print-1")
        await run.frames(10)
        run.watch.answer(Answer.NOT_A_FAILURE)
        assert detector.unlearned == []
        run.watch.answer(Answer.FAILURE)
        assert detector.unlearned == ["print-1"]


@pytest.mark.parametrize(
    ("script", "looks", "good"),
    [([0.01], OPENING_LOOKS + 1, True), ([0.01], 10, False), ([0.01] * 5 + [1.0], OPENING_LOOKS + 10, False)],
)
async def test_only_a_print_that_went_well_for_long_began_as_the_camera_looks(
    script: list[float], looks: int, good: bool
) -> None:
    detector = Learning(script)
    async with watching(detector) as run:
        run.watch.start("print-1")
        await run.frames(looks)
        run.watch.end("done")
        assert detector.ended == [("print-1", good)]
