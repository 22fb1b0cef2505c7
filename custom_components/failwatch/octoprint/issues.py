"""Repair issues of a linked OctoPrint: what only a person in front of it can mend."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from yarl import URL

from ..const import DOMAIN
from .errors import NoWebsocket, OctoPrintError, OtherOctoPrint, PluginMissing, PluginTooOld

PLUGIN = "plugin"
IDENTITY = "identity"
COPY = "copy"
WEBSOCKET = "websocket"


@callback
def async_judge(hass: HomeAssistant, entry: ConfigEntry, url: URL, error: OctoPrintError) -> None:
    """Raise an issue where the plugin is missing or too old, or another OctoPrint answers."""
    if isinstance(error, PluginMissing | PluginTooOld):
        _create(hass, entry, PLUGIN, error.kind, url)
    elif isinstance(error, OtherOctoPrint):
        _create(
            hass,
            entry,
            IDENTITY,
            error.kind,
            url,
            other=str(error),
            is_fixable=True,
            data={"entry_id": entry.entry_id, "uuid": error.uuid, "other": str(error)},
        )


@callback
def async_judge_websocket(
    hass: HomeAssistant, entry: ConfigEntry, url: URL, error: NoWebsocket | None
) -> None:
    """Raise an issue while no websocket comes through."""
    if error is None:
        ir.async_delete_issue(hass, DOMAIN, f"{WEBSOCKET}_{entry.entry_id}")
    else:
        _create(hass, entry, WEBSOCKET, error.kind, url, other=str(error), severity=ir.IssueSeverity.WARNING)


@callback
def async_tell_copy(hass: HomeAssistant, entry: ConfigEntry, url: URL, other: URL) -> None:
    """Tell that two OctoPrints have one identity: the linked one, and the one at the other address.

    Nobody but the user can know that the copy is gone for good; a copy that is not announces itself again.
    """
    _create(
        hass,
        entry,
        COPY,
        "copied_octoprint",
        url,
        other=str(other),
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
    )


@callback
def async_forget_copy(hass: HomeAssistant, entry: ConfigEntry, other: URL) -> None:
    """Delete the issue about the copy at that address, which has an identity of its own now."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{COPY}_{entry.entry_id}")
    if issue is not None and (issue.translation_placeholders or {}).get("other") == str(other):
        ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


@callback
def async_clear(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issues of an entry that works again."""
    for name in (PLUGIN, IDENTITY):
        ir.async_delete_issue(hass, DOMAIN, f"{name}_{entry.entry_id}")


@callback
def async_clear_all(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete every issue of an entry that is removed."""
    for name in (PLUGIN, IDENTITY, COPY, WEBSOCKET):
        ir.async_delete_issue(hass, DOMAIN, f"{name}_{entry.entry_id}")


def _create(
    hass: HomeAssistant,
    entry: ConfigEntry,
    name: str,
    text: str,
    url: URL,
    *,
    other: str = "",
    is_fixable: bool = False,
    severity: ir.IssueSeverity = ir.IssueSeverity.ERROR,
    data: dict[str, str | int | float | None] | None = None,
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{name}_{entry.entry_id}",
        is_fixable=is_fixable,
        data=data,
        severity=severity,
        translation_key=text,
        translation_placeholders={"printer": entry.title, "url": str(url), "other": other},
    )
