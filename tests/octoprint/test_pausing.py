"""A pause is ordered, verified, and reported when it did not happen."""

import asyncio
import threading
from typing import Any

import pytest

from octoprint_failwatch.engine.monitor import ActionFailed, ActionPending
from octoprint_failwatch.engine.watch.policy import Action
from octoprint_failwatch.printer import print_control
from tests.patience import PATIENCE


class Printer:
    """Obeys the n-th order; `refuses` raises on each before that."""

    def __init__(self, obeys: int, *, state: str = "PRINTING", refuses: bool = False) -> None:
        self.obeys, self.state, self.refuses = obeys, state, refuses
        self.orders: list[tuple[str, set[str]]] = []

    def pause_print(self, *, tags: set[str]) -> None:
        self._order("PAUSED", tags)

    def cancel_print(self, *, tags: set[str]) -> None:
        self._order("CANCELLING", tags)

    def get_state_id(self) -> str:
        return self.state

    def _order(self, state: str, tags: set[str]) -> None:
        self.orders.append((state, tags))
        if len(self.orders) >= self.obeys:
            self.state = state
        elif self.refuses:
            raise RuntimeError("not now")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_control, "LOOK_EVERY", 0.0)


@pytest.mark.parametrize(("action", "state"), [(Action.PAUSE, "PAUSED"), (Action.CANCEL, "CANCELLING")])
async def test_it_is_over_once_the_printer_obeys(action: Action, state: str) -> None:
    printer = Printer(1)
    await print_control.carry_out(printer, action)
    assert [order for order, _ in printer.orders] == [state]
    assert all("plugin:failwatch" in tags for _, tags in printer.orders)


@pytest.mark.parametrize("refuses", [False, True])
async def test_it_is_ordered_once_and_reported_when_it_did_not_happen(refuses: bool) -> None:
    """Trying again is for the monitor."""
    printer = Printer(99, refuses=refuses)
    with pytest.raises(ActionFailed, match="not now" if refuses else "printing") as failed:
        await print_control.carry_out(printer, Action.PAUSE)
    assert not isinstance(failed.value, ActionPending)
    assert len(printer.orders) == 1


async def test_pausing_is_not_paused() -> None:
    """A printer that is busy for minutes has not paused, and is not told twice meanwhile."""
    printer = Printer(1, state="PAUSING")
    with pytest.raises(ActionPending, match="pausing"):
        await print_control.carry_out(printer, Action.PAUSE)
    assert printer.orders == []


@pytest.mark.parametrize("action", [Action.PAUSE, Action.CANCEL])
@pytest.mark.parametrize("state", ["OPERATIONAL", "OFFLINE", "CLOSED", "ERROR", "FINISHING"])
async def test_a_print_that_is_over_is_left_alone_and_was_neither_paused_nor_cancelled(
    state: str, action: Action
) -> None:
    """Whoever is told that it was paused does not go to see why the printer is off."""
    printer = Printer(1, state=state)
    with pytest.raises(ActionFailed, match=state.lower()):
        await print_control.carry_out(printer, action)
    assert printer.orders == []


async def test_a_cancel_may_be_over_before_anybody_looks() -> None:
    class Quick(Printer):
        def cancel_print(self, *, tags: set[str]) -> None:
            self._order("OPERATIONAL", tags)

    await print_control.carry_out(Quick(1), Action.CANCEL)


class Bus:
    """Tells of a pause or resume when it has been asked for so often, by which time it has happened."""

    def __init__(self, printer: Printer, *, of_paused: bool, tells_at: int) -> None:
        self.printer, self.of_paused, self.tells_at = printer, of_paused, tells_at
        self.asked = 0

    def is_paused(self) -> bool:
        self.asked += 1
        if self.asked < self.tells_at:
            return self.of_paused
        self.printer.state = "PRINTING" if self.of_paused else "PAUSED"
        return not self.of_paused


LATE = 20 * print_control.LOOKS


@pytest.mark.parametrize(
    ("of_paused", "state", "tells_at", "asked"),
    [
        (True, "PRINTING", 20, 20),
        (True, "PRINTING", LATE, print_control.LOOKS),
        (True, "RESUMING", LATE, LATE),
        (False, "PAUSED", 20, 20),
        (False, "PAUSED", LATE, print_control.LOOKS),
        (False, "PAUSING", LATE, LATE),
    ],
)
async def test_a_cancel_for_a_print_that_was_resumed_or_paused_meanwhile_fails_once_that_is_told(
    of_paused: bool, state: str, tells_at: int, asked: int
) -> None:
    """At the latest after as long as OctoPrint takes to tell of it; the last moves before may take minutes."""
    bus = Bus(Printer(1, state=state), of_paused=of_paused, tells_at=tells_at)
    with pytest.raises(ActionFailed, match="resumed" if of_paused else "paused"):
        await print_control.wait_for_news(bus.printer, bus.is_paused, of_paused=of_paused)
    assert bus.asked == asked
    await print_control.wait_for_news(Printer(1, state=state), bus.is_paused, of_paused=not of_paused)
    assert bus.asked == asked, "it is as whoever cancels believes"


@pytest.mark.parametrize(("action", "state"), [(Action.PAUSE, "PAUSED"), (Action.CANCEL, "CANCELLING")])
async def test_what_somebody_else_has_done_is_done(action: Action, state: str) -> None:
    printer = Printer(1, state=state)
    await print_control.carry_out(printer, action)
    assert printer.orders == []


async def test_a_paused_print_can_be_cancelled() -> None:
    printer: Any = Printer(1, state="PAUSED")
    await print_control.carry_out(printer, Action.CANCEL)
    assert printer.orders[0][0] == "CANCELLING"


async def test_an_order_that_hangs_is_given_up_and_reported_and_no_second_one_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(print_control, "ORDER_WITHIN", 0.05)
    released = threading.Event()

    class Hanging(Printer):
        def pause_print(self, *, tags: set[str]) -> None:
            self.orders.append(("PAUSED", tags))
            released.wait(PATIENCE)

    printer = Hanging(1)
    try:
        for _ in range(2):
            with pytest.raises(ActionPending, match="does not take the order"):
                await print_control.carry_out(printer, Action.PAUSE)
    finally:
        released.set()
    await print_control.carry_out(Printer(1), Action.PAUSE)
    assert len(printer.orders) == 1


async def test_a_print_is_paused_while_cameras_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each keeps a thread of those that everybody shares."""
    released = threading.Event()
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(print_control, "ORDER_WITHIN", PATIENCE)
    hanging = [loop.run_in_executor(None, released.wait, PATIENCE) for _ in range(40)]
    try:
        async with asyncio.timeout(PATIENCE / 2):
            await print_control.carry_out(Printer(1), Action.PAUSE)
    finally:
        released.set()
        await asyncio.gather(*hanging)
