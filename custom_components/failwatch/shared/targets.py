"""Find the printers that a target selects."""

from collections.abc import Iterator
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from ..const import DOMAIN
from ..coordinator import FailWatchConfigEntry, PrinterCoordinator


@callback
def async_printers(hass: HomeAssistant) -> Iterator[PrinterCoordinator]:
    """Yield every printer of a loaded entry."""
    entry: FailWatchConfigEntry
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        yield from entry.runtime_data.printers.values()


@callback
def async_printer_of_device(hass: HomeAssistant, device_id: str) -> PrinterCoordinator | None:
    """Return the printer that a device stands for, None if it is none of ours or not loaded."""
    device = dr.async_get(hass).async_get(device_id)
    if device is None:
        return None
    keys = {identifier[1] for identifier in device.identifiers if identifier[0] == DOMAIN}
    return next((printer for printer in async_printers(hass) if printer.key in keys), None)


@callback
def async_targeted_printers(hass: HomeAssistant, target: dict[str, Any]) -> list[PrinterCoordinator]:
    """Return the printers that a target selects, in whatever way it does."""
    selection = TargetSelection(target)
    selected = async_extract_referenced_entity_ids(hass, selection, expand_group=False)
    registry = er.async_get(hass)
    # An area or a label means a printer also where all of its entities are hidden or disabled.
    device_ids = set(selected.referenced_devices)
    for entity_id in selected.referenced | selected.indirectly_referenced:
        entity = registry.async_get(entity_id)
        if entity is not None and entity.platform == DOMAIN and entity.device_id is not None:
            device_ids.add(entity.device_id)
    return [
        printer
        for printer in async_printers(hass)
        if (device := printer.device) is not None and device.id in device_ids
    ]
