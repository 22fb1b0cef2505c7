"""Answer the buttons of messages, also after a restart and long after the message."""

import asyncio
from typing import Any, Final

from homeassistant.components import persistent_notification
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..coordinator import PrinterCoordinator
from ..engine.watch.state import Phase
from ..shared.problems import error_text
from ..shared.targets import async_printers
from ..shared.words import async_load_words, async_word
from .buttons import Press, Pressed, token
from .messages import ALARM, REPLY, VETO, Message, are_you_sure, reply
from .messenger import MESSENGERS, Messenger

ANSWER_EVENTS: Final = {
    "mobile_app_notification_action": "action",
    "ios.notification_action_fired": "actionName",
    "html5_notification.clicked": "action",
    "telegram_callback": "data",
}
"""What notifiers fire when a button is pressed, and where the button's name is in it."""

KNOWN_WITHIN: Final = 60.0
"""Seconds, after a restart, for the printer to say whether the print still runs."""


@callback
def async_setup_answers(hass: HomeAssistant) -> None:
    """Listen to every notifier that has buttons."""
    for event_type, key in ANSWER_EVENTS.items():

        @callback
        def handle(event: Event[Any], key: str = key) -> None:
            pressed = Pressed.read(event.data.get(key))
            if pressed is not None:
                hass.async_create_task(_answer(hass, pressed), f"FailWatch answers {pressed.press}")

        hass.bus.async_listen(event_type, handle)


async def _answer(hass: HomeAssistant, pressed: Pressed) -> None:
    """Do what was asked if its print still runs, and say so otherwise."""
    printer = next((one for one in async_printers(hass) if token(one.key) == pressed.printer), None)
    messenger = hass.data.get(MESSENGERS, {}).get(printer.key) if printer else None
    if printer is None or messenger is None:
        await async_load_words(hass)
        text = async_word(hass, "message_no_printer")
        persistent_notification.async_create(hass, text, "FailWatch", f"{DOMAIN}_{pressed.printer}")
        return
    if pressed.press is Press.CLOSE:
        if printer.data.print_id is None or _is_present(printer, pressed):
            await messenger.async_clear(ALARM)
        return
    await _until_known(printer)
    if printer.is_unsure and _is_present(printer, pressed):
        await messenger.async_reply(reply(printer, "message_not_known"))
        return
    if printer.data.phase is Phase.IDLE or not _is_present(printer, pressed):
        # What may stand on the phone of the present print stays there.
        await messenger.async_reply(Message("message_too_late", REPLY))
        return
    await _act(hass, printer, messenger, pressed.press)


def _is_present(printer: PrinterCoordinator, pressed: Pressed) -> bool:
    """Return whether a button belongs to the print that is known now."""
    return token(printer.data.print_id or "") == pressed.print


async def _act(hass: HomeAssistant, printer: PrinterCoordinator, messenger: Messenger, press: Press) -> None:
    if press is Press.CANCEL:
        await messenger.async_reply(are_you_sure(printer))
        return
    try:
        if press in (Press.NOT_A_FAILURE, Press.KEEP):
            await printer.async_acknowledge(failure=False)
        elif press is Press.FAILED:
            await printer.async_acknowledge(failure=True)
        elif press is Press.PAUSE:
            await printer.async_job("pause")
        elif press is Press.RESUME:
            await printer.async_job("resume")
        elif press is Press.CLEARED:
            await printer.async_resume_cleared()
        else:
            await printer.async_job("cancel")
    except HomeAssistantError as error:
        await messenger.async_reply(reply(printer, "message_not_done", error_text(hass, error)))
        return
    for topic in (ALARM, VETO):
        await messenger.async_clear(topic)


async def _until_known(printer: PrinterCoordinator) -> None:
    """Wait while it is not known whether a print of before the restart still runs."""
    changed = asyncio.Event()
    stop = printer.async_add_listener(changed.set)
    try:
        async with asyncio.timeout(KNOWN_WITHIN):
            while printer.is_unsure:
                changed.clear()
                await changed.wait()
    except TimeoutError:
        pass
    finally:
        stop()
