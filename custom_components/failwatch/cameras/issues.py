"""Repair issues of watched cameras, and of the service that judges their pictures."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import BLIND_FOR_LONG, CONF_PICTURE_ENTITY, CONF_STATUS_ENTITY, DOMAIN, NO_STATUS
from ..engine.watch.state import Blind
from ..notifications.sending import async_gone_recipients
from ..notifications.settings import Recipients
from ..shared.gone import async_is_gone
from ..shared.needs import ORDERS_GONE, RECIPIENTS_GONE
from ..shared.trouble import async_begins, async_ends, async_told
from ..shared.words import async_text
from .print_control import async_gone_carriers
from .print_status import Reading
from .print_status_listener import times_of, words_of
from .printers import Meaning

_LOGGER = logging.getLogger(__package__)

CAMERA_GONE = "camera_gone"
BLIND = "blind_for_long"
MODEL = "model_unavailable"
STATUS_GONE: Final = "status_gone"
UNKNOWN_STATE: Final = "unknown_state"
OUT_OF_REACH: Final = "rule_out_of_reach"
NOT_RECORDED: Final = "not_recorded"
STATUS_PROBLEMS: Final = (STATUS_GONE, NO_STATUS)
"""Why nothing is known of the print itself."""

OWN_TEXTS = frozenset({"no_snapshot", "dark", "frozen", "light_failed", "rate_limited"})
"""Reasons for being blind that have a repair issue of their own."""


@callback
def async_judge_sight(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry, blind: Blind | None, now: float
) -> None:
    """Raise or clear the issues that a watched camera's blindness stands for."""
    camera = subentry.data[CONF_PICTURE_ENTITY]
    gone = blind is not None and async_is_gone(hass, camera)
    long = blind is not None and not gone and now - blind.since >= BLIND_FOR_LONG
    placeholders = {"printer": subentry.title, "camera": camera}
    data: dict[str, str | int | float | None] = {
        "entry_id": entry.entry_id,
        "subentry_id": subentry.subentry_id,
    }
    why = f"blind_{blind.reason}" if blind and blind.reason in OWN_TEXTS else "blind_service"
    for kind, text, wrong in ((CAMERA_GONE, CAMERA_GONE, gone), (BLIND, why, long)):
        issue_id = f"{kind}_{subentry.subentry_id}"
        issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
        if issue is not None and not wrong:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
        elif wrong and (issue is None or issue.translation_key != text):
            ir.async_create_issue(
                hass,
                DOMAIN,
                issue_id,
                is_fixable=kind == CAMERA_GONE,
                severity=ir.IssueSeverity.ERROR,
                translation_key=text,
                translation_placeholders=placeholders,
                data=data,
            )


@callback
def async_judge_status(
    hass: HomeAssistant,
    entry: ConfigEntry,
    subentry: ConfigSubentry,
    reading: Reading,
    *,
    silent_for: float,
    is_printing: bool,
) -> str | None:
    """Raise or clear the issues of a printing entity; return why nothing is known of the print, if so.

    A printer that is switched off between prints says nothing, and is no trouble.
    """
    entity_id, times = subentry.data[CONF_STATUS_ENTITY], times_of(hass, subentry.data)
    problem = None
    if silent_for >= times.settling and async_is_gone(hass, entity_id):
        problem = STATUS_GONE
    elif silent_for >= times.silence and is_printing:
        problem = NO_STATUS
    trouble = f"{CONF_STATUS_ENTITY}_{subentry.subentry_id}"
    for kind in STATUS_PROBLEMS:
        _raise(hass, entry, subentry, kind, wrong=kind == problem, entity=entity_id)
    if problem is not None and async_begins(hass, trouble):
        _LOGGER.warning("It is not known when %s prints: %s says nothing", subentry.title, entity_id)
    elif reading.meaning is not Meaning.SILENT and async_ends(hass, trouble):
        _LOGGER.warning("It is known again when %s prints", subentry.title)
    unknown = f"{UNKNOWN_STATE}_{subentry.subentry_id}_"
    if reading.meaning is Meaning.UNKNOWN:
        _raise(hass, entry, subentry, UNKNOWN_STATE, wrong=True, entity=entity_id, state=reading.word)
        if async_begins(hass, f"{unknown}{reading.word}"):
            _LOGGER.warning(
                "%s says %r, and nobody said what that means for %s",
                entity_id,
                reading.word,
                subentry.title,
            )
    else:
        issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{UNKNOWN_STATE}_{subentry.subentry_id}")
        word = str(issue.data["state"]) if issue is not None and issue.data else None
        words = words_of(hass, subentry.data)
        if word and words.meaning(word) is not Meaning.UNKNOWN:
            _raise(hass, entry, subentry, UNKNOWN_STATE, wrong=False)
        for told in async_told(hass, unknown):
            if words.meaning(told) is not Meaning.UNKNOWN and async_ends(hass, f"{unknown}{told}"):
                _LOGGER.warning("It is known what %s means by %r", subentry.title, told)
    return problem


