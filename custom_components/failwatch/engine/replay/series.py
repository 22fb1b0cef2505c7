"""The steps of a series, and reading them from a table."""

from __future__ import annotations

import csv
import logging
import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

from ..errors import FailWatchError
from ..history.records import Entry, EntryKind
from ..judging.acceptance import Places
from ..judging.judge import NOWHERE
from ..models import MAX_P
from ..statistics import TemporalStatistics

_LOGGER = logging.getLogger(__name__)
EARLY = 0.95
"""Share of the cadence after which a frame is taken as due: recorded times jitter."""


class BadSeries(FailWatchError):
    """The table is not a series of p; the message names the line."""

    kind = "bad_series"


class Began(NamedTuple):
    """Another print of the same printer begins."""

    print_id: str


class Sample(NamedTuple):
    """One answered frame: when (seconds), the detector's p, and the statistics if a service kept them.

    `explained` is how much of p the camera's baseline explains, `boxes` is where something was seen.
    """

    at: float
    p: float
    served: TemporalStatistics | None = None
    explained: float = 0.0
    boxes: Places = NOWHERE


Step: TypeAlias = Began | Sample | Entry


def read_csv(lines: Iterable[str], name: str = "") -> Iterator[Step]:
    """Yield the prints of a table with the columns time and p, and print_id if there are several.

    Without print_id all is one print, called `name`. Other columns are ignored. All prints are one printer's, in order; frames are taken as they come,
    with a warning where the time goes back within a print. Raises BadSeries.
    """
    rows = csv.reader(lines)
    try:
        names = [name.strip().lower().removeprefix("\ufeff") for name in next(rows, [])]
        if "time" not in names or "p" not in names:
            raise BadSeries("The first line must name the columns time and p, with a comma between them.")
        print_column = names.index("print_id") if "print_id" in names else None
        yield from _steps(rows, names.index("time"), names.index("p"), print_column, name)
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadSeries(f"This is no table: {error} (near line {rows.line_num + 1}).") from error


def _steps(rows: Any, time_column: int, p_column: int, print_column: int | None, name: str) -> Iterator[Step]:
    print_id: str | None = None
    last = -math.inf
    went_back = False
    for row in rows:
        if not row:
            continue
        try:
            at, p = float(row[time_column]), float(row[p_column])
            its_print = name if print_column is None else row[print_column]
        except (ValueError, IndexError):
            raise BadSeries(f"Line {rows.line_num}: time and p must be numbers.") from None
        if not (0.0 <= p <= MAX_P and -math.inf < at < math.inf):
            raise BadSeries(f"Line {rows.line_num}: time must be finite, and p from 0 to {MAX_P:.0f}.")
        if its_print != print_id:
            print_id = its_print
            yield Began(its_print)
        elif at < last and not went_back:
            went_back = True
            _LOGGER.warning("Line %s: the time goes back; frames are taken as they come.", rows.line_num)
        last = at
        yield Sample(at, p)


def at_cadence(steps: Iterable[Step], seconds: float) -> Iterator[Step]:
    """Yield the steps with only those frames that looking every so many seconds would have taken.

    A service's statistics are left out, and so is what was known later than at the beginning: both
    stand for frames that are no longer there.
    """
    due = -math.inf
    begun = False
    for step in steps:
        if isinstance(step, Sample):
            if step.at < due:
                continue
            due = step.at + EARLY * seconds
            yield step._replace(served=None)
        elif isinstance(step, Entry) and step.kind == EntryKind.STANDING:
            if not begun:
                yield step
            begun = True
        else:
            if isinstance(step, Began):
                due = -math.inf
            yield step
