"""Find out which tests run which lines of the engine, and how long each test takes."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .changes import ENGINE, Change

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".cache" / "mutants-reach"


@dataclass(frozen=True)
class Reach:
    """`lines` has the numbers of the tests that run a line, by file and line; `tests` their ids, the quickest first."""

    tests: tuple[str, ...]
    lines: dict[str, dict[int, frozenset[int]]]

    def of(self, change: Change) -> list[str]:
        """Return the tests that run the statement with the change, the quickest first.

        What is run by an import alone, such as a constant, is left to every test that runs its file, or to all.
        """
        lines = self.lines.get(str(change.file.relative_to(ENGINE)), {})
        statement = _statement(change)
        inside = () if statement is None else range(statement.lineno, (statement.end_lineno or 0) + 1)
        found = _together(lines.get(line, frozenset()) for line in inside) or _together(lines.values())
        return [test for number, test in enumerate(self.tests) if number in found] or list(self.tests)


def reach_of(files: Sequence[str]) -> Reach:
    """Return the reach of these files of tests, measured once for each state of tests and engine."""
    state = hashlib.sha256("\n".join(files).encode())
    for file in sorted([*(ROOT / "tests").rglob("*.py"), *ENGINE.rglob("*.py")]):
        state.update(file.read_bytes())
    kept = KEPT / f"{state.hexdigest()[:16]}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(_measured(files)))
    found = json.loads(kept.read_text())
    order = sorted(found["seconds"], key=found["seconds"].__getitem__)
    numbers = {test: number for number, test in enumerate(order)}
    lines = {
        file: {int(line): frozenset(numbers[test] for test in tests) for line, tests in by_line.items()}
        for file, by_line in found["lines"].items()
    }
    return Reach(tuple(order), lines)


def _measured(files: Sequence[str]) -> object:
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [sys.executable, "-c", TRACED, str(ENGINE), out.name, *files]
        # Tests of how long something takes, or how much memory, may fail here: tracing takes both.
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        return json.loads(Path(out.name).read_text())


def _statement(change: Change) -> ast.stmt | None:
    """Return the smallest statement within a function that has the change."""
    text = change.file.read_bytes()
    line = text.count(b"\n", 0, change.begin) + 1
    found = None
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
                    size = (node.end_lineno or 0) - node.lineno
                    if found is None or size <= (found.end_lineno or 0) - found.lineno:
                        found = node
    return found


def _together(sets: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*sets)


TRACED = """
import json, pathlib, sys, threading
from collections import defaultdict
engine, out, *files = sys.argv[1:]
lines, seconds, test = defaultdict(lambda: defaultdict(set)), defaultdict(float), ""
names = {}

def line(frame, event, argument):
    lines[names[frame.f_code.co_filename]][frame.f_lineno].add(test)
    return line

def call(frame, event, argument):
    file = frame.f_code.co_filename
    if file not in names:
        path = pathlib.Path(file)
        real = path.resolve() if path.exists() else path
        names[file] = str(real.relative_to(engine)) if real.is_relative_to(engine) else ""
    return line(frame, event, argument) if test and names[file] else None

class Plugin:
    def pytest_runtest_logstart(self, nodeid, location):
        global test
        test = nodeid.partition("[")[0]
        threading.settrace(call)
        sys.settrace(call)

    def pytest_runtest_logreport(self, report):
        seconds[report.nodeid.partition("[")[0]] += report.duration

import pytest
pytest.main(["-q", "-n0", "--no-header", "-p", "no:cacheprovider", "--timeout", "300", *files], [Plugin()])
sys.settrace(None)
threading.settrace(None)
pathlib.Path(out).write_text(json.dumps({"seconds": seconds, "lines": {
    file: {number: sorted(tests & seconds.keys()) for number, tests in found.items()} for file, found in lines.items()
}}))
"""
