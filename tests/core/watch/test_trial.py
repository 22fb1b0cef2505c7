"""One look outside a print, to try settings."""

import time

import pytest

from octoprint_failwatch.engine.errors import DarkPicture
from octoprint_failwatch.engine.watch.look import Camera
from octoprint_failwatch.engine.watch.trial import try_out
from tests.core.watching import ScriptedDetector, live_camera, picture


async def test_a_trial_shows_the_picture_and_the_answer() -> None:
    """The real printer's statistics are left alone."""
    detector = ScriptedDetector([0.4])
    began = time.monotonic()
    trial = await try_out(live_camera("left"), detector)
    spent = time.monotonic() - began
    assert trial.detection.p == 0.4
    assert trial.picture == detector.frames[0].jpeg
    assert "picture" not in repr(trial), "it would fill a log"
    assert detector.frames[0].printer_id == "failwatch-trial"
    assert trial.snapshot_seconds >= 0
    assert trial.answer_seconds >= 0
    assert trial.snapshot_seconds + trial.answer_seconds <= spent


async def test_a_trial_says_what_a_watch_would_meet() -> None:
    """A dark room is told as such, without asking anybody."""

    async def snapshot() -> bytes:
        return picture(1, brightness=1, size=(640, 480))

    detector = ScriptedDetector([0.4])
    with pytest.raises(DarkPicture, match="too dark"):
        await try_out(Camera(snapshot), detector)
    assert not detector.frames
