"""Record one fault at one edge: a row of the tables in docs/reliability.md."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = "FAILWATCH_RELIABILITY"
"""The environment variable with the file that rows are added to, if they are to be kept."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Seconds are real ones, at the interval that the program ships with; None where nothing was measured."""

    program: str
    edge: str
    fault: str
    told: str
    told_after: float | None
    recovered_after: float | None
    print_goes_on: bool | None = None
    statistics_right: bool | None = None


def record(row: Row) -> None:
    """Keep a row, where that is asked for."""
    if path := os.environ.get(RESULTS):
        with Path(path).open("a") as file:
            file.write(json.dumps(asdict(row)) + "\n")
