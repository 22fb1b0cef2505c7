"""The conditions on a watched print."""

from collections.abc import Callable, Mapping
from typing import Final

from homeassistant.util import dt as dt_util

from ..coordinator import PrinterCoordinator
from ..engine.judging.verdict import Level
from ..engine.watch.state import Phase, present_level


def _is_silenced(printer: PrinterCoordinator) -> bool:
    return printer.data.is_silent(dt_util.utcnow().timestamp() - printer.clock_offset)


QUESTIONS: Final[Mapping[str, Callable[[PrinterCoordinator], bool]]] = {
    "is_failing": lambda printer: present_level(printer.data) is Level.FAILURE,
    "is_suspicious": lambda printer: present_level(printer.data) is not Level.NONE,
    "is_watching": lambda printer: printer.data.phase is Phase.WATCHING and not printer.is_blind,
    "is_paused": lambda printer: printer.data.phase is Phase.PAUSED,
    "is_blind": lambda printer: printer.is_blind,
    "is_silenced": _is_silenced,
}


def condition_met(question: str, printer: PrinterCoordinator) -> bool:
    """Return whether a condition holds; for a printer without news none does."""
    return printer.is_connected and QUESTIONS[question](printer)
