"""Which print is running, through everything that events and restarts do."""

from dataclasses import replace
from pathlib import Path

import pytest

from octoprint_failwatch.printer.print_identity import Job, PrintIdentities

pytestmark = pytest.mark.one_octoprint

JOB = Job("cube.gcode", "local", "cube.gcode")
SD = Job("CUBE.GCO", "sdcard", "CUBE.GCO", position=5000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "print.json"


class Elapsed:
    """A clock that nobody puts right."""

    def __init__(self) -> None:
        self.time = 50.0

    def __call__(self) -> float:
        return self.time


def test_each_print_gets_a_new_id(path: Path) -> None:
    elapsed = Elapsed()
    identities = PrintIdentities(path, elapsed)
    first = identities.begin(JOB, "printer", 1000)
    elapsed.time += 100
    assert identities.end(JOB.path, 100) == first
    assert identities.begin(JOB, "printer", 1101).print_id != first.print_id
    assert len(first.print_id) <= 256


def test_two_print_started_of_one_print_are_one(path: Path) -> None:
    identities = PrintIdentities(path)
    first = identities.begin(JOB, "printer", 1000)
    assert identities.begin(JOB, "printer", 1003) == first


def test_a_second_start_much_later_is_another_print(path: Path) -> None:
    elapsed = Elapsed()
    identities = PrintIdentities(path, elapsed)
    first = identities.begin(JOB, "printer", 1000)
    elapsed.time += 30
    assert identities.begin(JOB, "printer", 1030) != first


def test_an_end_is_known_though_the_start_was_heard_of_late(path: Path) -> None:
    """Another plugin held the event bus up, or the printer printed from its card before OctoPrint was there."""
    elapsed = Elapsed()
    identities = PrintIdentities(path, elapsed)
    begun = identities.begin(replace(JOB, age=60.0), "printer", 1000)
    elapsed.time += 100
    assert identities.end(JOB.path, 170) is None, "that was an older one"
    assert identities.running == begun
    assert identities.end(JOB.path, 160) == begun
    assert identities.running is None


@pytest.mark.parametrize("step", [-3600.0, -90_000.0, 90_000.0])
def test_a_wall_clock_that_is_put_right_hides_no_end(path: Path, step: float) -> None:
    """A Raspberry Pi starts days behind, and is put right in mid print."""
    elapsed = Elapsed()
    identities = PrintIdentities(path, elapsed)
    first = identities.begin(JOB, "printer", 100_000.0)
    assert identities.begin(JOB, "printer", 100_000.0 + step) == first, "started twice within a moment"
    elapsed.time += 1800
    assert identities.end(JOB.path, 1800) == first


def test_a_print_that_goes_on_after_a_restart_keeps_its_id(path: Path) -> None:
    first = PrintIdentities(path).begin(SD, "printer", 1000)
    assert PrintIdentities(path).begin(replace(SD, position=9000), "printer", 5000) == first


@pytest.mark.parametrize(
    ("job", "printer"),
    [
        (replace(SD, path="OTHER.GCO"), "printer"),
        (replace(SD, origin="local"), "printer"),
        (replace(SD, position=0), "printer"),
        (SD, "another printer"),
    ],
    ids=["another file", "another origin", "from its beginning", "another printer"],
)
def test_anything_else_after_a_restart_is_a_new_print(path: Path, job: Job, printer: str) -> None:
    first = PrintIdentities(path).begin(SD, "printer", 1000)
    assert PrintIdentities(path).begin(job, printer, 5000).print_id != first.print_id


def test_what_was_just_begun_is_a_new_print_however_far_the_file_is_read(path: Path) -> None:
    first = PrintIdentities(path).begin(JOB, "printer", 1000)
    again = replace(JOB, position=60_000)
    assert PrintIdentities(path).begin(again, "printer", 5000, may_be_older=False) != first


def test_an_ended_print_is_not_taken_up_again(path: Path) -> None:
    identities = PrintIdentities(path)
    first = identities.begin(SD, "printer", 1000)
    assert identities.end(SD.path, None) == first
    assert identities.end(SD.path, None) is None
    assert PrintIdentities(path).begin(SD, "printer", 1020) != first


def test_a_late_end_of_an_older_print_does_not_end_this_one(path: Path) -> None:
    elapsed = Elapsed()
    identities = PrintIdentities(path, elapsed)
    identities.begin(JOB, "printer", 1000)
    elapsed.time += 3000
    identities.end(JOB.path, 3000)
    elapsed.time += 10
    identities.begin(JOB, "printer", 4010)
    elapsed.time += 2
    assert identities.end("other.gcode", None) is None
    assert identities.end(JOB.path, 3000) is None
    assert identities.end(JOB.path, 2) is not None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"print_id": 7}', "null"])
def test_a_broken_file_is_no_print(path: Path, content: str) -> None:
    path.write_text(content)
    assert PrintIdentities(path).current is None
