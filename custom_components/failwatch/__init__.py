"""FailWatch: watches 3D prints for failure."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.typing import ConfigType

from . import issues
from .const import CONF_INTERVAL, CONF_KIND, DOMAIN, KIND_OCTOPRINT
from .coordinator import FailWatchConfigEntry, RuntimeData
from .detection.errors import BadSetting, DetectionError, ModelUnavailable, NotAuthorised
from .detector import async_create_detector, async_remove_detector_folder, detector_folder
from .link import LinkCoordinator
from .memory import WatchMemory
from .past import async_open_history, async_remove_history
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


async def async_remove_entry(hass: HomeAssistant, entry: FailWatchConfigEntry) -> None:
    """Leave nothing behind."""
    await WatchMemory(hass, entry.entry_id).async_remove()
    await async_remove_history(hass, entry.entry_id)
    await async_remove_detector_folder(hass, entry.entry_id)
    ir.async_delete_issue(hass, DOMAIN, f"plugin_{entry.entry_id}")
    for key in (entry.entry_id, *entry.subentries):
        issues.async_clear(hass, key)


async def _set_up_link(hass: HomeAssistant, entry: FailWatchConfigEntry) -> None:
    link = LinkCoordinator(hass, entry)
    await link.async_start()
    entry.runtime_data = RuntimeData({None: link}, dict(entry.data))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    link.async_follow_octoprint_device()


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
    memory = WatchMemory(hass, entry.entry_id)
    await memory.async_load()
    history = await async_open_history(hass, entry)
    cameras: dict[str | None, WatchedCamera] = {
        subentry.subentry_id: WatchedCamera(hass, entry, subentry, detector, memory, history)
        for subentry in entry.subentries.values()
    }
    entry.runtime_data = RuntimeData(dict(cameras), dict(entry.data))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(memory.async_save)
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
    for camera in cameras:
        if camera.key not in entry.subentries:
            issues.async_clear(hass, camera.key)
            await camera.async_forget_usual()
    await hass.config_entries.async_reload(entry.entry_id)
