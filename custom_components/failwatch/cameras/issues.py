"""Repair issues of watched cameras, and of the service that judges their pictures."""

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import BLIND_FOR_LONG, CONF_PICTURE_ENTITY, DOMAIN
from ..engine.watch.state import Blind
from .snapshots import async_is_gone

CAMERA_GONE = "camera_gone"
BLIND = "blind_for_long"
MODEL = "model_unavailable"

OWN_TEXTS = frozenset({"no_snapshot", "dark", "frozen", "light_failed", "rate_limited"})
"""Reasons for being blind that ask something of the user other than to look after the service."""


@callback
def async_judge_sight(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry, blind: Blind | None, now: float
) -> None:
    """Raise or clear the issues that a watched camera's blindness stands for."""
    camera = subentry.data[CONF_PICTURE_ENTITY]
    gone = blind is not None and async_is_gone(hass, camera)
    long = blind is not None and not gone and now - blind.since >= BLIND_FOR_LONG
    placeholders = {"printer": subentry.title, "camera": camera, "detail": blind.detail if blind else ""}
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
def async_clear(hass: HomeAssistant, key: str) -> None:
    """Forget the issues of a camera or entry that is no more, or of an entry that works again."""
    for kind in (CAMERA_GONE, BLIND, MODEL):
        ir.async_delete_issue(hass, DOMAIN, f"{kind}_{key}")


@callback
def async_raise_model(hass: HomeAssistant, entry: ConfigEntry, detail: str) -> None:
    """Say that the built-in detector cannot run here."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{MODEL}_{entry.entry_id}",
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=MODEL,
        translation_placeholders={"detail": detail},
    )
