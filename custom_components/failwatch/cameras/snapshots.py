"""Pictures from Home Assistant's camera and image entities, as JPEG."""

import io
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from homeassistant.components import image
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_RESTORED, STATE_UNAVAILABLE
from homeassistant.core import CoreState, HomeAssistant, callback, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..const import CONF_IGNORE, CONF_LIGHT, CONF_PICTURE_ENTITY
from ..engine.errors import BadPicture, SnapshotError
from ..engine.imaging.jpeg import decode
from ..engine.watch.look import Camera
from .lights import async_lamp
from .settings import ignored_regions

SNAPSHOT_TIMEOUT = 10
JPEG = b"\xff\xd8"


async def async_snapshot(hass: HomeAssistant, entity_id: str, light_id: str | None = None) -> bytes:
    """Return what a camera or image entity shows; raises SnapshotError.

    A light that is off is switched on for the picture, and off again.
    """
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        raise SnapshotError(f"{entity_id} is not available.")
    async with async_lamp(hass, light_id).lent() if light_id else nullcontext():
        try:
            picture = await _take(hass, entity_id)
        except HomeAssistantError as error:
            raise SnapshotError(f"{entity_id} gave no picture.") from error
    if picture.startswith(JPEG):
        return picture
    try:
        return await hass.async_add_executor_job(as_jpeg, picture)
    except BadPicture as error:
        raise SnapshotError(f"What {entity_id} gives is no picture.") from error


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


async def _take(hass: HomeAssistant, entity_id: str) -> bytes:
    if split_entity_id(entity_id)[0] == image.DOMAIN:
        return (await image.async_get_image(hass, entity_id, timeout=SNAPSHOT_TIMEOUT)).content
    # Where a camera entity is, the component is loaded; elsewhere its requirements may be missing.
    from homeassistant.components import camera

    return (await camera.async_get_image(hass, entity_id, timeout=SNAPSHOT_TIMEOUT)).content


def as_jpeg(picture: bytes) -> bytes:
    """Return any picture as JPEG; raises BadPicture. Takes milliseconds: not for an event loop."""
    if picture.startswith(JPEG):
        return picture
    out = io.BytesIO()
    decode(picture).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def create_camera(hass: HomeAssistant, settings: Mapping[str, Any]) -> Camera:
    """Return the camera that a subentry's settings name; raises BadSetting."""
    picture_id, light_id = settings[CONF_PICTURE_ENTITY], settings.get(CONF_LIGHT)
    regions = ignored_regions(settings.get(CONF_IGNORE, ""))
    return Camera(lambda: async_snapshot(hass, picture_id, light_id), picture_id, regions)
