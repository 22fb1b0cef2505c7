"""Who may see a printer, and who may do what with it: Home Assistant's permissions on its entities decide."""

from typing import Final

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..coordinator import PrinterCoordinator

SEEING: Final = ("image", "tagged_picture")
CONTROLLING: Final = ("button", "not_a_failure")
"""The entities, by domain and key, whose permissions say who may see and who may control a printer."""


@callback
def async_may(hass: HomeAssistant, user: User, printer: PrinterCoordinator, policy: str) -> bool:
    """Return whether a user may read or control a printer."""
    if user.is_admin:
        return True
    domain, key = SEEING if policy == POLICY_READ else CONTROLLING
    entity_id = er.async_get(hass).async_get_entity_id(domain, DOMAIN, f"{printer.key}_{key}")
    return entity_id is not None and user.permissions.check_entity(entity_id, policy)


@callback
def async_require(hass: HomeAssistant, user: User, printer: PrinterCoordinator, policy: str) -> None:
    """Raise Unauthorized unless a user may read or control a printer."""
    if not async_may(hass, user, printer, policy):
        raise Unauthorized(permission=policy)


@callback
def async_may_control(hass: HomeAssistant, user: User, printer: PrinterCoordinator) -> bool:
    """Return whether a user may control a printer."""
    return async_may(hass, user, printer, POLICY_CONTROL)
