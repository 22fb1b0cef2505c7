"""Repair issues of a linked OctoPrint: what only a person in front of it can mend."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from yarl import URL

from ..const import DOMAIN
from .errors import OctoPrintError, PluginMissing, PluginTooOld

PLUGIN = "plugin"


@callback
def async_judge_plugin(hass: HomeAssistant, entry: ConfigEntry, url: URL, error: OctoPrintError) -> None:
    """Raise an issue where the plugin is missing or too old."""
    if not isinstance(error, PluginMissing | PluginTooOld):
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{PLUGIN}_{entry.entry_id}",
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=error.kind,
        translation_placeholders={"printer": entry.title, "url": str(url)},
    )


@callback
def async_clear(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issue of an entry that is removed, or works again."""
    ir.async_delete_issue(hass, DOMAIN, f"{PLUGIN}_{entry.entry_id}")
