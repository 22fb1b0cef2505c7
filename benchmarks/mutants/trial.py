"""Try one change: a process of its own imports the changed module, and runs the tests that concern it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from .changes import ENGINE, Change

ROOT = Path(__file__).parents[2]
SECONDS = 600.0
FOLDERS = ("judging", "watch", "services", "history", "detectors")
TESTS = (*(f"tests/core/{folder}" for folder in FOLDERS), "tests/cli", "tests/tuning/test_sensitivity.py")
"""The tests of judging, watching, history, clients, replay and detectors, and of commands."""


class Outcome(Enum):
    """What became of a change."""

    NOTICED = "noticed"
    HUNG = "hung"
    UNNOTICED = "UNNOTICED"


def tried(change: Change, tests: Sequence[str]) -> Outcome:
    """Run these tests with the change in place."""
    module = ".".join(change.file.relative_to(ENGINE).with_suffix("").parts).removesuffix(".__init__")
    command = [sys.executable, "-c", RUN, module, *tests]
    try:
        answer = subprocess.run(
            command,
            cwd=ROOT,
            input=change.applied(),
            env={**os.environ, "HYPOTHESIS_PROFILE": "default"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome.HUNG
    return Outcome.UNNOTICED if answer.returncode == 0 else Outcome.NOTICED


RUN = """
import importlib.abc, importlib.machinery, importlib.util, sys
module, *tests = sys.argv[1:]
text = sys.stdin.read()
names = {f"octoprint_failwatch.engine.{module}", f"custom_components.failwatch.engine.{module}"}

class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name not in names:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)

        spec.loader.get_code = lambda fullname: compile(text, spec.origin, "exec")
        return spec

sys.meta_path.insert(0, Finder())
import pytest
sys.exit(pytest.main(["-x", "-q", "-n0", "--no-header", "-p", "no:cacheprovider", "--timeout", "60", *tests]))
"""
