"""Pictures from Home Assistant's camera and image entities, as JPEG."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from homeassistant.components import image
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_RESTORED,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.exceptions import HomeAssistantError

from .detection.errors import BadPicture, SnapshotError
from .detection.pictures import decode

SNAPSHOT_TIMEOUT = 10
JPEG = b"\xff\xd8"
LIGHT_SETTLES = 2.0
"""Seconds that a camera needs after the light went on."""


async def async_snapshot(hass: HomeAssistant, entity_id: str, light_id: str | None = None) -> bytes:
    """Return what a camera or image entity shows; raises SnapshotError.

    A light that is off is switched on for the picture, and off again.
    """
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        raise SnapshotError(f"{entity_id} is not available.")
    async with _lit(hass, light_id):
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


class LightFailed(SnapshotError):
    """The light for the picture could not be switched on."""

    kind = "light_failed"


@callback
def async_is_gone(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity no longer exists, as opposed to one that is away for a while."""
    state = hass.states.get(entity_id)
    return state is None or (state.state == STATE_UNAVAILABLE and state.attributes.get(ATTR_RESTORED) is True)


async def _take(hass: HomeAssistant, entity_id: str) -> bytes:
    if split_entity_id(entity_id)[0] == image.DOMAIN:
        return (await image.async_get_image(hass, entity_id, timeout=SNAPSHOT_TIMEOUT)).content
    # Where a camera entity is, the component is loaded; elsewhere its requirements may be missing.
    from homeassistant.components import camera

    return (await camera.async_get_image(hass, entity_id, timeout=SNAPSHOT_TIMEOUT)).content


@asynccontextmanager
async def _lit(hass: HomeAssistant, light_id: str | None) -> AsyncIterator[None]:
    lamp = hass.states.get(light_id) if light_id else None
    if lamp is None or lamp.state != STATE_OFF:
        yield
        return
    target = {ATTR_ENTITY_ID: lamp.entity_id}
    try:
        await hass.services.async_call("light", SERVICE_TURN_ON, target, blocking=True)
        await asyncio.sleep(LIGHT_SETTLES)
        yield
    except HomeAssistantError as error:
        raise LightFailed(f"{lamp.entity_id} could not be switched on.") from error
    finally:
        await hass.services.async_call("light", SERVICE_TURN_OFF, target, blocking=False)


def as_jpeg(picture: bytes) -> bytes:
    """Return any picture as JPEG; raises BadPicture. Takes milliseconds: not for an event loop."""
    if picture.startswith(JPEG):
        return picture
    out = io.BytesIO()
    decode(picture).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()
