"""Put a watched printer where the printer itself is: below its device, and in its area."""

from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from ..const import CONF_STATUS_ENTITY
from .coordinator import WatchedCamera


@callback
def async_relate(camera: WatchedCamera, *, is_new: bool) -> None:
    """Put the printer below the device of its printing entity, and in its area where the user chose none yet."""
    own = camera.device
    status = er.async_get(camera.hass).async_get(camera.settings[CONF_STATUS_ENTITY])
    if own is None or status is None:
        return
    registry = dr.async_get(camera.hass)
    printer = registry.async_get(status.device_id) if status.device_id is not None else None
    if printer is not None and printer.id != own.id and own.via_device_id != printer.id:
        registry.async_update_device(own.id, via_device_id=printer.id)
    area_id = status.area_id or (printer.area_id if printer is not None else None)
    if is_new and area_id is not None and own.area_id is None:
        registry.async_update_device(own.id, area_id=area_id)
