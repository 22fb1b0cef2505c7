"""What an installation asks for, platform by platform: nothing that has no wheel there."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PYPROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())

WITH_NCNN = [
    ("linux", "x86_64"),  # a PC
    ("linux", "aarch64"),  # a Raspberry Pi, 64 bit
    ("linux", "armv7l"),  # a Raspberry Pi, 32 bit
    ("darwin", "arm64"),
    ("darwin", "x86_64"),
    ("win32", "AMD64"),
]
WITHOUT = [
    ("linux", "riscv64"),
    ("linux", "i686"),
    ("linux", "armv6l"),  # the first Raspberry Pi
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
