"""What is replayed, step by step, and how to read it from a table."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TextIO, TypeAlias

from ..errors import FailWatchError
from ..history.records import Entry
from ..statistics import TemporalStatistics

EARLY = 0.95
"""Share of the cadence after which a frame is taken as due: recorded times jitter."""


class BadSeries(FailWatchError):
    """A table that is no series of p; the text names the line."""

    kind = "bad_series"


class Began(NamedTuple):
    """Another print of the same printer begins."""

    print_id: str


class Sample(NamedTuple):
    """One answered frame: when (seconds), its p, and the statistics if a service kept them."""

    at: float
    p: float
    served: TemporalStatistics | None = None


Step: TypeAlias = Began | Sample | Entry


def read_csv(file: TextIO) -> Iterator[Step]:
    """Yield the prints of a table with the columns time and p, and print_id if there are several.

    Other columns are ignored. All prints are one printer's, in order. Raises BadSeries.
    """
    rows = csv.reader(file)
    names = [name.strip().lower() for name in next(rows, [])]
    if "time" not in names or "p" not in names:
        raise BadSeries("The first line must name the columns time and p.")
    time_column, p_column = names.index("time"), names.index("p")
    print_column = names.index("print_id") if "print_id" in names else None
    print_id: str | None = None
    for row in rows:
        if not row:
            continue
        try:
            at, p = float(row[time_column]), float(row[p_column])
            its_print = "" if print_column is None else row[print_column]
        except (ValueError, IndexError):
            raise BadSeries(f"Line {rows.line_num}: time and p must be numbers.") from None
        if not (0.0 <= p < math.inf and -math.inf < at < math.inf):
            raise BadSeries(f"Line {rows.line_num}: time must be finite, and p finite and at least 0.")
        if its_print != print_id:
            print_id = its_print
            yield Began(its_print)
        yield Sample(at, p)


def at_cadence(steps: Iterable[Step], seconds: float) -> Iterator[Step]:
    """Yield the steps with only those frames that looking every so many seconds would have taken.

    A service's statistics are left out: they stand for frames that are no longer there.
    """
    due = -math.inf
    for step in steps:
        if isinstance(step, Sample):
            if step.at < due:
                continue
            due = step.at + EARLY * seconds
            yield Sample(step.at, step.p)
        else:
            if isinstance(step, Began):
                due = -math.inf
            yield step
