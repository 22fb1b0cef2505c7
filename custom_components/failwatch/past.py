"""The history of an entry's watched cameras, in a file of its own."""

import logging
from functools import partial
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant

from .const import DOMAIN
from .detection.history import History, HistoryError, Retention

_LOGGER = logging.getLogger(__name__)

RETENTION = Retention(days=365, megabytes=300)


def history_path(hass: HomeAssistant, entry_id: str) -> Path:
    """Return where an entry's history lies."""
    return Path(hass.config.path(".storage", f"{DOMAIN}.{entry_id}.history.db"))


async def async_open_history(hass: HomeAssistant, entry: ConfigEntry) -> History | None:
    """Open an entry's history until it is unloaded; None, with a warning, where no file can be made."""
    path = history_path(hass, entry.entry_id)
    try:
        history = await hass.async_add_executor_job(History.of_host, path, RETENTION)
    except HistoryError as error:
        _LOGGER.warning("Prints are watched, but not recorded: %s", error)
        return None

    async def close(_: Event | None = None) -> None:
        await hass.async_add_executor_job(history.close)

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, close))
    entry.async_on_unload(close)
    return history


async def async_remove_history(hass: HomeAssistant, entry_id: str) -> None:
    """Leave nothing behind."""
    path = history_path(hass, entry_id)
    for ending in ("", "-wal", "-shm"):
        await hass.async_add_executor_job(partial(path.with_name(path.name + ending).unlink, missing_ok=True))
