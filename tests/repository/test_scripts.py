"""The scripts: correct totals, free ports, prints of the right length."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections import Counter
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from benchmarks.mutants.changes import ENGINE, possible
from environments import REPOSITORY
from stack import processes
from stack.gcode import cylinder
from stack.processes import ProgramError, free_port
from tests.patience import PATIENCE


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    loader = SourceFileLoader("scripts_test", str(REPOSITORY / "scripts" / "test"))
    spec = spec_from_loader("scripts_test", loader)
    assert spec is not None
    module = module_from_spec(spec)
    # Dataclasses look their module up by name.
    sys.modules["scripts_test"] = module
    loader.exec_module(module)
    return module


def test_a_report_is_counted(runner: ModuleType, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="2" errors="1" skipped="3"/></testsuites>')
    assert runner._counts(report) == {"passed": 3, "failed": 2, "errors": 1, "skipped": 3}


@pytest.mark.parametrize("text", ["", "<testsuites>", "<testsuites/>"])
def test_a_run_without_a_report_is_an_error(runner: ModuleType, tmp_path: Path, text: str) -> None:
    report = tmp_path / "report.xml"
    report.write_text(text)
    assert runner._counts(report) == {"errors": 1}


def test_every_folder_of_tests_belongs_to_a_suite(runner: ModuleType) -> None:
    folders = {file.relative_to(runner.TESTS).parts[0] for file in runner.TESTS.rglob("test_*.py")}
    run = {folder for suite in runner.SUITES.values() for call in suite for folder in call.folders}
    assert folders <= run


def test_a_run_of_all_has_every_test_once(runner: ModuleType) -> None:
    def calls(runs: list[Any]) -> list[tuple[str, str]]:
        return sorted((run.environment.name, folder) for run in runs for folder in run.folders)

    in_suites = [run for suite in runner.SUITES.values() for run in suite]
    of_all = [run for queues in runner._all_stages() for queue in queues for run in queue]
    assert calls(of_all) == calls(in_suites)


@pytest.mark.skipif(sys.platform != "linux", reason="pytest-xdist does it there")
def test_files_stay_whole_where_their_tests_share_a_program(runner: ModuleType) -> None:
    assert f"--forks={round(runner.CORES * 1.5)}" in runner._sharing(runner.CORE)
    assert "--whole-files" not in runner._sharing(runner.CORE)
    assert "--whole-files" in runner._sharing(runner.END_TO_END)


def test_queues_run_at_the_same_time_and_their_runs_in_order(
    runner: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, begun = threading.Barrier(2, timeout=PATIENCE), []

    def run(name: str, options: list[str], shown: bool) -> tuple[int, Counter[str]]:
        begun.append(name)
        if name != "c":
            both.wait()
        return (1 if name == "b" else 0), Counter({name: int(shown)})

    monkeypatch.setattr(runner, "_run", run)
    told = list(runner._side_by_side([["a"], ["b", "c"]], []))
    assert told == [(0, {"a": 1}), (1, {"b": 0}), (0, {"c": 0})]
    assert begun.index("c") == 2


def test_a_port_in_use_is_not_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port


def test_a_port_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also not to another process, until this one has ended."""
    (first,) = ports = [free_port()]
    monkeypatch.setattr(processes, "PORTS", range(first, first + 20))
    ports += [free_port() for _ in range(3)]
    assert len(set(ports)) == 4
    monkeypatch.setattr(processes, "PORTS", ports)
    with pytest.raises(ProgramError, match="No port is free"):
        free_port()
    code = f"from stack import processes; processes.PORTS = {ports}; processes.free_port()"
    other = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY / "scripts",
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "No port is free" in other.stderr


def test_a_print_takes_the_time_that_it_should() -> None:
    gcode = cylinder(seconds=60, layers=10)
    assert sum(int(milliseconds) for milliseconds in re.findall(r"G4 P(\d+)", gcode)) == 60_000
    extruded = [float(e) for e in re.findall(r" E([\d.]+)", gcode)]
    assert extruded == sorted(extruded)


def test_changes_that_nobody_could_notice_are_still_possible_and_have_a_reason() -> None:
    """`benchmarks/mutation` leaves them out."""
    equivalents = json.loads((REPOSITORY / "benchmarks" / "mutation_equivalents.json").read_text())
    files = {ENGINE / key.partition(" ")[0] for key in equivalents}
    assert equivalents.keys() <= {change.key for file in files for change in possible(file)}
    assert all(equivalents.values())
