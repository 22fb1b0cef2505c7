"""Tell people that a printer fell silent in the middle of a print, and that it is back."""

from homeassistant.core import callback

from ..engine.monitor import Monitor
from ..engine.watch.state import Event, EventKind, Phase, Step
from .print_status import HOLD_SILENT, Reading
from .print_status_listener import PrintStatusListener
from .printers import Meaning

RUNS = (Meaning.PRINTING, Meaning.PAUSED, Meaning.PREPARING)


class SilenceNews:
    """Tells each once, as events of the watch: what they lead to, messages too, is decided where it is for all."""

    def __init__(self, monitor: Monitor, listener: PrintStatusListener) -> None:
        """Know nothing of the printer yet."""
        self._monitor = monitor
        self._listener = listener
        self._is_lost = False
        self._is_back = False

    @callback
    def async_hear(self, reading: Reading, silent_for: float, patience: float) -> None:
        """Take a reading, and the seconds for which nothing was heard."""
        self._is_lost = silent_for >= patience
        self._is_back = reading.meaning in RUNS and self._listener.status.doubt is None
        self.async_judge()

    @callback
    def async_judge(self) -> None:
        """Tell what is to be told by now: not while people asked for silence, nor of a print that is paused.

        What can be looked at again is back: not a print that its camera does not show either.
        """
        state, status = self._monitor.state, self._listener.status
        if status.print_id is None:
            return
        now = self._monitor.clock.now()
        silent = state.is_silent(now)
        lost = self._is_lost and not status.silence_told and not silent and state.phase is not Phase.PAUSED
        back = self._is_back and status.silence_told and state.blind is None
        if not lost and not back:
            return
        self._listener.async_note_silence(told=lost)
        kind = EventKind.BLIND if lost else EventKind.SEEING
        event = Event(kind, now, status.print_id, HOLD_SILENT, state.level, minor=silent)
        self._monitor.take(Step(state, (event,)))
