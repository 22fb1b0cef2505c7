"""Read what was stored over restarts, so that nothing in it can keep a printer from being watched."""

import logging
from typing import Any

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store

_LOGGER = logging.getLogger(__package__)


async def async_load_stored(store: Store[Any]) -> dict[str, Any]:
    """Return what a store holds; nothing where a later release wrote it, as before a downgrade, or it is damaged."""
    try:
        stored = await store.async_load()
    except HomeAssistantError as error:
        _LOGGER.warning("What was stored in %s cannot be read and is left aside: %s", store.key, error)
        return {}
    return stored if isinstance(stored, dict) else {}
