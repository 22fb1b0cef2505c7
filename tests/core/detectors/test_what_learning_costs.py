"""What a camera's baseline has learned delays a failure by minutes at most: over grain, and where it grows slowly."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from random import Random

import pytest
from PIL import Image

from octoprint_failwatch.engine.detectors.built_in import BUILT_IN, BuiltInDetector, ModelFolder
from octoprint_failwatch.engine.detectors.built_in.camera_baseline import CameraBaseline
from octoprint_failwatch.engine.detectors.built_in.explanation import explained
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.detectors.built_in.heat_output import HeatOutput
from octoprint_failwatch.engine.judging.assessment import Assessment, assess
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.latch import LatchTimes
from octoprint_failwatch.engine.judging.learning import DELAY
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.models import Frame
from tests.core.detectors import scenery

OUTPUT = HeatOutput(share=0.04, slope=1.0, offset=-1.5)
COLUMNS, CELLS = 20, 300
PART = [row * COLUMNS + column for row in range(4, 11) for column in range(6, 14)]
FAILS = 60


def night(seed: int, *, fails: bool = True) -> Iterator[HeatMap]:
    """Show a part whose every cell is grainy, and a mess that comes up in the same cells, now more and now less."""
    random = Random(seed)
    for look in range(180):
        mess = min(max(look - FAILS, 0) / 6, 1.0) * random.uniform(2.0, 6.0) if fails else 0.0
        logits = [-6.0] * CELLS
        for cell in PART:
            logits[cell] = random.gauss(-4.5, 1.5) + mess
        yield HeatMap(COLUMNS, tuple(logits))


def told(looks: Iterable[HeatMap], *, learns: bool, output: HeatOutput = OUTPUT) -> int | None:
    """Return the look that told a failure, on a new printer, by the gate and the delay of the watch."""
    now = Assessment()
    baseline: CameraBaseline | None = None
    untaught: deque[tuple[HeatMap, float]] = deque()
    for number, heat in enumerate(looks):
        baseline = baseline or CameraBaseline.unknown(heat)
        detection = explained(output, heat, baseline, "print")
        step = assess(now, FailWatchRules(), LatchTimes(), detection, 10.0 * number, gap=60)
        now = step.assessment
        if now.latch.level is Level.FAILURE:
            return number
        if not (learns and step.teaches):
            untaught.clear()
            continue
        untaught.append((heat, detection.p))
        if len(untaught) > DELAY:
            baseline = baseline.learned(untaught[0][0], "print", untaught.popleft()[1])
    return None


@pytest.mark.parametrize("seed", range(3))
def test_a_failure_over_grain_is_told_two_minutes_later_at_most_than_if_nothing_were_learned(
    seed: int,
) -> None:
    new, known = told(night(seed), learns=False), told(night(seed), learns=True)
    assert new is not None
    assert known is not None
    assert FAILS < new <= known <= new + 12


def creeping(looks_a_logit: int, cells: int) -> Iterator[HeatMap]:
    """Show a mess that grows so slowly in some cells of the part that each look is much like the one before."""
    random = Random(0)
    for look in range(360):
        logits = [random.gauss(-6.0, 0.5) for _ in range(CELLS)]
        for cell in PART[:cells]:
            logits[cell] += min(look / looks_a_logit, 8.0)
        yield HeatMap(COLUMNS, tuple(logits))


@pytest.mark.parametrize("cells", [12, 30])
@pytest.mark.parametrize("looks_a_logit", [6, pytest.param(20, marks=pytest.mark.slow), 40])
def test_a_mess_that_grows_slowly_does_not_teach_the_camera_to_hide_it(
    looks_a_logit: int, cells: int
) -> None:
    new, known = (told(creeping(looks_a_logit, cells), learns=learns) for learns in (False, True))
    assert new is not None
    assert known is not None
    assert new <= known <= new + 36


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("light", [lambda picture: picture, scenery.dimmed], ids=["day", "dim"])
def test_the_shipped_net_tells_less_than_a_minute_later_for_what_a_new_camera_taught(
    seed: int, light: Callable[[Image.Image], Image.Image]
) -> None:
    """With an infrared picture's grain, another in every run, it is up to two minutes and 40 seconds."""
    detector = BuiltInDetector()
    pictures = [light(scenery.printing(seed, look / 100, look, fails_at=40)) for look in range(70)]
    frames = [Frame(scenery.jpeg(picture), 0.0, "printer", "print") for picture in pictures]
    heats = [detector.look(frame).evidence.heat for frame in frames]
    output = HeatOutput.read(ModelFolder.read(BUILT_IN).output)
    new, known = (told(heats, learns=learns, output=output) for learns in (False, True))
    assert new is not None
    assert known is not None
    assert 40 < new <= known <= new + 5


@pytest.mark.parametrize("learns", [False, True])
def test_grain_alone_is_no_failure(*, learns: bool) -> None:
    assert told(night(0, fails=False), learns=learns) is None


def test_good_looks_are_explained_as_far_as_they_went_and_not_further() -> None:
    """What the camera showed in good looks stays hidden; a mess in the same cells counts for the rest."""
    looks = list(night(1, fails=False))
    baseline = CameraBaseline.unknown(looks[0])
    for heat in looks:
        baseline = baseline.learned(heat, "print", OUTPUT.p_of(heat))
    usual = [OUTPUT.p_of(heat) for heat in looks]
    assert max(usual) <= baseline.explains_at_most + 0.02
    assert baseline.explains_at_most <= max(usual) + 0.02
    explained_p = [explained(OUTPUT, heat, baseline, "print").explained for heat in looks]
    assert sum(explained_p) > sum(usual) / 3
    mess = HeatMap(COLUMNS, tuple(logit + 5.0 for logit in looks[0].logits))
    found = explained(OUTPUT, mess, baseline, "print")
    assert found.explained <= baseline.explains_at_most
    assert found.p - found.explained > 0.5
    unknown = replace(baseline, p_looks=0)
    assert explained(OUTPUT, mess, unknown, "print").explained > 0.1, (
        "what release 0.1.0 learned keeps its budget"
    )
