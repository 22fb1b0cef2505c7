"""Measure costs: processor time in turns, and the memory of a separate process."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

CHILD = """
import sys, time
from pathlib import Path
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6
def highest():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
PAGE = __import__("os").sysconf("SC_PAGESIZE")
picture = sys.stdin.buffer.read()
bare, began = resident(), time.process_time()
import octoprint_failwatch.engine.watch.watch
took, core = (time.process_time() - began) * 1000, resident()
from octoprint_failwatch.engine.detectors.built_in import BuiltInDetector, ModelFolder
detector = BuiltInDetector(ModelFolder.read(Path(sys.argv[1])))
for _ in range(10):
    detector.answer(picture)
print(took, core - bare, resident() - bare, highest() - bare)
"""


@dataclass(frozen=True)
class Spent:
    """Milliseconds: of the processor, on all its cores together, and by the clock."""

    processor: float
    clock: float


@dataclass(frozen=True)
class Footprint:
    """Import of the core in processor milliseconds; resident megabytes over the bare interpreter."""

    import_ms: float
    core: float
    resident: float
    peak: float


def in_turns(tasks: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Spent]:
    """Return the median of each task; they take turns, so that a busy machine slows all of them."""
    for task in tasks.values():
        task()
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            processor, clock = time.process_time(), time.perf_counter()
            task()
            spent[name].append((time.process_time() - processor, time.perf_counter() - clock))
    return {
        name: Spent(*(statistics.median(column) * 1000 for column in zip(*rows, strict=True)))
        for name, rows in spent.items()
    }


def footprint(model: Path, picture: bytes, runs: int = 5) -> Footprint:
    """Return the median of processes that load a model and answer ten pictures. Linux only.

    A first run that is not counted leaves compiled modules behind, as an installation does.
    """
    command = [sys.executable, "-c", CHILD, str(model)]
    rows = []
    with tempfile.TemporaryDirectory() as compiled:
        env = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(runs + 1):
            ran = subprocess.run(command, input=picture, capture_output=True, check=True, env=env)
            rows.append([float(part) for part in ran.stdout.split()])
    return Footprint(*(statistics.median(column) for column in zip(*rows[1:], strict=True)))
