"""Remember which troubles the log has told, so that each has one line where it begins and one where it is over.

Reloading an entry neither ends a trouble nor begins it anew, so this is kept beside the entries. Both lines are
warnings: whoever reads that a printer cannot be watched must also read that it can be again.
"""

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

TOLD: HassKey[set[str]] = HassKey(f"{DOMAIN}_troubles")


@callback
def async_begins(hass: HomeAssistant, trouble: str) -> bool:
    """Take note of a trouble; return whether the log is yet to tell it."""
    told = hass.data.setdefault(TOLD, set())
    is_new = trouble not in told
    told.add(trouble)
    return is_new


@callback
def async_ends(hass: HomeAssistant, trouble: str) -> bool:
    """Take note that a trouble is over; return whether the log has told it."""
    told = hass.data.setdefault(TOLD, set())
    was_told = trouble in told
    told.discard(trouble)
    return was_told


@callback
def async_told(hass: HomeAssistant, kind: str) -> list[str]:
    """Return the troubles of a kind that the log has told, by what follows the kind in their names."""
    return [trouble.removeprefix(kind) for trouble in hass.data.get(TOLD, ()) if trouble.startswith(kind)]
