"""What the commands that OctoPrint sends tell of a print: how its moves are to be read, whether it lays filament."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Any

from .gentle_pause import MODES, Modes

MOVES = {"G0", "G1", "G2", "G3"}
LAYS = re.compile(r"(?=.*[XY])(?=.*E\s*[\d.+])", re.IGNORECASE)
"""A move that goes somewhere while filament comes out: it primes the nozzle at least, which is hot by then."""


class SentCommands:
    """Listens to OctoPrint's hook, on the thread that sends to the printer."""

    def __init__(self) -> None:
        """Begin as a printer does."""
        self.modes = Modes()
        self.has_laid = False

    def forget(self) -> None:
        """The print is over. To say so when the next one begins is too late: it may have laid by then."""
        self.has_laid = False

    def sent(
        self,
        _comm: Any,
        _phase: str,
        command: str,
        _kind: str,
        gcode: str,
        *_: Any,
        tags: Set[str] | None = None,
        **__: Any,
    ) -> None:
        """Take a sent command; `tags` say where it came from."""
        if gcode in MODES:
            self.modes.follow(gcode)
        elif not self.has_laid and gcode in MOVES and tags and "source:file" in tags:
            self.has_laid = LAYS.match(command) is not None
