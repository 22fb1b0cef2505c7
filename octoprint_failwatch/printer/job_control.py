"""Pause, resume and cancel on a user's behalf, as OctoPrint's own API does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

TAGS = frozenset({"source:api", "api:job"})
COMMANDS = ("pause", "resume", "cancel")
PAUSED_WITHIN = 5.0
"""Seconds that a resume waits for a pause under way: OctoPrint resumes only what has paused, and says nothing."""
LOOK_EVERY = 0.1


class NoPrint(Exception):
    """There is no print to pause, resume or cancel."""


def order_job(printer: Any, command: str, user: str | None) -> None:
    """Give OctoPrint's printer an order; raises NoPrint, and ValueError for an unknown command. May block."""
    if command not in COMMANDS:
        raise ValueError("command must be pause, resume or cancel.")
    if not (printer.is_printing() or printer.is_paused()):
        raise NoPrint
    if command == "resume" and not _stops_pausing(printer):
        raise NoPrint
    order: Callable[..., None] = getattr(printer, f"{command}_print")
    order(tags=set(TAGS), user=user)


def _stops_pausing(printer: Any) -> bool:
    """Return whether a pause under way is over in time: people are told of it before its script has run."""
    given_up_at = time.monotonic() + PAUSED_WITHIN
    while printer.is_pausing():
        if time.monotonic() >= given_up_at:
            return False
        time.sleep(LOOK_EVERY)
    return True
