"""A labelled print, ready to be judged again and again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..engine.history import Label
from ..engine.replay import Sample


@dataclass(frozen=True, slots=True)
class Case:
    """One print's frames with its label, None if nobody gave one.

    One that does not count is the printer's past: it went as it would, and is not added up.
    """

    print_id: str
    printer_id: str
    label: Label | None
    samples: tuple[Sample, ...]
    name: str = ""
    counts: bool = True

    @property
    def hours(self) -> float:
        """From the first frame to the last."""
        return (self.samples[-1].at - self.samples[0].at) / 3600 if self.samples else 0.0


def by_printer(cases: Iterable[Case]) -> list[list[Case]]:
    """Return the cases of each printer together, in their order."""
    printers: dict[str, list[Case]] = {}
    for case in cases:
        printers.setdefault(case.printer_id, []).append(case)
    return list(printers.values())


def with_past(cases: Iterable[Case]) -> list[Case]:
    """Return the cases, preceded by a copy of each printer's later half that does not count.

    Settings are for prints to come, and by then the printer is known; what the rules have to learn on
    the first print of all must not decide. A printer of a single print stays a new one.
    """
    halves = (_halves(prints) for prints in by_printer(cases))
    return [
        case
        for first, later in halves
        for case in (*(_uncounted(one, "before") for one in later), *first, *later)
    ]


def later_half(cases: Iterable[Case]) -> list[Case]:
    """Return the cases, with each printer's first half not counting: its printer starts as a new one.

    It shows what with a past does not: rules that do not get to know a new printer at all.
    """
    halves = (_halves(prints) for prints in by_printer(cases))
    return [
        case
        for first, later in halves
        for case in (*map(_uncounted, first if later else ()), *(later or first))
    ]


def _halves(prints: list[Case]) -> tuple[list[Case], list[Case]]:
    middle = (len(prints) + 1) // 2
    return prints[:middle], prints[middle:]


def _uncounted(case: Case, name: str = "") -> Case:
    return replace(case, print_id=f"{case.print_id} {name}" if name else case.print_id, counts=False)
