"""Send a message to every recipient; one that fails keeps no other from getting it."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any, Final

from homeassistant.components import persistent_notification
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..coordinator import PrinterCoordinator
from ..shared.gone import async_is_gone
from ..shared.problems import foreign_text
from ..shared.trouble import async_begins, async_ends
from ..shared.words import async_load_words, async_word
from .messages import Message
from .phones import CLEAR, Phone, async_push, find_phone, is_paired, phone_data, phone_device
from .pictures import async_picture_path
from .settings import Recipients

_LOGGER = logging.getLogger(__package__)

SENT_WITHIN: Final = 30.0
"""Seconds that one recipient may take."""


async def async_send(
    hass: HomeAssistant,
    printer: PrinterCoordinator,
    recipients: Recipients,
    message: Message,
    *,
    again: bool = False,
) -> Recipients:
    """Send a message; where nobody else gets it, Home Assistant itself shows it.

    Return who may not have got it: phones at first, too, since the app's integration keeps to itself that it could not
    send. To them it is sent `again`.
    """
    await async_load_words(hass)
    text = async_word(hass, message.text, message.values)
    tag = message_tag(printer.key, message.topic)
    picture = await _picture(hass, printer) if message.shows_picture else None
    device = printer.device
    title = printer.shown_name
    buttons = [
        {"action": one.action, "title": async_word(hass, one.text), "destructive": one.destructive}
        for one in message.buttons
    ]
    page = f"/config/devices/device/{device.id}" if device else ""
    silence = recipients.critical and message.urgent

    got: set[str] = set()

    async def to_phone(phone: Phone, device: str) -> None:
        leads_to = await _own_page(hass, printer, phone) or page
        data = phone_data(
            phone, tag, buttons=buttons, page=leads_to, picture=picture, breaks_silence=silence, again=again
        )
        await async_push(hass, phone, title, text, data)
        got.add(device)

    async def to_entity(entity_id: str) -> None:
        await _to_entity(hass, entity_id, title, text)
        got.add(entity_id)

    phones, entities = _reachable(hass, recipients)
    await asyncio.gather(
        *(
            _guarded(hass, phone.webhook_id, phone.name, to_phone(phone, device))
            for phone, device in phones.items()
        ),
        *(_guarded(hass, entity_id, entity_id, to_entity(entity_id)) for entity_id in entities),
    )
    if not got and not again:
        shown = f"{text}\n\n![]({picture})" if picture else text
        link = f"\n\n[{async_word(hass, 'open_page')}]({page})" if page else ""
        persistent_notification.async_create(hass, shown + link, title, tag)
    unsure = tuple(device for device in phones.values() if not again or device not in got)
    missed = tuple(entity_id for entity_id in entities if entity_id not in got)
    return Recipients(unsure, missed, recipients.critical)


async def async_clear(hass: HomeAssistant, key: str, recipients: Recipients, topic: str) -> None:
    """Take a topic's message about the printer with that key back, wherever that is possible."""
    tag = message_tag(key, topic)
    persistent_notification.async_dismiss(hass, tag)
    phones, _ = _reachable(hass, recipients)
    await asyncio.gather(
        *(
            _guarded(hass, phone.webhook_id, phone.name, async_push(hass, phone, None, CLEAR, {"tag": tag}))
            for phone in phones
        )
    )


@callback
def async_without(hass: HomeAssistant, recipients: Recipients, others: Recipients) -> Recipients:
    """Return the recipients that are not among others; a phone's own notify entity means the phone."""
    devices = {*others.devices, *(phone_device(hass, entity) for entity in others.entities)}
    return Recipients(
        tuple(one for one in recipients.devices if one not in devices),
        tuple(one for one in recipients.entities if one not in others.entities),
        recipients.critical,
    )


@callback
def async_reaches_nobody(hass: HomeAssistant, recipients: Recipients) -> bool:
    """Return whether no recipient exists, so that Home Assistant itself shows messages."""
    return not any(_reachable(hass, recipients))


@callback
def async_gone_recipients(hass: HomeAssistant, recipients: Recipients | None) -> list[str]:
    """Return the names of recipients that no longer exist, each once."""
    if recipients is None:
        return []
    gone, devices = [], list(recipients.devices)
    for entity_id in recipients.entities:
        if device := phone_device(hass, entity_id):
            devices.append(device)
        elif async_is_gone(hass, entity_id):
            gone.append(entity_id)
    for device in devices:
        phone = find_phone(hass, device)
        if phone is None or not is_paired(hass, phone):
            gone.append(phone.name if phone else async_word(hass, "removed_phone"))
    return list(dict.fromkeys(gone))


def message_tag(key: str, topic: str) -> str:
    """Return what a message replaces, and is replaced by."""
    return f"{DOMAIN}_{key}_{topic}"


def _reachable(hass: HomeAssistant, recipients: Recipients) -> tuple[dict[Phone, str], list[str]]:
    """Return the phones that exist with their devices, each once, and the other notifiers that exist."""
    others = [entity for entity in recipients.entities if phone_device(hass, entity) is None]
    devices = [*recipients.devices, *(phone_device(hass, entity) for entity in recipients.entities)]
    phones = {phone: device for device in devices if device and (phone := find_phone(hass, device))}
    return phones, [one for one in others if hass.states.get(one) is not None]


async def _own_page(hass: HomeAssistant, printer: PrinterCoordinator, phone: Phone) -> str | None:
    """Return where a message leads whoever may not open the printer's page: to its last picture."""
    user = await hass.auth.async_get_user(phone.user_id)
    image = er.async_get(hass).async_get_entity_id("image", DOMAIN, f"{printer.key}_tagged_picture")
    return None if user is None or user.is_admin or image is None else f"/?more-info-entity-id={image}"


async def _to_entity(hass: HomeAssistant, entity_id: str, title: str, text: str) -> None:
    """Send a text to a notifier; Home Assistant leaves out one that is not available, and says nothing."""
    if hass.states.is_state(entity_id, STATE_UNAVAILABLE):
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_available",
            translation_placeholders={"entity": entity_id},
        )
    data: dict[str, Any] = {ATTR_ENTITY_ID: entity_id, "title": title, "message": text}
    await hass.services.async_call("notify", "send_message", data, blocking=True)


async def _guarded(hass: HomeAssistant, recipient: str, name: str, sending: Awaitable[None]) -> None:
    """Send something; whatever goes wrong is another integration's, and no reason to stop."""
    try:
        async with asyncio.timeout(SENT_WITHIN):
            await sending
    except Exception as error:  # noqa: BLE001
        known = isinstance(error, HomeAssistantError)
        problem = foreign_text(error) if known else type(error).__name__
        if async_begins(hass, f"message_{recipient}"):
            _LOGGER.warning("Messages cannot be sent to %s: %s", name, problem)
        return
    if async_ends(hass, f"message_{recipient}"):
        _LOGGER.warning("Messages are sent to %s again", name)


async def _picture(hass: HomeAssistant, printer: PrinterCoordinator) -> str | None:
    """Return where the picture is, as it is now; a message is sent without it all the same."""
    try:
        async with asyncio.timeout(SENT_WITHIN):
            jpeg = await printer.async_picture()
    except Exception:  # noqa: BLE001
        jpeg = None
    return async_picture_path(hass, jpeg) if jpeg else None
