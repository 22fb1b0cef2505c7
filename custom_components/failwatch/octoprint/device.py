"""Show a linked printer below the device of Home Assistant's own OctoPrint integration."""

from homeassistant.config_entries import SOURCE_IGNORE
from homeassistant.core import Event, callback
from homeassistant.helpers import device_registry as dr

from ..coordinator import PrinterCoordinator


@callback
def async_follow_octoprint_device(link: PrinterCoordinator) -> None:
    """Put the printer below core's device of the same OctoPrint, now or as soon as there is one."""
    _relate(link)

    @callback
    def relate(_: Event[dr.EventDeviceRegistryUpdatedData]) -> None:
        _relate(link)

    @callback
    def is_new(data: dr.EventDeviceRegistryUpdatedData) -> bool:
        return data["action"] == "create"

    link.config_entry.async_on_unload(
        link.hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, relate, event_filter=is_new)
    )


def _relate(link: PrinterCoordinator) -> None:
    own = link.device
    if own is None:
        return
    registry = dr.async_get(link.hass)
    for entry in link.hass.config_entries.async_entries("octoprint"):
        if entry.unique_id != link.key or entry.source == SOURCE_IGNORE:
            continue
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
            if own.via_device_id != device.id:
                registry.async_update_device(own.id, via_device_id=device.id)
            return
