"""Tell people that an OctoPrint stopped answering in the middle of a print, and that it is back."""

from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from ..const import NO_LINK
from ..coordinator import PrinterCoordinator
from ..engine.watch.state import Event, EventKind, Phase

LOST_FOR: Final = 600.0
"""Seconds without news that are worth telling: a restart or an update takes less."""
ASK_AGAIN: Final = 60.0
"""Seconds until it is seen whether a silence that people asked for is over."""


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
        state, told, recent_events = self._printer.data, self._told, self._printer.recent_events
        if told is None:
            return
        still_runs = state.print_id == told and state.phase is not Phase.IDLE
        if still_runs and state.blind is not None:
            return
        self._told = None
        if not any(event.kind is EventKind.ENDED and event.print_id == told for event in recent_events):
            # A print may be over without an event, as after a power cut: what was told of it must go even so.
            self._tell(EventKind.SEEING, told, minor=not still_runs)

    @callback
    def async_end(self) -> None:
        """Wait no longer."""
        if self._stop_waiting is not None:
            self._stop_waiting()
            self._stop_waiting = None

    @callback
    def _tell_lost(self, _: datetime) -> None:
        """Tell it of a print that was on, unless it was paused; where people asked for silence, after that."""
        state, (now, _speed) = self._printer.data, self._printer.clock
        if self._told is not None or state.phase not in (Phase.WATCHING, Phase.BLIND):
            return
        if state.is_silent(now):
            self._stop_waiting = async_call_later(self._printer.hass, ASK_AGAIN, self._tell_lost)
            return
        self._told = state.print_id
        self._tell(EventKind.BLIND, state.print_id)

    def _tell(self, kind: EventKind, print_id: str | None, *, minor: bool = False) -> None:
        level, (now, _speed) = self._printer.data.level, self._printer.clock
        self._printer.async_tell([Event(kind, now, print_id, NO_LINK, level, minor=minor)])
