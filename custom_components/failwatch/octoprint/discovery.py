"""Decide what a discovered address means for a link: nothing, a new address, or a copied OctoPrint."""

from contextlib import suppress

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant
from yarl import URL

from . import issues
from .coordinator import linked_uuid, octoprint_client, octoprint_url
from .errors import OctoPrintError
from .messages import Report


async def async_take_address(hass: HomeAssistant, entry: ConfigEntry, url: URL, instance: str) -> None:
    """Follow an OctoPrint to another address, if it answers there and no longer where it did.

    `instance` is what the announcement tells; the key is not sent there while the link's address works.
    """
    if url == octoprint_url(entry.data):
        return
    here = await _report(hass, entry, entry.data[CONF_URL])
    if here is not None:
        if instance and here.instance and instance != here.instance:
            issues.async_tell_copy(hass, entry, octoprint_url(entry.data), url)
        return
    # One that was entered with encryption stays: the announced address has none.
    if octoprint_url(entry.data).scheme == "https" or await _report(hass, entry, str(url)) is None:
        return
    data = {key: value for key, value in entry.data.items() if key not in (CONF_USERNAME, CONF_PASSWORD)}
    hass.config_entries.async_update_entry(entry, data={**data, CONF_URL: str(url)})
    if not entry.update_listeners:
        hass.config_entries.async_schedule_reload(entry.entry_id)


async def async_is_copy(hass: HomeAssistant, entry: ConfigEntry, report: Report) -> bool:
    """Return whether another OctoPrint than the linked one reports with its uuid."""
    here = await _report(hass, entry, entry.data[CONF_URL])
    return here is not None and bool(report.instance) and here.instance != report.instance


async def _report(hass: HomeAssistant, entry: ConfigEntry, url: str) -> Report | None:
    """Return what the link's OctoPrint tells at an address, None if it is not there."""
    data = {**entry.data, CONF_URL: url}
    if url != entry.data[CONF_URL]:
        data.pop(CONF_USERNAME, None)
    with suppress(OctoPrintError):
        return await octoprint_client(hass, data, linked_uuid(entry)).report()
    return None
