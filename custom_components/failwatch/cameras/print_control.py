"""Pause, resume or cancel a print with the user's button, switch or script."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components import button, input_boolean, input_button, script, switch
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er

from ..const import CONF_CANCEL_WITH, CONF_PAUSE_WITH, CONF_RESUME_WITH, DOMAIN
from ..coordinator import JobCommand
from ..shared.gone import async_is_gone

DOMAIN_SERVICES = {
    button.DOMAIN: button.SERVICE_PRESS,
    input_button.DOMAIN: input_button.SERVICE_PRESS,
    input_boolean.DOMAIN: SERVICE_TURN_ON,
    switch.DOMAIN: SERVICE_TURN_OFF,
}
"""What may carry out an order beside scripts, and the action that does it. A switch is switched off."""

CARRIERS: Final = (*DOMAIN_SERVICES, script.DOMAIN)
"""What may carry out an order."""


COMMANDS: Final[Mapping[JobCommand, str]] = {
    "pause": CONF_PAUSE_WITH,
    "resume": CONF_RESUME_WITH,
    "cancel": CONF_CANCEL_WITH,
}
"""The settings that name what carries a command out."""


@callback
def async_gone_carriers(hass: HomeAssistant, settings: Mapping[str, Any]) -> list[str]:
    """Return which of the entities that carry out commands no longer exist, each once."""
    chosen = dict.fromkeys(settings[setting] for setting in COMMANDS.values() if settings.get(setting))
    return [entity_id for entity_id in chosen if async_is_gone(hass, entity_id)]


async def async_order(hass: HomeAssistant, settings: Mapping[str, Any], command: JobCommand) -> None:
    """Have a command carried out by what the settings name for it; raises HomeAssistantError."""
    entity_id = settings.get(COMMANDS[command]) if command in COMMANDS else None
    if not entity_id:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key=f"cannot_{command}")
    await _carry_out(hass, entity_id)


async def _carry_out(hass: HomeAssistant, entity_id: str) -> None:
    """Press, run or switch the entity, and wait until that is done; raises HomeAssistantError."""
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_available",
            translation_placeholders={"entity": entity_id},
        )
    domain, name = split_entity_id(entity_id)
    if domain == script.DOMAIN:
        # Switched on, a script runs by itself. By its own name it is waited for, and what fails in it is heard.
        registered = er.async_get(hass).async_get(entity_id)
        await hass.services.async_call(domain, registered.unique_id if registered else name, blocking=True)
    else:
        await hass.services.async_call(
            domain, DOMAIN_SERVICES[domain], {ATTR_ENTITY_ID: entity_id}, blocking=True
        )
