"""When an entity has news of a print: once Home Assistant has started, and whenever its state changes."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_state_change_event
from homeassistant.helpers.start import async_at_started


class StatusListener:
    """Calls `news`, each time after as many seconds as `settles` then says."""

    def __init__(
        self,
        hass: HomeAssistant,
        entity_id: str,
        *,
        news: Callable[[], None],
        settles: Callable[[], float],
    ) -> None:
        """Listen to nothing yet."""
        self._hass = hass
        self._entity_id = entity_id
        self._news = news
        self._settles = settles
        self._ends: list[CALLBACK_TYPE] = []
        self._planned: CALLBACK_TYPE | None = None

    @callback
    def async_start(self, later: float) -> CALLBACK_TYPE:
        """Call `news` for the first time so many seconds later; return what ends the listening.

        Nothing begins before Home Assistant has started: until then entities are missing, or say what is not so.
        """

        @callback
        def begin(_: HomeAssistant) -> None:
            self._ends.append(
                async_track_state_change_event(self._hass, [self._entity_id], self._handle_change)
            )
            self._call_in(later)

        self._ends.append(async_at_started(self._hass, begin))
        return self._stop

    @callback
    def _stop(self) -> None:
        self._forget_plan()
        while self._ends:
            self._ends.pop()()

    @callback
    def _handle_change(self, event: Event[EventStateChangedData]) -> None:
        before, now = event.data["old_state"], event.data["new_state"]
        if before is not None and now is not None and before.state == now.state:
            # Only what else the entity tells has changed: that may come often, and must put nothing off.
            return
        self._call_in(self._settles())

    def _call_in(self, seconds: float) -> None:
        self._forget_plan()
        if not seconds:
            self._news()
            return

        @callback
        def call(_: datetime) -> None:
            self._planned = None
            self._news()

        self._planned = async_call_later(self._hass, seconds, call)

    def _forget_plan(self) -> None:
        if self._planned is not None:
            self._planned()
            self._planned = None
