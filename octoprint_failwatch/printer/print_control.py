"""Pausing and cancelling for real: ordered, then verified, repeated, and reported when it did not happen."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from ..engine.watch.policy import Action

TAGS = frozenset({"source:plugin", "plugin:failwatch"})
TRIES = 3
LOOKS = 50
LOOK_EVERY = 0.2
"""A try is given ten seconds by the real clock."""
ORDER_WITHIN = 10.0
"""Seconds in which OctoPrint has to take the order: another plugin's hook may hang in it."""

DONE = {
    Action.PAUSE: {"PAUSED", "PAUSING"},
    Action.CANCEL: {"CANCELLING", "OPERATIONAL", "FINISHING"},
}
OVER = {"OPERATIONAL", "OFFLINE", "NONE", "ERROR", "CLOSED_WITH_ERROR", "CANCELLING", "FINISHING"}
"""States in which there is nothing left to pause or cancel."""


class Printer(Protocol):
    """What is needed of OctoPrint's printer, of 1.11 as of 2.0."""

    def pause_print(self, *, tags: set[str]) -> Any:
        """Order a pause."""

    def cancel_print(self, *, tags: set[str]) -> Any:
        """Order a cancel."""

    def get_state_id(self) -> str:
        """Return PRINTING, PAUSED and so on."""


async def carry_out(printer: Printer, action: Action) -> str:
    """Pause or cancel the print, and return why that did not happen, "" when it did."""
    loop = asyncio.get_running_loop()
    order = printer.pause_print if action is Action.PAUSE else printer.cancel_print
    problem = ""
    for _ in range(TRIES):
        if printer.get_state_id() in OVER:
            return ""
        try:
            async with asyncio.timeout(ORDER_WITHIN):
                await loop.run_in_executor(None, lambda: order(tags=set(TAGS)))
        except TimeoutError:
            problem = "OctoPrint does not take the order"
        except Exception as error:  # noqa: BLE001 - another plugin's hook may raise anything
            problem = f"{type(error).__name__}: {error}"
        for _ in range(LOOKS):
            state = printer.get_state_id()
            if state in DONE[action] or state in OVER:
                return ""
            await asyncio.sleep(LOOK_EVERY)
    return problem or f"the printer still reports {printer.get_state_id().lower()}"
