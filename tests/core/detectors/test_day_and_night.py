"""Day that turns into night in mid print: nothing that was learned by day hides a failure, or becomes one."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from octoprint_failwatch.engine.detectors.built_in import BuiltInDetector
from octoprint_failwatch.engine.detectors.built_in.camera_baseline import QUIET, CameraBaseline
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.judging.assessment import Answer
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import EventKind
from tests.core.detectors import scenery
from tests.core.judging.test_rules_failwatch import told, watch
from tests.core.watching import ScriptedDetector, watching
from tests.slow import RUNS_SLOW_TESTS

NIGHT, LAMP, FAILS = (10, 20, 30) if RUNS_SLOW_TESTS else (5, 10, 20)
"""Looks after which the night picture comes, then a weak lamp, then the failure; each is one percent of the print."""
ALARMS = {EventKind.MAYBE, EventKind.FAILURE, EventKind.CAMERA_MOVED, EventKind.BLIND}


def a_day() -> Iterator[Image.Image]:
    """Show a print that begins by day and fails at night."""
    for number in range(100):
        picture = scenery.printing(1, number / 100, number, fails_at=FAILS)
        if number >= LAMP:
            picture = scenery.dimmed(picture)
        elif number >= NIGHT:
            picture = scenery.infrared(picture)
        yield picture


async def test_the_failure_of_the_night_is_told_and_nothing_before_it(tmp_path: Path) -> None:
    detector = BuiltInDetector(data_dir=tmp_path)
    patient = WatchSettings(look_timeout=None)  # the net calculates, on a machine that may be busy
    async with watching(detector, patient, [scenery.showing(a_day())]) as run:
        run.watch.start("print-1")
        await run.frames(FAILS)
        assert not ALARMS.intersection(run.kinds())
        known = await detector.baselines()
        assert [camera.frames > LAMP for camera in known.values()] == [True], "the night is learned, too"
        await run.told(EventKind.FAILURE)
        assert run.watch.state.look.number <= FAILS + 25
    await detector.close()


@pytest.mark.parametrize("night", [QUIET, QUIET - 1])
def test_another_light_over_quiet_cells_excuses_nothing(night: float) -> None:
    """How cold a cell is by day and at night is no heat that comes and goes."""
    baseline = CameraBaseline.unknown(HeatMap(2, (-8.0, -8.0)))
    for number in range(200):
        logit = -8.0 if number < 100 else night
        baseline = baseline.learned(HeatMap(2, (logit, 2.0 if number % 3 == 0 else -8.0)), "print", 0.1)
    cold, head = baseline.excess
    assert cold == 0
    assert head > 3, "what the head bares is normal"


def test_a_failure_that_the_night_only_seemed_to_be_ends_with_it() -> None:
    """A lamp that glares for three hours is told, is not got used to, and is over ten minutes after it."""
    judged = watch(lambda at: 0.75 if 3600 <= at < 4 * 3600 else 0.02, 270)
    assert 60 <= told(judged) <= 65
    levels = {round(one.at / 60): one.level for one in judged}
    assert levels[239] is Level.FAILURE
    assert levels[255] is Level.NONE
    assert told([one for one in judged if one.at > 256 * 60], Level.MAYBE) == math.inf


async def test_a_glare_that_was_said_to_be_fine_is_accepted_and_a_sure_failure_is_told() -> None:
    """The second answer holds for the whole print, for this sight only."""
    script = [0.02] * 60 + [0.6] * 400 + [0.99] * 60
    async with watching(ScriptedDetector(script)) as run:
        run.watch.start("print-1")
        for count in (1, 2):
            await run.until(lambda count=count: run.kinds().count(EventKind.FAILURE) == count)
            run.watch.answer(Answer.NOT_A_FAILURE)
        assert run.watch.state.memory.acceptance.until is None
        await run.frames(455)
        assert run.watch.state.level is Level.NONE
        await run.until(lambda: run.kinds().count(EventKind.FAILURE) == 3)
        assert run.watch.state.look.number <= 480
