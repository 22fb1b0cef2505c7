"""Pause or cancel OctoPrint's print, and see that it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from ..engine.monitor import ActionFailed, ActionPending
from ..engine.watch.policy import Action

TAGS = frozenset({"source:plugin", "plugin:failwatch"})
LOOKS = 50
LOOK_EVERY = 0.2
"""An order is given ten seconds by the real clock."""
ORDER_WITHIN = 10.0
"""Seconds in which OctoPrint has to take the order: another plugin's hook may hang in it."""

GOING_ON = {"STARTING", "RESUMING", "PRINTING"}
"""States of a printer that is not, or no longer, paused."""
PAUSED = {"PAUSING", "PAUSED"}
UNDER_WAY = {"PAUSING", "RESUMING"}
"""States of a printer that makes its last moves first, which takes as long as it takes."""
DONE = {Action.PAUSE: "PAUSED", Action.CANCEL: "CANCELLING"}
OVER = {"OPERATIONAL", "CANCELLING", "FINISHING"}
OVER |= {"OFFLINE", "CLOSED", "NONE", "ERROR", "CLOSED_WITH_ERROR"}
"""States in which there is nothing left to pause or cancel."""


_ORDERS = ThreadPoolExecutor(1, "failwatch-order")
"""A thread of its own: cameras that hang keep others busy. Of orders that hang no second one is given."""


class Printer(Protocol):
    """What is needed of OctoPrint's printer, of 1.11 as of 2.0."""

    def pause_print(self, *, tags: set[str]) -> Any:
        """Order a pause."""

    def cancel_print(self, *, tags: set[str]) -> Any:
        """Order a cancel."""

    def get_state_id(self) -> str:
        """Return PRINTING, PAUSED and so on."""


async def carry_out(printer: Printer, action: Action) -> None:
    """Order a pause or cancel, and return once the printer obeys; raises ActionFailed.

    "Pausing" is not "paused": a printer that is busy may never get there, or minutes later. Nor is a print paused
    that is over, or cancelled that ended by itself: of that OctoPrint is about to tell.
    """
    problem, is_pending, done = "", False, {DONE[action]}
    try:
        if await _order(printer, action) and action is Action.CANCEL:
            done.add("OPERATIONAL")  # to cancel may take less than the time between two looks
    except TimeoutError:
        problem, is_pending = "OctoPrint does not take the order", True
    except Exception as error:  # noqa: BLE001 - another plugin's hook may raise anything
        problem = f"{type(error).__name__}: {error}"
    for _ in range(LOOKS):
        if printer.get_state_id() in done:
            return
        await asyncio.sleep(LOOK_EVERY)
    state = printer.get_state_id()
    is_pending = is_pending or (action is Action.PAUSE and state == "PAUSING")
    failed = ActionPending if is_pending else ActionFailed
    raise failed(problem or f"the printer still reports {state.lower()}")


async def wait_for_news(printer: Printer, is_paused: Callable[[], bool], *, of_paused: bool) -> None:
    """Wait to be told of a pause or resume that has happened, or is under way; raises ActionFailed then.

    A cancel must not come behind the back of whoever pauses or resumes the print. OctoPrint tells of a pause
    once all moves are made, and late where another plugin holds up its event bus. `is_paused` returns what was
    told so far; `of_paused` says that the cancel is meant for a print that is paused.
    """
    if printer.get_state_id() not in (GOING_ON if of_paused else PAUSED):
        return
    looks = 0
    while looks < LOOKS and is_paused() is of_paused:
        looks += printer.get_state_id() not in UNDER_WAY
        await asyncio.sleep(LOOK_EVERY)
    raise ActionFailed(f"the print was {'resumed' if of_paused else 'paused'}")


async def _order(printer: Printer, action: Action) -> bool:
    """Give the order if there is anything to do, and return whether; raises what OctoPrint raises, and TimeoutError."""
    state = printer.get_state_id()
    if state in OVER or state == DONE[action] or (action is Action.PAUSE and state == "PAUSING"):
        return False
    order = printer.pause_print if action is Action.PAUSE else printer.cancel_print
    async with asyncio.timeout(ORDER_WITHIN):
        await asyncio.get_running_loop().run_in_executor(_ORDERS, lambda: order(tags=set(TAGS)))
    return True
