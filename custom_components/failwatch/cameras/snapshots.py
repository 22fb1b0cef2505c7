"""Pictures from Home Assistant's camera and image entities, as JPEG."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from homeassistant.components import image
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.exceptions import HomeAssistantError

from ..const import (
    CONF_DARK_BELOW,
    CONF_LIGHT,
    DEFAULT_DARK_BELOW,
)
from ..engine.errors import BadPicture, LateSnapshot, SnapshotError
from ..engine.imaging.jpeg import as_jpeg
from ..engine.imaging.threads import in_thread
from ..engine.imaging.visibility import examine
from ..engine.watch.look import Camera
from .lights import LightMode, async_lamp
from .settings import camera_entities, camera_regions, light_mode

SNAPSHOT_TIMEOUT = 10


async def async_snapshot(
    hass: HomeAssistant, entity_id: str, light_id: str | None = None, dark_below: float | None = None
) -> bytes:
    """Return what a camera or image entity shows; raises SnapshotError.

    A light that is off is switched on for the picture, and off again: always, or only where the picture
    would be darker than `dark_below`, from 0 to 1.
    """
    if light_id is None:
        return await _jpeg(hass, entity_id)
    if dark_below is not None:
        picture = await _jpeg(hass, entity_id)
        if await in_thread(_brightness, picture) >= dark_below:
            return picture
    async with async_lamp(hass, light_id).lent():
        return await _jpeg(hass, entity_id)


async def _jpeg(hass: HomeAssistant, entity_id: str) -> bytes:
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        raise SnapshotError(f"{entity_id} is not available.")
    asked_at = hass.loop.time()
    try:
        picture = await _take(hass, entity_id)
    except HomeAssistantError as error:
        if hass.loop.time() - asked_at >= SNAPSHOT_TIMEOUT:
            raise LateSnapshot(f"{entity_id} gave no picture within {SNAPSHOT_TIMEOUT} seconds.") from error
        raise SnapshotError(f"{entity_id} gave no picture.") from error
    try:
        return await in_thread(as_jpeg, picture)
    except BadPicture as error:
        raise SnapshotError(f"What {entity_id} gives is no picture.") from error


def _brightness(picture: bytes) -> float:
    """Return a picture's mean brightness; one that cannot be opened is not dark."""
    try:
        return examine(picture).brightness
    except BadPicture:
        return 1.0


async def _take(hass: HomeAssistant, entity_id: str) -> bytes:
    if split_entity_id(entity_id)[0] == image.DOMAIN:
        return (await image.async_get_image(hass, entity_id, timeout=SNAPSHOT_TIMEOUT)).content
    # Where a camera entity is, the component is loaded; elsewhere its requirements may be missing.
    from homeassistant.components import camera

    return (await camera.async_get_image(hass, entity_id, timeout=SNAPSHOT_TIMEOUT)).content


def create_cameras(hass: HomeAssistant, settings: Mapping[str, Any], *, trial: bool = False) -> list[Camera]:
    """Return the cameras that a subentry's settings name; raises BadSetting.

    For a `trial` the light is switched on as it would be while printing.
    """
    return [
        Camera(
            partial(_look, hass, settings, entity_id, trial=trial),
            entity_id,
            camera_regions(settings, entity_id),
        )
        for entity_id in camera_entities(settings)
    ]


async def _look(hass: HomeAssistant, settings: Mapping[str, Any], entity_id: str, *, trial: bool) -> bytes:
    """Return a camera's picture, by the light as the settings want it."""
    light_id, mode = settings.get(CONF_LIGHT), light_mode(settings)
    if not light_id or mode is LightMode.NEVER:
        return await async_snapshot(hass, entity_id)
    dark_below = float(settings.get(CONF_DARK_BELOW, DEFAULT_DARK_BELOW)) / 100
    if mode is LightMode.LOOK:
        return await async_snapshot(hass, entity_id, light_id, dark_below)
    if trial:
        return await async_snapshot(hass, entity_id, light_id)
    lamp = async_lamp(hass, light_id)
    await lamp.async_settled()
    picture = await async_snapshot(hass, entity_id)
    if not lamp.has_failed or await in_thread(_brightness, picture) >= dark_below:
        return picture
    await lamp.async_try_again()
    return await async_snapshot(hass, entity_id)
