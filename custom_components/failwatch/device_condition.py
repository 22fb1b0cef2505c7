"""Conditions on the device page, for releases that do not yet offer the conditions of `condition.py`."""

import voluptuous as vol
from homeassistant.const import CONF_CONDITION, CONF_DEVICE_ID, CONF_DOMAIN, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.condition import ConditionCheckerType
from homeassistant.helpers.config_validation import DEVICE_CONDITION_BASE_SCHEMA
from homeassistant.helpers.typing import ConfigType, TemplateVarsType

from .const import DOMAIN
from .shared.conditions import QUESTIONS, condition_met
from .shared.targets import async_printer_of_device

CONDITION_SCHEMA = DEVICE_CONDITION_BASE_SCHEMA.extend({vol.Required(CONF_TYPE): vol.In(list(QUESTIONS))})


async def async_get_conditions(hass: HomeAssistant, device_id: str) -> list[dict[str, str]]:
    """Return the conditions of a printer's device."""
    if async_printer_of_device(hass, device_id) is None:
        return []
    return [
        {CONF_CONDITION: "device", CONF_DOMAIN: DOMAIN, CONF_DEVICE_ID: device_id, CONF_TYPE: question}
        for question in QUESTIONS
    ]


@callback
def async_condition_from_config(hass: HomeAssistant, config: ConfigType) -> ConditionCheckerType:
    """Return the check."""
    device_id, question = config[CONF_DEVICE_ID], config[CONF_TYPE]

    @callback
    def check(hass: HomeAssistant, variables: TemplateVarsType = None) -> bool:
        printer = async_printer_of_device(hass, device_id)
        return printer is not None and condition_met(question, printer)

    return check
