"""Fuzz one parser until something breaks or all cases are tried: python -m fuzzing.run PARSER OPTIONS."""

from __future__ import annotations

import resource
import sys
import time

import atheris

with atheris.instrument_imports(include=["octoprint_failwatch", "custom_components"]):
    from .chosen import PARSERS

MOST_MEMORY = 200 * 2**20
MOST_SECONDS = 1.0
"""Seconds of a core for one case, which other work on the machine does not lengthen."""


class TooMuchMemory(Exception):
    """A case that makes the process larger than anything needs."""


class TooMuchTime(Exception):
    """A case that takes longer than anything should."""


def fuzz(name: str) -> None:
    """Never return: the process ends with 0 where nothing broke."""
    parser = PARSERS[name]
    for seed in parser.seeds:
        parser.run(seed)
    began = _memory()

    def one(data: bytes) -> None:
        started = time.process_time()
        parser.run(data)
        if time.process_time() - started > MOST_SECONDS:
            raise TooMuchTime
        if _memory() - began > MOST_MEMORY:
            raise TooMuchMemory

    atheris.Setup(sys.argv[:1] + sys.argv[2:], one)
    atheris.Fuzz()


def _memory() -> int:
    """Return the most that the process ever held; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    fuzz(sys.argv[1])
