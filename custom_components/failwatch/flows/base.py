"""Base class of the flows of both kinds of entry."""

from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult


class EntryFlow(ConfigFlow):
    """A flow on its way to the data of an entry."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._data: dict[str, Any] = {}
        self._name = "OctoPrint"

    def _changed(self, entry: ConfigEntry) -> ConfigFlowResult:
        """Keep the new settings, and set the entry up by them; a loaded one sees itself that they changed."""
        if not entry.update_listeners:
            return self.async_update_reload_and_abort(entry, data=self._data)
        if entry.data == self._data:
            # A link that was refused waits to be told that it may try again.
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_update_and_abort(entry, data=self._data)
