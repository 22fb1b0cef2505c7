"""Transplant failures into good prints: failures are few, and could have come at any other moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..engine.history import Label
from ..engine.replay import Sample
from .print_case import Case, by_printer

MOST = 16
LONGEST = 3600.0
"""Seconds of a failure that are taken along."""
EARLIEST, LATEST = 0.1, 0.9
GOLDEN = 0.618


def transplants(cases: Sequence[Case]) -> list[Case]:
    """Return made-up prints: each is a good one that continues as a failed one.

    Where it begins to fail differs from print to print. The same cases give the same prints.
    """
    good = [case for case in cases if _is(case, failed=False) and len(case.samples) > 1]
    failures = [tail for case in cases if _is(case, failed=True) and (tail := _tail(case))]
    if not failures:
        return []
    known = {prints[0].printer_id for prints in by_printer(cases) if len(prints) > 1}
    made = []
    for number, case in enumerate(good[:MOST]):
        place = EARLIEST + (LATEST - EARLIEST) * ((number + 1) * GOLDEN % 1)
        cut = case.samples[max(1, int(place * len(case.samples)))]
        tail = failures[number % len(failures)]
        went = tuple(one for one in case.samples if one.at < cut.at)
        goes_on = tuple(Sample(cut.at + later, p) for later, p in tail)
        label = Label(failed=True, failed_from=cut.at)
        print_id = f"{case.print_id} failing"
        # The only print of a printer would fail as the first one, too.
        printer_id = case.printer_id if case.printer_id in known else print_id
        made.append(
            replace(case, print_id=print_id, printer_id=printer_id, label=label, samples=went + goes_on)
        )
    return made


def _is(case: Case, *, failed: bool) -> bool:
    return case.label is not None and case.label.failed is failed


def _tail(case: Case) -> list[tuple[float, float]]:
    """Return p of a failure by the seconds since it began; empty if its beginning is unknown."""
    since = case.label.failed_from if case.label is not None else None
    if since is None:
        return []
    return [(one.at - since, one.p) for one in case.samples if since <= one.at < since + LONGEST]
