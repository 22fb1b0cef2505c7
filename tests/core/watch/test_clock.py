"""The clock of a watch: durations are those that passed, dates follow the system's clock."""

import time

import pytest

from octoprint_failwatch.engine.clock import Clock

pytestmark = pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux tells of sleep")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """A machine whose clocks are set by hand; `awake` stands still while it sleeps."""
    clocks = {"date": 1_700_000_000.0, "awake": 50.0, "boot": 50.0}
    monkeypatch.setattr(time, "time", lambda: clocks["date"])
    monkeypatch.setattr(time, "monotonic", lambda: clocks["awake"])
    monkeypatch.setattr(time, "clock_gettime", lambda _: clocks["boot"])
    return clocks


def test_time_in_which_the_machine_slept_has_passed(machine: dict[str, float]) -> None:
    clock = Clock(speed=1)
    before = clock.now()
    machine["date"] += 3600
    machine["boot"] += 3600
    assert clock.now() - before == 3600
    assert clock.step() == 0


def test_a_date_that_is_put_right_is_a_step_and_no_duration(machine: dict[str, float]) -> None:
    clock = Clock(speed=1)
    before = clock.now()
    machine["date"] -= 3600
    assert clock.now() == before
    assert clock.step() == -3600
    clock.follow(clock.step())
    assert clock.now() == machine["date"]
    assert clock.step() == 0