def _raise(
    hass: HomeAssistant,
    entry: ConfigEntry,
    subentry: ConfigSubentry,
    kind: str,
    *,
    wrong: bool,
    **details: str,
) -> bool:
    """Raise or clear a fixable issue of a watched printer; return whether it is raised anew."""
    issue_id = f"{kind}_{subentry.subentry_id}"
    if not wrong:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return False
    before = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    data: dict[str, str | int | float | None] = {
        "entry_id": entry.entry_id,
        "subentry_id": subentry.subentry_id,
        **details,
    }
    if before is not None and before.data == data:
        return False
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR if kind in STATUS_PROBLEMS else ir.IssueSeverity.WARNING,
        translation_key=kind,
        translation_placeholders={"printer": subentry.title, **details},
        data=data,
    )
    return True


@callback
def missing(hass: HomeAssistant, settings: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Return what a watched printer's settings name and is gone, by the issue that says so."""
    return {
        ORDERS_GONE: async_gone_carriers(hass, settings),
        RECIPIENTS_GONE: async_gone_recipients(hass, Recipients.of(settings)),
    }


@callback
def async_judge_rules(hass: HomeAssistant, key: str, printer: str, unreached: Sequence[str]) -> None:
    """Say which numbers of a watched printer's rules are so high that no picture can reach them."""
    issue_id = f"{OUT_OF_REACH}_{key}"
    if not unreached:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    names = [async_text(hass, "entity", f"number.{key}.name") or key for key in unreached]
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=OUT_OF_REACH,
        translation_placeholders={"printer": printer, "numbers": ", ".join(names)},
    )


@callback
def async_judge_recording(hass: HomeAssistant, entry: ConfigEntry, *, can_write: bool) -> None:
    """Say that the prints of a service's printers cannot be recorded, or that they can again."""
    issue_id = f"{NOT_RECORDED}_{entry.entry_id}"
    if can_write:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=NOT_RECORDED,
        translation_placeholders={"service": entry.title},
    )


@callback
def async_clear(hass: HomeAssistant, key: str) -> None:
    """Forget the issues of a camera or entry that is no more, or of an entry that works again."""
    if ir.async_get(hass).async_get_issue(DOMAIN, f"{MODEL}_{key}"):
        async_ends(hass, f"{MODEL}_{key}")
        _LOGGER.warning("The built-in detector can run here again, or is no longer needed")
    async_forget_status(hass, key)
    for kind in (CAMERA_GONE, BLIND, MODEL, OUT_OF_REACH, NOT_RECORDED):
        ir.async_delete_issue(hass, DOMAIN, f"{kind}_{key}")


@callback
def async_forget_status(hass: HomeAssistant, key: str) -> None:
    """Forget the issues of a printing entity to which nobody listens any more."""
    for kind in (*STATUS_PROBLEMS, UNKNOWN_STATE):
        ir.async_delete_issue(hass, DOMAIN, f"{kind}_{key}")


@callback
def async_raise_model(hass: HomeAssistant, entry: ConfigEntry, detail: str) -> None:
    """Say that the built-in detector cannot run here."""
    if async_begins(hass, f"{MODEL}_{entry.entry_id}"):
        _LOGGER.warning("The built-in detector cannot run here: %s", detail)
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{MODEL}_{entry.entry_id}",
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=MODEL,
    )
