"""Find out whether a print is still heating up."""

from __future__ import annotations

from dataclasses import dataclass

from .progress import Heat

SETTLES_AFTER = 5
"""Looks at the printer within which the first commands of a print from its card have told the heaters what to reach."""
LONGEST = 1800.0
"""Seconds after which a print is watched whatever the heaters say."""


@dataclass(slots=True)
class HeatingUp:
    """Follows one print from its start, look by look at the printer.

    `told_when_over` says that the print's own commands pass through OctoPrint: then laying filament says that
    heating is over, and nothing else does. A start script may home, probe and wait before it heats, on a
    printer that is still warm. Of a print from the printer's card only the heaters tell.
    """

    told_when_over: bool
    looks: int = 0
    over: bool = False

    def follow(self, heat: Heat, *, has_laid: bool, age: float) -> bool:
        """Return whether a print, `age` seconds old, still heats at one more look at the printer."""
        self.looks += 1
        self.over = self.over or has_laid or age > LONGEST
        if self.told_when_over:
            return not self.over
        has_settled = self.looks > SETTLES_AFTER
        self.over = self.over or (heat is Heat.THERE and has_settled)
        return not self.over and (heat is Heat.RISING or not has_settled)
