"""Decide which values are worth a row in the recorder: pictures are checked far more often."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from homeassistant.helpers.typing import StateType

VALUE_SPACING: Final = 300.0
"""Seconds after which a number is written however little it moved."""

REASON_SPACING: Final = 60.0
"""Seconds between writes while only the numbers behind an unchanged state move."""

type Value = StateType | date | datetime | Decimal


@dataclass(frozen=True, slots=True)
class Written:
    """What was last written: the value, the time of its look, and what is written whenever it changes."""

    value: Value
    at: float
    standing: tuple[Any, ...]


def is_near(before: Written, now: Written, deadband: float) -> bool:
    """Return whether only details changed: a number by less than the deadband, or a moving reason."""
    if before.standing != now.standing:
        return False
    old, new = before.value, now.value
    if isinstance(old, datetime) and isinstance(new, datetime):
        return abs((new - old).total_seconds()) < deadband
    if isinstance(old, int | float) and isinstance(new, int | float):
        return abs(new - old) < deadband and abs(now.at - before.at) < VALUE_SPACING
    return old == new and abs(now.at - before.at) < REASON_SPACING
