"""Diagnostics of an entry, without secrets, addresses or names of prints."""

import re
from typing import Any, Final, cast

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_API_KEY, CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant
from yarl import URL

from .coordinator import FailWatchConfigEntry, PrinterCoordinator
from .engine.detectors.setting_fields import FIELDS, FieldType
from .engine.serialization import to_json
from .engine.watch.state import Event, EventKind

SECRETS: Final = frozenset(
    {CONF_API_KEY, CONF_USERNAME, CONF_PASSWORD, "client_id"}
    | {field.key for fields in FIELDS.values() for field in fields if field.type is FieldType.SECRET}
)
"""Settings of a link or a detection service that open something."""

PRIVATE: Final = frozenset({"print_name", "tagged_image_url"})
ADDRESS: Final = re.compile(
    r"(?<=://)[^/\s'\"]+"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|(?<![\w:])[0-9a-f]*:(?:[0-9a-f]*:)+[0-9a-f.]*",
    re.IGNORECASE,
)
"""The host of a URL, with its port and a log-in; an IPv4 address; an IPv6 address, or what looks like one."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: FailWatchConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of an entry."""
    told = {
        "settings": async_redact_data(dict(entry.data), SECRETS),
        "printers": [_printer(printer) for printer in entry.runtime_data.printers.values()],
    }
    return cast(dict[str, Any], _without_addresses(told, URL(entry.data.get(CONF_URL, "")).host))


def _printer(printer: PrinterCoordinator) -> dict[str, Any]:
    subentries = printer.config_entry.subentries
    return {
        "settings": dict(subentries[printer.subentry_id].data) if printer.subentry_id else None,
        "connected": printer.is_connected,
        "problem": printer.last_problem,
        "watching": printer.watching,
        "rules": {"name": printer.rules.name, **to_json(printer.rules)} if printer.rules else None,
        "state": async_redact_data(to_json(printer.data), PRIVATE),
        "recent_events": [_event(event) for event in printer.recent_events],
        "recent_looks": [
            {"at": look.at, "p": look.p, "verdict": look.verdict.level.value, "latency": look.latency}
            for look in printer.recent_looks
        ],
    }


def _event(event: Event) -> dict[str, Any]:
    told: dict[str, Any] = to_json(event)
    # What a print is called is nobody's business; a start tells it.
    return told | {"detail": REDACTED} if event.kind is EventKind.STARTED else told


def _without_addresses(value: Any, host: str | None) -> Any:
    """Return JSON in which no text tells where something is; errors like to."""
    if isinstance(value, dict):
        return {key: _without_addresses(item, host) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_addresses(item, host) for item in value]
    if not isinstance(value, str):
        return value
    return ADDRESS.sub(REDACTED, value.replace(host, REDACTED) if host else value)
