"""Find out which tests run which functions of the engine, and how long each test takes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .changes import ENGINE, Change

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".cache" / "mutants-reach"


@dataclass(frozen=True)
class Reach:
    """`places` has the numbers of the tests that run a function, by file and function; `tests` their ids, the quickest
    first.
    """

    tests: tuple[str, ...]
    places: dict[str, dict[str, frozenset[int]]]

    def of(self, change: Change) -> list[str]:
        """Return the tests that run the function with the change, the quickest first.

        What is run by an import alone, such as a constant, is left to all tests, those first that run its file.
        """
        places = self.places.get(str(change.file.relative_to(ENGINE)), {})
        if change.place in places:
            return [test for number, test in enumerate(self.tests) if number in places[change.place]]
        near = frozenset[int]().union(*places.values())
        return [
            self.tests[number] for number in sorted(range(len(self.tests)), key=lambda one: one not in near)
        ]


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
    places = {
        file: {place: frozenset(numbers[test] for test in tests) for place, tests in by_place.items()}
        for file, by_place in found["places"].items()
    }
    return Reach(tuple(order), places)


def _measured(files: Sequence[str]) -> object:
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [sys.executable, "-c", TRACED, str(ENGINE), out.name, *files]
        # Tests of how long something takes, or how much memory, may fail here: tracing takes both.
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        return json.loads(Path(out.name).read_text())


TRACED = """
import json, pathlib, sys, threading
from collections import defaultdict
engine, out, *files = sys.argv[1:]
places, seconds, test = defaultdict(lambda: defaultdict(set)), defaultdict(float), ""
known = {}

def place_of(code):
    path = pathlib.Path(code.co_filename)
    real = path.resolve() if path.exists() else path
    if not real.is_relative_to(engine):
        return None
    names = [name for name in code.co_qualname.split(".") if name[0] != "<"]
    return places[str(real.relative_to(engine))][".".join(names)]

def call(frame, event, argument):
    code = frame.f_code
    if id(code) not in known:
        known[id(code)] = code, place_of(code)
    tests = known[id(code)][1]
    if tests is not None and test:
        tests.add(test)

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
pathlib.Path(out).write_text(json.dumps({"seconds": seconds, "places": {
    file: {place: sorted(tests & seconds.keys()) for place, tests in found.items()} for file, found in places.items()
}}))
"""
