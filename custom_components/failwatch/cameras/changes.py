"""Add, change and remove printers of a detection service while others are watched."""

import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_platform

from ..const import DOMAIN
from ..coordinator import FailWatchConfigEntry, PrinterCoordinator
from ..engine.errors import BadSetting
from .cleanup import async_remove_job_buttons
from .coordinator import WatchedCamera
from .detector import async_rename_in_folder
from .device import async_relate
from .settings import camera_entities, camera_unique_id

_LOGGER = logging.getLogger(__package__)


async def async_take_changes(hass: HomeAssistant, entry: FailWatchConfigEntry) -> bool:
    """Bring the printers in line with the subentries; return False where the entry must be set up anew."""
    running = entry.runtime_data
    async with running.changing:
        if running.create is None:
            return True
        renewed = await _let_go(hass, entry)
        try:
            new = {
                key: running.create(one)
                for key, one in entry.subentries.items()
                if key not in running.printers
            }
        except BadSetting:
            return False
        for key, printer in new.items():
            running.printers[key] = printer
            for add in running.add_entities:
                add(key, printer)
        for key, printer in new.items():
            if isinstance(printer, WatchedCamera):
                async_relate(printer, is_new=key not in renewed)
                async_remove_job_buttons(printer)
                printer.async_start()
    return True


@callback
def async_take_rename(
    hass: HomeAssistant,
    entry: ConfigEntry,
    subentry: ConfigSubentry,
    settings: dict[str, Any],
    old: str,
    new: str,
) -> None:
    """Store a printer's settings with the new id of an entity; what was learned of a camera follows it first."""
    if old in camera_entities(subentry.data):
        _rename_camera(hass, entry, subentry.subentry_id, old, new)
    hass.config_entries.async_update_subentry(
        entry, subentry, data=settings, unique_id=camera_unique_id(settings)
    )


def _rename_camera(hass: HomeAssistant, entry: FailWatchConfigEntry, key: str, old: str, new: str) -> None:
    if entry.state is not ConfigEntryState.LOADED:
        hass.async_create_task(async_rename_in_folder(hass, entry.entry_id, key, old, new))
        return
    printer = entry.runtime_data.printers.get(key)
    if isinstance(printer, WatchedCamera):
        printer.async_rename_camera(old, new)


async def _let_go(hass: HomeAssistant, entry: FailWatchConfigEntry) -> set[str]:
    """Stop watching what is removed or must be set up anew; return what the latter are."""
    printers = entry.runtime_data.printers
    renewed = set()
    for key, camera in list(printers.items()):
        subentry = entry.subentries.get(camera.key)
        if not isinstance(camera, WatchedCamera) or (subentry is not None and camera.async_apply(subentry)):
            continue
        del printers[key]
        await _remove_entities(hass, entry, camera)
        try:
            await camera.async_let_go(forget=subentry is None)
        except HomeAssistantError as error:
            _LOGGER.warning("The prints of a removed camera could not be deleted: %s", error)
        if subentry is not None:
            renewed.add(camera.key)
    return renewed


async def _remove_entities(
    hass: HomeAssistant, entry: FailWatchConfigEntry, printer: PrinterCoordinator
) -> None:
    """Take a printer's entities out of their platforms; what the user changed of them stays registered."""
    for platform in _platforms(hass, entry):
        for entity_id, entity in list(platform.entities.items()):
            if getattr(entity, "coordinator", None) is printer:
                await platform.async_remove_entity(entity_id)


def _platforms(hass: HomeAssistant, entry: FailWatchConfigEntry) -> list[entity_platform.EntityPlatform]:
    platforms = entity_platform.async_get_platforms(hass, DOMAIN)
    return [platform for platform in platforms if platform.config_entry is entry]
