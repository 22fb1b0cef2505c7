"""FailWatch: watches 3D prints for failure."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from . import issues
from .const import CONF_INTERVAL, CONF_KIND, DOMAIN, KIND_OCTOPRINT
from .coordinator import FailWatchConfigEntry, RuntimeData
from .detector import async_create_detector, detector_folder
from .engine.errors import BadSetting, DetectionError, ModelUnavailable, NotAuthorised
from .link import LinkCoordinator
from .memory import WatchMemory
from .octoprint_device import async_follow_octoprint_device
from .past import async_open_history
from .removal import async_forget_removed_cameras, async_remove_entry
from .renames import async_follow_renames
from .services import async_setup_services
from .watched_camera import WatchedCamera

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

__all__ = ["async_remove_entry"]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what all entries share."""
    async_setup_services(hass)
    async_follow_renames(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: FailWatchConfigEntry) -> bool:
    """Set up an OctoPrint link, or a detection service with its cameras."""
    if entry.data[CONF_KIND] == KIND_OCTOPRINT:
        await _set_up_link(hass, entry)
    else:
        await _set_up_service(hass, entry)
    entry.async_on_unload(entry.add_update_listener(_async_entry_changed))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: FailWatchConfigEntry) -> bool:
    """Stop listening and watching."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def _set_up_link(hass: HomeAssistant, entry: FailWatchConfigEntry) -> None:
    link = LinkCoordinator(hass, entry)
    await link.async_start()
    entry.runtime_data = RuntimeData({None: link}, dict(entry.data))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    async_follow_octoprint_device(link)


async def _set_up_service(hass: HomeAssistant, entry: FailWatchConfigEntry) -> None:
    try:
        detector = await async_create_detector(hass, entry.data, detector_folder(hass, entry.entry_id))
        entry.async_on_unload(detector.close)
        await detector.check()
    except NotAuthorised as error:
        raise ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key="not_authorised") from error
    except ModelUnavailable as error:
        issues.async_raise_model(hass, entry, str(error))
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="model_unavailable",
        ) from error
    except (BadSetting, DetectionError) as error:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key=error.kind,
            translation_placeholders={"problem": str(error)},
        ) from error
    issues.async_clear(hass, entry.entry_id)
    memory = WatchMemory(hass, entry.entry_id)
    await memory.async_load()
    history = await async_open_history(hass, entry)
    await async_forget_removed_cameras(hass, entry, detector, memory, history)
    try:
        cameras: dict[str | None, WatchedCamera] = {
            subentry.subentry_id: WatchedCamera(hass, entry, subentry, detector, memory, history)
            for subentry in entry.subentries.values()
        }
    except BadSetting as error:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key=error.kind,
            translation_placeholders={"problem": str(error)},
        ) from error
    entry.runtime_data = RuntimeData(dict(cameras), dict(entry.data))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(memory.async_close)
    for number, camera in enumerate(cameras.values()):
        camera.async_start(later=number * float(camera.settings[CONF_INTERVAL]) / len(cameras))


async def _async_entry_changed(hass: HomeAssistant, entry: FailWatchConfigEntry) -> None:
    """Take changed settings, with a new set-up only where it must be."""
    running = entry.runtime_data
    cameras = [printer for printer in running.printers.values() if isinstance(printer, WatchedCamera)]
    if (
        running.settings == entry.data
        and {camera.key for camera in cameras} == entry.subentries.keys()
        and all(camera.async_apply(entry.subentries[camera.key]) for camera in cameras)
    ):
        return
    await hass.config_entries.async_reload(entry.entry_id)
