"""Tell the log that a printer cannot be watched, and that it is watched again: one line each."""

import logging
from collections.abc import Sequence

from homeassistant.core import HomeAssistant, callback

from ..engine.watch.state import Event, EventKind, WatchState, has_looked
from ..shared.trouble import async_begins, async_ends

_LOGGER = logging.getLogger(__package__)


@callback
def async_log_sight(
    hass: HomeAssistant, key: str, name: str, last: WatchState, state: WatchState, events: Sequence[Event]
) -> None:
    """Log what a step changed. A look that is answered ends the trouble, also one that began before a reload."""
    trouble = f"blind_{key}"
    blind = state.blind  # None where it is the printer that says nothing, which is logged as such
    is_told = any(event.kind is EventKind.BLIND and not event.minor for event in events)
    if blind is not None and is_told and async_begins(hass, trouble):
        _LOGGER.warning("%s cannot be watched: %s", name, blind.detail)
    elif has_looked(state, last) and async_ends(hass, trouble):
        _LOGGER.warning("%s is watched again", name)
    elif any(event.kind is EventKind.ENDED for event in events) and async_ends(hass, trouble):
        _LOGGER.warning("%s need not be watched any more: its print is over", name)


@callback
def async_forget_sight(hass: HomeAssistant, key: str) -> None:
    """Forget a printer that is removed."""
    async_ends(hass, f"blind_{key}")
