"""Remember over restarts up to when a linked OctoPrint was heard, so that nothing is told twice, nor left out."""

from collections.abc import Sequence

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..engine.watch.state import Event
from ..shared.stored import async_load_stored

VERSION = 1
SAVE_DELAY = 1.0  # seconds


class Heard:
    """One file for a link; `until` is by the watch's clock, None before anything was heard.

    It has the name under which a detection service's entry stores its states, and is removed with the entry as they are.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Read nothing yet."""
        self._store: Store[dict[str, float]] = Store(hass, VERSION, f"{DOMAIN}.{entry_id}")
        self.until: float | None = None

    async def async_load(self) -> None:
        """Read the file; what cannot be understood is as good as nothing."""
        until = (await async_load_stored(self._store)).get("until")
        self.until = until if isinstance(until, int | float) else None

    async def async_close(self) -> None:
        """Write the file now: whoever sets the link up again reads it at once."""
        if self.until is not None:
            await self._store.async_save(self._data())

    @callback
    def async_hear(self, events: Sequence[Event], now: float | None = None) -> None:
        """Take note of events, or of the time at which there were none."""
        until = events[-1].at if events else now
        if until is not None and until != self.until:
            self.until = until
            self._store.async_delay_save(self._data, SAVE_DELAY)

    def _data(self) -> dict[str, float]:
        return {} if self.until is None else {"until": self.until}
