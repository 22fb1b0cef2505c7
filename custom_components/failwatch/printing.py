"""What an entity says about a print: whether it runs, rests or is over."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN

from .detection.state import Phase
from .detection.watch import Watch


class Printing(StrEnum):
    """What the printer does."""

    RUNS = "runs"
    RESTS = "rests"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class PrintingStates:
    """The states that mean "printing" and "paused"; every other known state means "over"."""

    printing: Collection[str]
    paused: Collection[str] = field(default_factory=tuple)

    def meaning(self, state: str | None) -> Printing | None:
        """Return what a state means, None where nothing is known and nothing must be done."""
        if state is None or state in (STATE_UNKNOWN, STATE_UNAVAILABLE, ""):
            return None
        if state in self.printing:
            return Printing.RUNS
        return Printing.RESTS if state in self.paused else Printing.OVER


def follow(watch: Watch, printing: Printing | None, *, state: str, name: str) -> None:
    """Tell the watch what became of the print."""
    if printing is Printing.OVER:
        watch.end(state)
    elif printing is not None:
        known = watch.state.print_id
        if known is None or (watch.state.phase is Phase.IDLE and name != watch.state.print_name):
            watch.start(uuid.uuid4().hex, name)
        elif watch.state.phase is Phase.IDLE:
            watch.start(known)
        if printing is Printing.RESTS:
            watch.pause()
        else:
            watch.resume()
