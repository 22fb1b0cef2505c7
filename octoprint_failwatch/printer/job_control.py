"""Pause, resume and cancel on a user's behalf, as OctoPrint's own API does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TAGS = frozenset({"source:api", "api:job"})
COMMANDS = ("pause", "resume", "cancel")


class NoPrint(Exception):
    """There is no print to pause, resume or cancel."""


def order_job(printer: Any, command: str, user: str | None) -> None:
    """Give OctoPrint's printer an order; raises NoPrint, and ValueError for an unknown command."""
    if command not in COMMANDS:
        raise ValueError("command must be pause, resume or cancel.")
    if not (printer.is_printing() or printer.is_paused()):
        raise NoPrint
    order: Callable[..., None] = getattr(printer, f"{command}_print")
    order(tags=set(TAGS), user=user)
