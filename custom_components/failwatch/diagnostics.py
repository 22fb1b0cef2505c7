"""What helps to find out why something does not work, without anything secret."""

from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_API_KEY, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from yarl import URL

from .coordinator import FailWatchConfigEntry, PrinterCoordinator
from .detection.wire import to_json

TO_REDACT = {CONF_API_KEY, CONF_TOKEN, "client_id", "client_secret", "print_name", "tagged_image_url"}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: FailWatchConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of an entry."""
    settings = async_redact_data(dict(entry.data), TO_REDACT)
    if CONF_URL in settings:
        settings[CONF_URL] = _without_host(settings[CONF_URL])
    return {
        "settings": settings,
        "printers": [_printer(printer) for printer in entry.runtime_data.printers.values()],
    }


def _printer(printer: PrinterCoordinator) -> dict[str, Any]:
    subentries = printer.config_entry.subentries
    return {
        "settings": dict(subentries[printer.subentry_id].data) if printer.subentry_id else None,
        "connected": printer.is_connected,
        "problem": printer.last_problem,
        "watching": printer.watching,
        "rules": {"name": printer.rules.name, **to_json(printer.rules)} if printer.rules else None,
        "state": async_redact_data(to_json(printer.data), TO_REDACT),
        "recent_events": [to_json(event) | {"detail": event.detail} for event in printer.recent_events],
        "recent_looks": [
            {"at": look.at, "p": look.p, "verdict": look.verdict.level.value, "latency": look.latency}
            for look in printer.recent_looks
        ],
    }


def _without_host(url: str) -> str:
    address = URL(url)
    return str(address.with_host("redacted")) if address.host else REDACTED
