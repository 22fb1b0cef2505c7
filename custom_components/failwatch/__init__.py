"""FailWatch: watches 3D prints for failure."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .cameras import cleanup
from .cameras.changes import async_take_changes, async_take_rename
from .cameras.setup import async_set_up_cameras
from .card.pictures import async_register_pictures
from .card.registration import async_register_card
from .card.websocket_api import async_register_commands
from .const import CONF_KIND, DOMAIN, KIND_OCTOPRINT
from .coordinator import FailWatchConfigEntry, RuntimeData
from .notifications.action import async_setup_notify_action
from .notifications.answers import async_setup_answers
from .notifications.messenger import Messenger
from .notifications.pictures import async_setup_pictures
from .notifications.sending import async_gone_recipients
from .notifications.sent import async_setup_sent, async_take_back
from .notifications.settings import Recipients
from .octoprint import issues as octoprint_issues
from .octoprint.coordinator import LinkCoordinator
from .octoprint.device import async_follow_octoprint_device
from .services import async_setup_services
from .shared.entity_renames import async_follow_renames
from .shared.needs import RECIPIENTS_GONE, PrintNeeds
from .shared.words import async_load_words

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
    async_follow_renames(hass, async_take_rename)
    async_register_commands(hass)
    async_register_pictures(hass)
    await async_register_card(hass)
    await async_load_words(hass)
    await async_setup_sent(hass)
    async_setup_answers(hass)
    async_setup_pictures(hass)
    async_setup_notify_action(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: FailWatchConfigEntry) -> bool:
    """Set up an OctoPrint link, or a detection service with its cameras."""
    if entry.data[CONF_KIND] == KIND_OCTOPRINT:
        await _async_set_up_octoprint(hass, entry)
    else:
        await async_set_up_cameras(hass, entry, PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(_async_entry_changed))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: FailWatchConfigEntry) -> bool:
    """Stop listening and watching."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: FailWatchConfigEntry) -> None:
    """Delete what was stored for a removed entry, and its repair issues."""
    await cleanup.async_remove_entry(hass, entry)
    octoprint_issues.async_clear_all(hass, entry)
    await async_setup_sent(hass)  # with only disabled entries the integration was not set up
    async_take_back(hass, str(entry.unique_id), entry.options)
    for key, subentry in entry.subentries.items():
        async_take_back(hass, key, subentry.data)


async def _async_set_up_octoprint(hass: HomeAssistant, entry: FailWatchConfigEntry) -> None:
    link = LinkCoordinator(hass, entry)
    await link.async_start()
    entry.runtime_data = RuntimeData({None: link}, dict(entry.data))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    async_follow_octoprint_device(link)
    entry.async_on_unload(Messenger(hass, link).async_start())

    def missing() -> dict[str, list[str]]:
        return {RECIPIENTS_GONE: async_gone_recipients(hass, Recipients.of(link.message_settings))}

    entry.async_on_unload(PrintNeeds(hass, link, missing).async_start())
    link.async_follow()


async def _async_entry_changed(hass: HomeAssistant, entry: FailWatchConfigEntry) -> None:
    """Take changed settings; what did not change goes on watching."""
    if entry.runtime_data.settings != entry.data or not await async_take_changes(hass, entry):
        await hass.config_entries.async_reload(entry.entry_id)
