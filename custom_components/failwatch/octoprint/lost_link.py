"""Tell people that an OctoPrint stopped answering in the middle of a print, and that it is back."""

from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from ..coordinator import PrinterCoordinator
from ..engine.watch.state import Event, EventKind, Phase

NO_LINK: Final = "no_link"
LOST_FOR: Final = 600.0
"""Seconds without news that are worth telling: a restart or an update takes less."""


class LostLink:
    """Tells each once: while nothing is heard, nobody hears of a failing print either."""

    def __init__(self, printer: PrinterCoordinator) -> None:
        """Know of no trouble."""
        self._printer = printer
        self._stop_waiting: CALLBACK_TYPE | None = None
        self._told: str | None = None
        """The print of which it was told."""

    @callback
    def async_lose(self) -> None:
        """Begin to wait, unless that was done."""
        if self._stop_waiting is None:
            self._stop_waiting = async_call_later(self._printer.hass, LOST_FOR, self._tell_lost)

    @callback
    def async_hear(self) -> None:
        """Take note of news: tell that the print can be watched again once that is known."""
        self.async_end()
        state, told = self._printer.data, self._told
        if told is None:
            return
        is_known = state.phase is not Phase.IDLE and state.blind is None
        if state.print_id == told and not is_known:
            return
        self._told = None
        if state.print_id == told:
            self._tell(EventKind.SEEING)

    @callback
    def async_end(self) -> None:
        """Wait no longer."""
        if self._stop_waiting is not None:
            self._stop_waiting()
            self._stop_waiting = None

    @callback
    def _tell_lost(self, _: datetime) -> None:
        """Tell it of a print that was on, unless it was paused or people asked for silence."""
        state, (now, _speed) = self._printer.data, self._printer.clock
        looked_at = state.phase in (Phase.WATCHING, Phase.BLIND)
        if self._told is None and looked_at and not state.is_silent(now):
            self._told = state.print_id
            self._tell(EventKind.BLIND)

    def _tell(self, kind: EventKind) -> None:
        state, (now, _) = self._printer.data, self._printer.clock
        self._printer.async_tell([Event(kind, now, state.print_id, NO_LINK, state.level)])
