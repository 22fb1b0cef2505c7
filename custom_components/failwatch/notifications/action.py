"""The action that sends a message about a print to whomever an automation names."""

from datetime import timedelta

import voluptuous as vol
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..const import CONF_CRITICAL, CONF_NOTIFY_DEVICES, CONF_NOTIFY_ENTITIES, DOMAIN
from ..engine.watch.state import present_level
from ..shared.targets import async_targeted_printers
from .messages import IMPORTANCE, message_about, standing, why_blind
from .messenger import MESSENGERS
from .settings import Recipients

ATTR_KIND = "kind"
ATTR_DETAIL = "detail"
ATTR_CAMERA = "camera"
ATTR_PAUSES_IN = "pauses_in"

NOTIFY = vol.Schema(
    {
        **cv.TARGET_SERVICE_FIELDS,
        vol.Optional(ATTR_KIND): vol.In(IMPORTANCE),
        vol.Optional(ATTR_DETAIL, default=""): cv.string,
        vol.Optional(ATTR_CAMERA, default=""): cv.string,
        vol.Optional(ATTR_PAUSES_IN): cv.positive_time_period,
        vol.Optional(CONF_NOTIFY_DEVICES, default=list): vol.All(cv.ensure_list, [cv.string]),
        vol.Optional(CONF_NOTIFY_ENTITIES, default=list): cv.entity_ids,
        vol.Optional(CONF_CRITICAL, default=False): cv.boolean,
    }
)


@callback
def async_setup_notify_action(hass: HomeAssistant) -> None:
    """Register the action."""
    hass.services.async_register(DOMAIN, "notify", _notify, NOTIFY)


async def _notify(call: ServiceCall) -> None:
    """Send a message about each printer that is selected. A recipient that is gone is no error."""
    data = call.data
    recipients = Recipients(
        tuple(data[CONF_NOTIFY_DEVICES]), tuple(data[CONF_NOTIFY_ENTITIES]), data[CONF_CRITICAL]
    )
    printers = async_targeted_printers(call.hass, data)
    if not printers:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_printer")
    pauses_in: timedelta | None = data.get(ATTR_PAUSES_IN)
    for printer in printers:
        kind = data.get(ATTR_KIND) or ("countdown" if pauses_in else standing(printer))
        message = message_about(
            printer,
            kind,
            print_id=printer.data.print_id,
            level=present_level(printer.data),
            detail=data[ATTR_DETAIL] or (why_blind(printer) if kind == "blind" else ""),
            camera=data[ATTR_CAMERA],
            due=dt_util.utcnow() + pauses_in if pauses_in else None,
        )
        await call.hass.data[MESSENGERS][printer.key].async_say(message, recipients)
