"""Follow renamed entities in the settings of watched cameras."""

from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import (
    CONF_CANCEL_WITH,
    CONF_JOB_ENTITY,
    CONF_LIGHT,
    CONF_MORE_CAMERAS,
    CONF_PAUSE_WITH,
    CONF_PICTURE_ENTITY,
    CONF_PROGRESS_ENTITY,
    CONF_RESUME_WITH,
    CONF_START_ENTITY,
    CONF_STATUS_ENTITY,
    DOMAIN,
)
from .settings import camera_unique_id

ENTITY_SETTINGS = (
    CONF_PICTURE_ENTITY,
    CONF_STATUS_ENTITY,
    CONF_JOB_ENTITY,
    CONF_PROGRESS_ENTITY,
    CONF_START_ENTITY,
    CONF_LIGHT,
    CONF_PAUSE_WITH,
    CONF_RESUME_WITH,
    CONF_CANCEL_WITH,
)


@callback
def async_follow_renames(hass: HomeAssistant) -> None:
    """Rename entities in every entry's settings from now on, also while an entry waits for its service."""

    @callback
    def is_rename(data: er.EventEntityRegistryUpdatedData) -> bool:
        return data["action"] == "update" and "entity_id" in data["changes"]

    @callback
    def follow(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if event.data["action"] == "update":
            _rename(hass, event.data["old_entity_id"], event.data["entity_id"])

    hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, follow, event_filter=is_rename)


def _rename(hass: HomeAssistant, old: str, new: str) -> None:
    for entry in hass.config_entries.async_entries(DOMAIN):
        for subentry in tuple(entry.subentries.values()):
            renamed: dict[str, Any] = {key: new for key in ENTITY_SETTINGS if subentry.data.get(key) == old}
            more = subentry.data.get(CONF_MORE_CAMERAS, [])
            if old in more:
                renamed[CONF_MORE_CAMERAS] = [new if camera == old else camera for camera in more]
            if renamed:
                data = {**subentry.data, **renamed}
                hass.config_entries.async_update_subentry(
                    entry, subentry, data=data, unique_id=camera_unique_id(data)
                )
