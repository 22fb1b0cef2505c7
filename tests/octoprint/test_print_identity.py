"""Which print is running, through everything that events and restarts do."""

from dataclasses import replace
from pathlib import Path

import pytest

from octoprint_failwatch.printer.print_identity import Job, PrintIdentities

JOB = Job("cube.gcode", "local", "cube.gcode")
SD = Job("CUBE.GCO", "sdcard", "CUBE.GCO", position=5000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "print.json"


def test_each_print_gets_a_new_id(path: Path) -> None:
    identities = PrintIdentities(path)
    first = identities.begin(JOB, "printer", 1000)
    identities.end(JOB.path, 100, 1100)
    assert identities.begin(JOB, "printer", 1101).print_id != first.print_id
    assert len(first.print_id) <= 256


def test_two_print_started_of_one_print_are_one(path: Path) -> None:
    identities = PrintIdentities(path)
    first = identities.begin(JOB, "printer", 1000)
    assert identities.begin(JOB, "printer", 1003) == first


def test_a_second_start_much_later_is_another_print(path: Path) -> None:
    identities = PrintIdentities(path)
    first = identities.begin(JOB, "printer", 1000)
    assert identities.begin(JOB, "printer", 1030) != first


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
    assert identities.end(SD.path, 10, 1010) == first
    assert identities.end(SD.path, 10, 1010) is None
    assert PrintIdentities(path).begin(SD, "printer", 1020) != first


def test_a_late_end_of_an_older_print_does_not_end_this_one(path: Path) -> None:
    identities = PrintIdentities(path)
    identities.begin(JOB, "printer", 1000)
    identities.end(JOB.path, 3000, 4000)
    identities.begin(JOB, "printer", 4010)
    assert identities.end("other.gcode", None, 4012) is None
    assert identities.end(JOB.path, 3000, 4012) is None
    assert identities.end(JOB.path, 2, 4012) is not None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"print_id": 7}', "null"])
def test_a_broken_file_is_no_print(path: Path, content: str) -> None:
    path.write_text(content)
    assert PrintIdentities(path).current is None
