"""What an installation asks for, platform by platform: nothing that has no wheel there."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from octoprint_failwatch.engine.detectors.built_in import compatibility
from octoprint_failwatch.engine.detectors.built_in.model_folder import Runtime

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "octoprint_failwatch" / "__init__.py"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

WITH_NCNN = [
    ("linux", "x86_64"),  # a PC
    ("linux", "aarch64"),  # a Raspberry Pi, 64 bit
    ("darwin", "arm64"),
    ("darwin", "x86_64"),
    ("win32", "AMD64"),
]
WITHOUT = [
    ("linux", "riscv64"),
    ("linux", "i686"),
    ("linux", "armv6l"),  # the first Raspberry Pi
    ("linux", "armv7l"),  # a Raspberry Pi, 32 bit: numpy, which ncnn asks for, has no wheel on PyPI
    ("linux", "armv8l"),  # the same on a 64-bit processor
    ("linux", "ppc64le"),
    ("win32", "ARM64"),
    ("win32", "x86"),
    ("freebsd14", "amd64"),
]
EVERYWHERE = {"aiohttp", "apprise", "click", "Pillow", "rich"}
"""Each comes without compiled parts too, or is what OctoPrint itself needs."""


def asked_for(platform: str, machine: str, implementation: str = "CPython") -> set[str]:
    """Return the packages that an installation asks for there."""
    there = {
        "sys_platform": platform,
        "platform_machine": machine,
        "platform_python_implementation": implementation,
    }
    needs = map(Requirement, PYPROJECT["project"]["dependencies"])
    return {need.name for need in needs if need.marker is None or need.marker.evaluate(there)}


@pytest.mark.parametrize(("platform", "machine"), WITH_NCNN)
def test_the_built_in_detector_comes_where_its_runtime_has_wheels(platform: str, machine: str) -> None:
    assert asked_for(platform, machine) == EVERYWHERE | {"ncnn"}


@pytest.mark.parametrize(("platform", "machine"), WITHOUT)
def test_an_exotic_platform_is_asked_for_nothing_that_fails_there(platform: str, machine: str) -> None:
    assert asked_for(platform, machine) == EVERYWHERE


def test_another_python_has_no_wheels_either() -> None:
    assert asked_for("linux", "x86_64", "PyPy") == EVERYWHERE


@pytest.mark.parametrize(
    ("platform", "machine", "says"),
    [
        ("linux", "armv7l", "-m pip install --no-deps ncnn' adds it"),
        ("linux", "i686", "-m pip install --no-deps ncnn' adds it"),
        ("linux", "armv6l", "There is none for this processor (armv6l)"),
        ("win32", "ARM64", "There is none for this processor (arm64)"),
        ("darwin", "arm64", "adds it"),
    ],
)
def test_what_is_missing_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, platform: str, machine: str, says: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("platform.machine", lambda: machine)
    said = "Traceback\nModuleNotFoundError: No module named 'ncnn'"
    assert says in compatibility._reason(Runtime.NCNN, 1, said)


def test_the_plugins_range_of_pythons_is_that_of_the_docs() -> None:
    (stated,) = re.findall(r'^__plugin_pythoncompat__ = "(.+)"$', PLUGIN.read_text(), re.MULTILINE)
    assert stated == ">=3.11,<3.14"
    assert PYPROJECT["project"]["requires-python"] == ">=3.11"
    for page in (ROOT / "README.md", ROOT / "docs" / "octoprint.md"):
        assert "Python 3.11 to 3.13" in page.read_text()
