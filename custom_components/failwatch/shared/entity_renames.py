"""Follow renamed entities in the settings of watched cameras, and in those about messages."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import (
    CONF_CANCEL_WITH,
    CONF_IGNORE_OTHERS,
    CONF_JOB_ENTITY,
    CONF_LIGHT,
    CONF_MORE_CAMERAS,
    CONF_NOTIFY_ENTITIES,
    CONF_PAUSE_WITH,
    CONF_PICTURE_ENTITY,
    CONF_PROGRESS_ENTITY,
    CONF_RESUME_WITH,
    CONF_START_ENTITY,
    CONF_STATUS_ENTITY,
    DOMAIN,
)

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
ENTITY_LISTS = (CONF_MORE_CAMERAS, CONF_NOTIFY_ENTITIES)

type TakeRename = Callable[[HomeAssistant, ConfigEntry, ConfigSubentry, dict[str, Any], str, str], None]
"""Puts a watched printer's changed settings in force, given the entity's old and new id."""


@callback
def async_follow_renames(hass: HomeAssistant, take: TakeRename) -> None:
    """Rename entities in every entry's settings from now on, also while an entry waits for its service."""

    @callback
    def is_rename(data: er.EventEntityRegistryUpdatedData) -> bool:
        return data["action"] == "update" and "entity_id" in data["changes"]

    @callback
    def follow(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if event.data["action"] == "update":
            _rename(hass, event.data["old_entity_id"], event.data["entity_id"], take)

    hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, follow, event_filter=is_rename)


def _rename(hass: HomeAssistant, old: str, new: str, take: TakeRename) -> None:
    for entry in hass.config_entries.async_entries(DOMAIN):
        if changes := _renamed(entry.options, old, new):
            hass.config_entries.async_update_entry(entry, options={**entry.options, **changes})
        for subentry in tuple(entry.subentries.values()):
            if changes := _renamed(subentry.data, old, new):
                take(hass, entry, subentry, {**subentry.data, **changes}, old, new)


def _renamed(settings: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return what a renamed entity changes of some settings."""
    renamed: dict[str, Any] = {key: new for key in ENTITY_SETTINGS if settings.get(key) == old}
    for key in ENTITY_LISTS:
        if old in settings.get(key, ()):
            renamed[key] = [new if entity == old else entity for entity in settings[key]]
    regions = settings.get(CONF_IGNORE_OTHERS, {})
    if old in regions:
        renamed[CONF_IGNORE_OTHERS] = {
            new if camera == old else camera: text for camera, text in regions.items()
        }
    return renamed
