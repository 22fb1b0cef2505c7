"""Tell entities that no longer exist from those that are away for a while."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_RESTORED, STATE_UNAVAILABLE
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er


@callback
def async_is_gone(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity no longer exists, as opposed to one that is away for a while.

    While Home Assistant starts, and while an integration waits for a device that is off, nobody can tell.
    """
    state = hass.states.get(entity_id)
    if hass.state is not CoreState.running:
        return False
    if state is None:
        return True
    if state.state != STATE_UNAVAILABLE or not state.attributes.get(ATTR_RESTORED):
        return False
    registered = er.async_get(hass).async_get(entity_id)
    entry_id = registered.config_entry_id if registered else None
    entry = hass.config_entries.async_get_entry(entry_id) if entry_id else None
    return entry is None or entry.state is ConfigEntryState.LOADED
