"""@FAILWATCH in a print file: off, on, snooze [minutes], check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..engine.monitor import Monitor
from ..engine.watch.state import SWITCHED_OFF

Post = Callable[[Callable[[Monitor], None]], None]
SNOOZE_MINUTES = 10.0


def order(parameters: str) -> Callable[[Monitor], None] | None:
    """Return the order that a command's parameters give to the watch, None if they are unknown."""
    word, _, value = parameters.strip().lower().partition(" ")
    if word == "snooze":
        try:
            minutes = float(value) if value.strip() else SNOOZE_MINUTES
        except ValueError:
            return None
        return lambda watch: watch.snooze(max(0.0, min(minutes, 1440.0)) * 60)
    orders: dict[str, Callable[[Monitor], None]] = {
        "off": lambda watch: watch.hold(SWITCHED_OFF),
        "on": lambda watch: watch.release(SWITCHED_OFF),
        "check": lambda watch: watch.check_now(),
    }
    return orders.get(word)


def listener(post: Post) -> Callable[..., None]:
    """Return the handler of OctoPrint's hook; it hands over and returns at once."""

    def handle(_comm: Any, _phase: str, command: str, parameters: str, *_: Any, **__: Any) -> None:
        if command.upper() == "FAILWATCH" and (wanted := order(parameters or "")) is not None:
            post(wanted)

    return handle
