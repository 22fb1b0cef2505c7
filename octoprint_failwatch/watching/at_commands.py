"""@FAILWATCH in a print file: off, on, snooze [minutes], check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ..engine.monitor import Monitor
from .holds import Holds

FILE_ORDER = "plugin_failwatch_file_order"
"""The event by which OctoPrint's bus carries a command to this plugin; other plugins can leave it aside."""
SNOOZE_MINUTES = 10.0

Order: TypeAlias = Callable[[Holds, Monitor], None]


def order(parameters: str) -> Order | None:
    """Return the order that a command's parameters give, None if they are unknown."""
    word, _, value = parameters.strip().lower().partition(" ")
    if word == "snooze":
        try:
            minutes = float(value) if value.strip() else SNOOZE_MINUTES
        except ValueError:
            return None
        return lambda _, watch: watch.snooze(max(0.0, min(minutes, 1440.0)) * 60)
    orders: dict[str, Order] = {
        "off": lambda holds, _: holds.switch(off=True),
        "on": lambda holds, _: holds.switch(off=False),
        "check": lambda _, watch: watch.check_now(),
    }
    return orders.get(word)


def listener(fire: Callable[[str, dict[str, str]], object]) -> Callable[..., None]:
    """Return the handler of OctoPrint's hook; it hands over to the event bus and returns at once.

    There a command keeps its place between the starts and the ends of prints, however long another plugin
    holds the bus up: it may be the first line of a print that follows another at once.
    """

    def handle(_comm: Any, _phase: str, command: str, parameters: str, *_: Any, **__: Any) -> None:
        if command.upper() == "FAILWATCH":
            fire(FILE_ORDER, {"parameters": parameters or ""})

    return handle
