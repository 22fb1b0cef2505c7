"""Repair issues of watched cameras: raised while something is wrong, gone when it is not."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import BLIND_FOR_LONG, CONF_PICTURE_ENTITY, DOMAIN
from .coordinator import FailWatchConfigEntry

if TYPE_CHECKING:
    from .watched_camera import WatchedCamera

CAMERA_GONE = "camera_gone"
BLIND = "blind_for_long"
MODEL = "model_unavailable"


@callback
def async_judge_sight(hass: HomeAssistant, printer: WatchedCamera, now: float) -> None:
    """Raise or clear the issues that a watch's state stands for."""
    blind = printer.data.blind
    gone = blind is not None and printer.is_camera_gone
    long = blind is not None and not gone and now - blind.since >= BLIND_FOR_LONG
    _judge(hass, printer, CAMERA_GONE, wrong=gone, fixable=True)
    _judge(hass, printer, BLIND, wrong=long, fixable=False)


@callback
def async_clear(hass: HomeAssistant, key: str) -> None:
    """Forget the issues of a camera or entry that is no more."""
    for kind in (CAMERA_GONE, BLIND, MODEL):
        ir.async_delete_issue(hass, DOMAIN, f"{kind}_{key}")


@callback
def async_raise_model(hass: HomeAssistant, entry: FailWatchConfigEntry, detail: str) -> None:
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


@callback
def _judge(hass: HomeAssistant, printer: WatchedCamera, kind: str, *, wrong: bool, fixable: bool) -> None:
    issue_id = f"{kind}_{printer.key}"
    exists = ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None
    if not wrong:
        if exists:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    if exists:
        return
    blind = printer.data.blind
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=fixable,
        severity=ir.IssueSeverity.ERROR,
        translation_key=kind,
        translation_placeholders={
            "printer": printer.title,
            "camera": printer.settings[CONF_PICTURE_ENTITY],
            "detail": blind.detail if blind else "",
        },
        data={"entry_id": printer.config_entry.entry_id, "subentry_id": printer.key},
    )
