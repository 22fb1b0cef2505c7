"""The actions about recorded prints: list and label them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import voluptuous as vol
from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import PrinterCoordinator
from ..engine.history.records import Label, PrintRecord

ATTR_FAILED_FROM = "failed_from"
ATTR_FROM_MINUTE = "from_minute"
ATTR_LABEL = "label"
ATTR_LIMIT = "limit"
ATTR_PRINT_ID = "print_id"

MAX_PRINTS = 25
"""Prints that are told of at once, as many as OctoPrint's plugin gives."""
TIME_TOLERANCE = 1.0
"""Seconds by which a time that was written down may miss a print's beginning or end."""

PAST_PRINTS = vol.Schema(
    {
        **cv.TARGET_SERVICE_FIELDS,
        vol.Optional(ATTR_LIMIT, default=10): vol.All(vol.Coerce(int), vol.Range(min=1, max=MAX_PRINTS)),
    }
)
LABEL_PRINT = vol.Schema(
    {
        **cv.TARGET_SERVICE_FIELDS,
        vol.Required(ATTR_LABEL): vol.In(["good", "failed", "none"]),
        vol.Optional(ATTR_PRINT_ID): cv.string,
        vol.Exclusive(ATTR_FAILED_FROM, "since"): cv.datetime,
        vol.Exclusive(ATTR_FROM_MINUTE, "since"): vol.All(vol.Coerce(float), vol.Range(min=0)),
    }
)


async def async_past_prints(printer: PrinterCoordinator, call: ServiceCall) -> dict[str, Any]:
    """Return a printer's last prints, newest first."""
    records = await printer.async_past_prints(call.data[ATTR_LIMIT])
    return {"prints": [_as_dict(printer, record) for record in records]}


async def async_label_print(printer: PrinterCoordinator, call: ServiceCall) -> dict[str, Any]:
    """Label a print of a printer, its last one if none is named, and return it."""
    record = _find(await printer.async_past_prints(MAX_PRINTS), call.data.get(ATTR_PRINT_ID))
    label = None
    if call.data[ATTR_LABEL] != "none":
        failed = call.data[ATTR_LABEL] == "failed"
        label = Label(failed, _since(printer, record, call, failed=failed))
    await printer.async_label(record.print_id, label)
    return {"print": _as_dict(printer, replace(record, label=label))}


def _find(records: list[PrintRecord], print_id: str | None) -> PrintRecord:
    for record in records:
        if print_id in (None, record.print_id):
            return record
    if print_id:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_such_print")
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_print")


def _since(
    printer: PrinterCoordinator, record: PrintRecord, call: ServiceCall, *, failed: bool
) -> float | None:
    """Return when the print began to fail, by the watch's clock, if that is told."""
    moment: datetime | None = call.data.get(ATTR_FAILED_FROM)
    minute: float | None = call.data.get(ATTR_FROM_MINUTE)
    if moment is None and minute is None:
        return None
    if not failed:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="did_not_fail")
    if moment is not None:
        since = dt_util.as_utc(moment).timestamp() - printer.clock_offset
    else:
        since = record.started_at + 60 * (minute or 0.0)
    ended = record.ended_at or dt_util.utcnow().timestamp() - printer.clock_offset
    if not record.started_at - TIME_TOLERANCE <= since <= ended + TIME_TOLERANCE:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_during_print")
    return since


def _as_dict(printer: PrinterCoordinator, record: PrintRecord) -> dict[str, Any]:
    def when(at: float | None) -> str | None:
        moment = printer.local_time(at)
        return None if moment is None else dt_util.as_local(moment).isoformat()

    label = record.label
    return {
        "print_id": record.print_id,
        "name": record.name,
        "started_at": when(record.started_at),
        "ended_at": when(record.ended_at),
        "outcome": record.outcome or None,
        "failure_state": record.level.value,
        "looks": record.frames,
        "alarms": [{"at": when(alarm.at), "failure_state": alarm.level.value} for alarm in record.alarms],
        "label": None if label is None else ("failed" if label.failed else "good"),
        "failed_from": when(label.failed_from) if label is not None else None,
    }
