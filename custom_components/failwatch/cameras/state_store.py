"""The states of an entry's watches, kept over restarts."""

from collections.abc import Callable, KeysView
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..engine.serialization import from_json, to_json
from ..engine.watch.state import WatchState

VERSION = 1
SAVE_DELAY = 60.0
"""Seconds of looks that a power cut may cost."""


class WatchMemory:
    """One file for an entry, with a state for each watched camera."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Read nothing yet."""
        self._store: Store[dict[str, Any]] = Store(hass, VERSION, f"{DOMAIN}.{entry_id}")
        self._states: dict[str, Any] = {}
        self._sources: dict[str, Callable[[], WatchState]] = {}
        self._pending = False
        self._closed = False

    async def async_load(self) -> None:
        """Read the file."""
        self._states = await self._store.async_load() or {}

    @property
    def known(self) -> KeysView[str]:
        """The cameras that were watched when the file was last written."""
        return self._states.keys()

    async def async_close(self) -> None:
        """Write the file now, and never again: a pause that is still under way may end after the entry does."""
        self._closed = True
        await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Leave nothing behind."""
        await self._store.async_remove()

    def recall(self, key: str) -> WatchState | None:
        """Return what is known of a camera; None if nothing, or nothing that can be understood."""
        try:
            return from_json(WatchState, self._states[key])
        except KeyError, ValueError:
            return None

    @callback
    def async_keep(self, key: str, source: Callable[[], WatchState]) -> None:
        """Keep what the source gives, soon after each `async_changed`."""
        self._sources[key] = source

    @callback
    def async_changed(self) -> None:
        """Write the file before long.

        A pending write is left alone: every further call would put it off, and looks come more often
        than the delay lasts.
        """
        if not self._pending and not self._closed:
            self._pending = True
            self._store.async_delay_save(self._data, SAVE_DELAY)

    def _data(self) -> dict[str, Any]:
        self._pending = False
        return {key: to_json(source()) for key, source in self._sources.items()}
