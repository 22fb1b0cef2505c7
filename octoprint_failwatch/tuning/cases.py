"""A labelled print, ready to be judged again and again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..detection.history import Label
from ..detection.replay import Sample


@dataclass(frozen=True, slots=True)
class Case:
    """One print's frames with its truth, None if nobody has told it."""

    print_id: str
    printer_id: str
    label: Label | None
    samples: tuple[Sample, ...]
    name: str = ""

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
