"""Describe FailWatch's events in the logbook."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN, EVENT_FAILWATCH
from .shared.words import async_word


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Describe FailWatch's event."""

    @callback
    def describe(event: Event[Any]) -> dict[str, str]:
        data = event.data
        device = dr.async_get(hass).async_get(data.get(ATTR_DEVICE_ID, ""))
        name = (device.name_by_user or device.name) if device else None
        kind = data.get("type", "")
        key = f"log_{kind}_{data.get('detail')}" if kind == "acknowledged" else f"log_{kind}"
        names = {"print": data.get("print_name"), "camera": data.get("camera")}
        # What has no name is left out.
        message = async_word(hass, key, {what: name for what, name in names.items() if name})
        for what in names:
            message = message.removesuffix(f": {{{what}}}")
        return {LOGBOOK_ENTRY_NAME: name or "FailWatch", LOGBOOK_ENTRY_MESSAGE: message}

    async_describe_event(DOMAIN, EVENT_FAILWATCH, describe)
