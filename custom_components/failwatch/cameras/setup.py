"""Set up a detection service and the cameras that it watches."""

from collections.abc import Sequence

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryError, ConfigEntryNotReady

from ..const import CONF_INTERVAL, DOMAIN
from ..coordinator import FailWatchConfigEntry, RuntimeData
from ..engine.errors import BadSetting, DetectionError, ModelUnavailable, NotAuthorised
from ..shared.problems import translated
from . import issues
from .cleanup import async_forget_removed_cameras, async_remove_job_buttons
from .coordinator import WatchedCamera
from .detector import async_create_detector, detector_folder
from .device import async_relate
from .history import async_open_history
from .state_store import StateStore


async def async_set_up_cameras(
    hass: HomeAssistant, entry: FailWatchConfigEntry, platforms: Sequence[Platform]
) -> None:
    """Set up an entry of a detection service: its detector, its stored data, and a watch for each camera."""
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
        raise ConfigEntryNotReady(**translated(error, entry.data)) from error
    issues.async_clear(hass, entry.entry_id)
    memory = StateStore(hass, entry.entry_id)
    await memory.async_load()
    history = await async_open_history(hass, entry)
    await async_forget_removed_cameras(hass, entry, detector, memory, history)

    def create(subentry: ConfigSubentry) -> WatchedCamera:
        return WatchedCamera(hass, entry, subentry, detector, memory, history)

    try:
        cameras: dict[str | None, WatchedCamera] = {
            subentry.subentry_id: create(subentry) for subentry in entry.subentries.values()
        }
    except BadSetting as error:
        raise ConfigEntryError(**translated(error, entry.data)) from error
    entry.runtime_data = RuntimeData(dict(cameras), dict(entry.data), create)
    new = {camera.key for camera in cameras.values() if camera.device is None}
    await hass.config_entries.async_forward_entry_setups(entry, platforms)
    entry.async_on_unload(memory.async_close)
    for camera in cameras.values():
        async_relate(camera, is_new=camera.key in new)
        async_remove_job_buttons(camera)
    for number, camera in enumerate(cameras.values()):
        camera.async_start(later=number * float(camera.settings[CONF_INTERVAL]) / len(cameras))
