"""Tests shared between processes: each runs once, and what comes of it is told as if there were one process."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from environments import REPOSITORY
from tests.forks import Queue

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pytest-xdist does it there")

EVERYTHING = """
import os, pathlib, warnings
import pytest

@pytest.fixture(scope="module")
def shared():
    print("made once")

def note(name):
    with open("ran", "a") as log:
        log.write(f"{name}\\n")

def test_before(shared):
    note("before")

def test_fails(shared):
    note("fails")
    print("said by it")
    warnings.warn("careful")
    assert [1] == [2]

def test_is_skipped():
    note("skipped")
    pytest.skip("not today")

def test_dies():
    note("dies")
    os._exit(3)

def test_after(shared, tmp_path):
    note("after")
    (tmp_path / "file").touch()
"""

MEET = """
import os, pathlib
import pytest
from tests.patience import eventually_blocking

@pytest.mark.parametrize("number", range(4))
def test_two_meet(number):
    pathlib.Path(f"process-{os.getpid()}").touch()
    eventually_blocking(lambda: len([*pathlib.Path().glob("process-*")]), lambda count: count >= PROCESSES)
"""


def run(folder: Path, *options: str) -> str:
    """Run the tests of a folder in two processes, and return what is printed."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.forks", "--forks=2", "--rootdir=.", "-rA", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def test_each_test_is_run_once_and_told(tmp_path: Path) -> None:
    """Also those of a process that died: the one that it had taken next is run by another."""
    for name in ("test_a.py", "test_b.py"):
        (tmp_path / name).write_text(EVERYTHING)
    told = run(tmp_path)
    ran = (tmp_path / "ran").read_text().split()
    assert sorted(ran) == sorted(["before", "fails", "skipped", "dies", "after"] * 2)
    assert "4 failed, 4 passed, 2 skipped, 2 warnings" in told
    for name in ("a", "b"):
        assert f"FAILED test_{name}.py::test_fails - assert [1] == [2]" in told
        assert f"FAILED test_{name}.py::test_dies - The process ended with 3" in told
        assert f"PASSED test_{name}.py::test_after" in told
    assert told.count("said by it\n") == 2
    assert told.count("UserWarning: careful") == 2


@pytest.mark.parametrize(("options", "processes"), [([], 2), (["--whole-files"], 1)])
def test_a_file_is_divided_unless_it_is_to_stay_whole(
    tmp_path: Path, options: list[str], processes: int
) -> None:
    (tmp_path / "test_a.py").write_text(MEET.replace("PROCESSES", f"{processes}"))
    assert "4 passed" in run(tmp_path, *options)
    assert len([*tmp_path.glob("process-*")]) == processes


def test_a_run_ends_at_the_first_failure_if_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("def test_fails(): assert False")
    assert "stopping after 1 failures" in run(tmp_path, "-x")


def test_none_is_given_once_the_run_ends() -> None:
    items = [SimpleNamespace(path=Path(name)) for name in "aab"]
    tests = Queue(items, range(3), divides_files=True)
    assert tests.take() == 0
    tests.stop()
    assert tests.take() is None
