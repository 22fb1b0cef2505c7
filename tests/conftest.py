"""Shared by all suites: skip slow tests unless they are asked for, and start the longest files first."""

import gc
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, settings

from tests.slow import RUNS_SLOW_TESTS, VARIABLE

# A deadline measures how busy the machine is, not what is tested; so does how long it takes to draw an example.
settings.register_profile(
    "steady",
    deadline=None,
    max_examples=500 if RUNS_SLOW_TESTS else 25,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"slow: takes long; runs with {VARIABLE}=1 (scripts/test --slow)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A process takes one file at a time: a long one that began last would be waited for alone.
    in_browser = Counter(item.path for item in items if "browser" in getattr(item, "fixturenames", ()))
    longest = ("emulators", "octoprint", "reliability", "e2e")
    items.sort(key=lambda item: (-_place(item, longest), -in_browser[item.path], item.path))
    if not RUNS_SLOW_TESTS:
        skip = pytest.mark.skip(reason=f"slow: runs with {VARIABLE}=1")
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(skip)


def pytest_collection_finish() -> None:
    # Modules and tests stay until the end: each search for garbage would go through half a million objects of theirs.
    gc.freeze()


def _place(item: pytest.Item, folders: Sequence[str]) -> int:
    """Return which of the folders a test lies in, -1 for none."""
    return next((place for place, folder in enumerate(folders) if folder in item.path.parts), -1)
