"""Store the states of an entry's watches over restarts."""

from collections.abc import Callable, KeysView, Mapping
from typing import Any, Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..engine.serialization import from_json, to_json
from ..engine.watch.state import WatchState
from ..shared.stored import async_load_stored
from .print_status import Job, PrintStatus

VERSION = 1
PRINT_STATUS: Final = "print_status"
LIGHT_IS_OURS: Final = "light_is_ours"
SAVE_DELAY = 60.0
"""Seconds of looks that a power cut may cost."""
SOON = 1.0
"""Seconds after an alarm, an answer, or a print's beginning or end: those must not be lost."""


class StateStore:
    """One file for an entry, with a state for each watched camera."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Read nothing yet."""
        self._hass = hass
        self._store: Store[dict[str, Any]] = Store(hass, VERSION, f"{DOMAIN}.{entry_id}")
        self._states: dict[str, Any] = {}
        self._sources: dict[str, Callable[[], Mapping[str, Any]]] = {}
        self._pending = False
        self._closed = False
        self._stop_listening: CALLBACK_TYPE | None = None

    async def async_load(self) -> None:
        """Read the file."""
        stored = await async_load_stored(self._store)
        self._states = {key: state for key, state in stored.items() if isinstance(state, dict)}
        # What is known when Home Assistant stops is worth more than what was known a minute before.
        self._stop_listening = self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._handle_stop)

    @property
    def known(self) -> KeysView[str]:
        """The cameras that were watched when the file was last written."""
        return self._states.keys()

    async def async_close(self) -> None:
        """Write the file now, and never again: a pause that is still under way may end after the entry does."""
        self._closed = True
        if self._stop_listening is not None:
            self._stop_listening()
        await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Leave nothing behind."""
        await self._store.async_remove()

    @callback
    def async_let_go(self, key: str, *, forget: bool) -> None:
        """Keep what is known of a camera that is set up anew, or nothing of one that is removed."""
        source = self._sources.pop(key, None)
        if forget:
            self._states.pop(key, None)
            self.async_changed()
        elif source is not None:
            self._states[key] = dict(source())

    def recall(self, key: str) -> WatchState | None:
        """Return what is known of a camera; None if nothing, or nothing that can be understood."""
        try:
            return from_json(WatchState, self._states[key])
        except KeyError, ValueError:
            return None

    def recall_print(self, key: str) -> PrintStatus:
        """Return what is known of a camera's print, beside the state of its watch."""
        stored = self._states.get(key) or {}
        try:
            return from_json(PrintStatus, stored[PRINT_STATUS])
        except KeyError, ValueError, TypeError:
            return PrintStatus(stored.get("print_id"), Job(stored.get("print_name") or ""))

    def recall_light(self, key: str) -> bool:
        """Return whether a camera's light was switched on for a print and must be switched off after it."""
        return bool((self._states.get(key) or {}).get(LIGHT_IS_OURS))

    @callback
    def async_keep(self, key: str, source: Callable[[], tuple[WatchState, PrintStatus, bool]]) -> None:
        """Keep what the source gives, soon after each `async_changed`: the watch, its print, its light."""

        def stored() -> Mapping[str, Any]:
            state, status, light_is_ours = source()
            return {**to_json(state), PRINT_STATUS: to_json(status), LIGHT_IS_OURS: light_is_ours}

        self._sources[key] = stored

    @callback
    def async_changed(self, *, soon: bool = False) -> None:
        """Write the file before long, or soon.

        A pending write is left alone: every further call would put it off, and looks come more often
        than the delay lasts.
        """
        if not self._closed and (soon or not self._pending):
            self._pending = True
            self._store.async_delay_save(self._data, SOON if soon else SAVE_DELAY)

    @callback
    def _handle_stop(self, _: Event) -> None:
        self.async_changed()

    def _data(self) -> dict[str, Any]:
        self._pending = False
        return {key: source() for key, source in self._sources.items()}
