"""Changes are logged in octoprint.log."""

import logging
from dataclasses import replace

import pytest

from octoprint_failwatch.engine.judging.verdict import Level, Verdict
from octoprint_failwatch.engine.watch.state import Blind, Event, EventKind, WatchState
from octoprint_failwatch.notify.event_log import line, log_events

pytestmark = pytest.mark.one_octoprint

STATE = WatchState("printer", print_id="print", print_name="cube.gcode")


def test_being_blind_is_logged_with_its_reason() -> None:
    why = "401: the camera wants a log-in."
    state = replace(STATE, blind=Blind("no_snapshot", why, 1.0))
    event = Event(EventKind.BLIND, 1.0, "print", "no_snapshot")
    assert line(state, event) == f"cube.gcode: blind, no_snapshot, {why}"
    state = replace(STATE, blind_cameras=(Blind("no_snapshot", why, 1.0, "left"),))
    event = Event(EventKind.CAMERA_BLIND, 1.0, "print", "no_snapshot", camera="left")
    assert line(state, event) == f"cube.gcode: camera blind, camera left, no_snapshot, {why}"


def test_every_event_is_one_line_that_octoprint_writes(caplog: pytest.LogCaptureFixture) -> None:
    """OctoPrint writes INFO of its plugins' loggers, and of no others."""
    with caplog.at_level(logging.INFO, "octoprint.plugins.failwatch"):
        log_events(STATE, [Event(kind, 1.0, "print") for kind in EventKind])
    assert len(caplog.records) == len(EventKind)
    assert all(record.message.startswith("cube.gcode: ") for record in caplog.records)


def test_nothing_is_said_twice() -> None:
    """A verdict's event carries its reason, and the start of a print the print's name."""
    started = Event(EventKind.STARTED, 1.0, "print", "cube.gcode")
    verdict = Verdict(Level.FAILURE, score=0.7, usual=0.02, limit=0.6)
    failure = Event(EventKind.FAILURE, 2.0, "print", verdict.reason, Level.FAILURE)
    state = replace(STATE, latch=replace(STATE.latch, verdict=verdict))
    assert line(STATE, started) == "cube.gcode: started"
    assert line(state, failure) == f"cube.gcode: failure, {verdict.reason}"
