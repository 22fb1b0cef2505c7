"""Delete the stored data of removed entries and cameras."""

import logging

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..coordinator import FailWatchConfigEntry
from ..engine.detectors.base import Detector, LearningDetector
from ..engine.history import History
from . import issues
from .coordinator import WatchedCamera
from .detector import async_remove_detector_folder
from .history import PrintHistory, async_remove_history
from .print_control import COMMANDS
from .state_store import StateStore

_LOGGER = logging.getLogger(__package__)


async def async_remove_entry(hass: HomeAssistant, entry: FailWatchConfigEntry) -> None:
    """Delete what was stored for an entry."""
    await StateStore(hass, entry.entry_id).async_remove()
    await async_remove_history(hass, entry.entry_id)
    await async_remove_detector_folder(hass, entry.entry_id)
    for key in (entry.entry_id, *entry.subentries):
        issues.async_clear(hass, key)


@callback
def async_remove_job_buttons(camera: WatchedCamera) -> None:
    """Remove the buttons for what can no longer be done to the print."""
    registry = er.async_get(camera.hass)
    for command in COMMANDS.keys() - set(camera.job_commands):
        entity_id = registry.async_get_entity_id("button", DOMAIN, f"{camera.key}_{command}_print")
        if entity_id is not None:
            registry.async_remove(entity_id)


async def async_forget_removed_cameras(
    hass: HomeAssistant,
    entry: FailWatchConfigEntry,
    detector: Detector,
    memory: StateStore,
    history: History | None,
) -> None:
    """Delete what was stored for cameras that were removed while the entry was not loaded."""
    for key in memory.known - entry.subentries.keys():
        issues.async_clear(hass, key)
        if isinstance(detector, LearningDetector):
            await detector.forget(key)
        if history is not None:
            try:
                await PrintHistory(hass, history, key).async_forget()
            except HomeAssistantError as error:
                _LOGGER.warning("The prints of a removed camera could not be deleted: %s", error)
