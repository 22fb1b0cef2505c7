"""Send messages to Home Assistant's app; a phone is found by its device, since two may share a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN

APP: Final = "mobile_app"
ANDROID_BUTTONS: Final = 3
"""An Android phone shows no more."""
CLEAR: Final = "clear_notification"


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that has the app."""

    webhook_id: str
    is_apple: bool
    name: str = ""
    user_id: str = ""


def find_phone(hass: HomeAssistant, device_id: str) -> Phone | None:
    """Return the phone that a device stands for, None if it is none or was deleted."""
    registry = dr.async_get(hass)
    for entry in hass.config_entries.async_entries(APP):
        devices = dr.async_entries_for_config_entry(registry, entry.entry_id)
        if any(device.id == device_id for device in devices):
            apple = "apple" in str(entry.data.get("manufacturer", "")).lower()
            return Phone(
                str(entry.data.get("webhook_id", "")), apple, entry.title, str(entry.data.get("user_id", ""))
            )
    return None


def phone_device(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the device of a phone's notify entity: such an entity takes neither buttons nor pictures."""
    entity = er.async_get(hass).async_get(entity_id)
    return entity.device_id if entity is not None and entity.platform == APP else None


def is_paired(hass: HomeAssistant, phone: Phone) -> bool:
    """Return whether the app's integration knows the phone, and is neither disabled nor removed."""
    return phone.webhook_id in hass.data.get(APP, {}).get("config_entries", {})


async def async_push(
    hass: HomeAssistant, phone: Phone, title: str | None, text: str, data: Mapping[str, Any]
) -> None:
    """Send a message to one phone; raises HomeAssistantError."""
    service = hass.data.get(APP, {}).get("notify")
    if service is None or not is_paired(hass, phone):
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="phone_gone")
    # Two phones of one name have one notify action between them; the app itself knows them apart.
    await service.async_send_message(text, title=title, target=[phone.webhook_id], data=dict(data))


def phone_data(
    phone: Phone,
    tag: str,
    *,
    buttons: list[dict[str, Any]],
    page: str,
    picture: str | None,
    breaks_silence: bool,
    again: bool,
) -> dict[str, Any]:
    """Return what the app wants beside the text. `page` is where a tap leads.

    Sent `again`, a message takes the place of the one before. An Android phone that still shows that makes no sound.
    """
    data: dict[str, Any] = {"tag": tag, "group": DOMAIN}
    if again:
        data["alert_once"] = True
    if page:
        data |= {"url": page, "clickAction": page}
    if picture:
        data["image"] = picture
    data["actions"] = buttons if phone.is_apple else buttons[:ANDROID_BUTTONS]
    if phone.is_apple:
        level = "critical" if breaks_silence else "time-sensitive"
        sound = {"name": "default", "critical": 1, "volume": 1.0} if breaks_silence else "default"
        return {**data, "push": {"interruption-level": level, "sound": sound}}
    channel = "alarm_stream" if breaks_silence else "FailWatch"
    return {**data, "ttl": 0, "priority": "high", "importance": "high", "channel": channel}
