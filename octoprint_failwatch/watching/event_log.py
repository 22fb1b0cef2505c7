"""What octoprint.log says of a watch: one line for each event."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ..engine.watch.state import Event, EventKind, WatchState

_LOGGER = logging.getLogger(__name__)

_TEXTS = {
    EventKind.STARTED: "started to watch",
    EventKind.ENDED: "no longer watched: the print is %(detail)s",
    EventKind.MAYBE: "suspicious: %(detail)s",
    EventKind.FAILURE: "failure: %(detail)s",
    EventKind.CLEARED: "verdict fell to %(level)s: %(detail)s",
    EventKind.BLIND: "cannot check (%(detail)s): %(problem)s",
    EventKind.SEEING: "checks again (was %(detail)s)",
    EventKind.CAMERA_BLIND: "camera %(camera)s sees nothing (%(detail)s)",
    EventKind.CAMERA_SEEING: "camera %(camera)s sees again",
    EventKind.ACKNOWLEDGED: "the user answered %(detail)s",
    EventKind.COUNTDOWN: "%(detail)s announced",
    EventKind.ACTION: "%(detail)s done",
    EventKind.ACTION_FAILED: "not done, tried again later: %(detail)s",
}


def log_events(state: WatchState, events: Sequence[Event]) -> None:
    """Write a line for each event."""
    for event in events:
        _LOGGER.info("%s", line(event, state))


def line(event: Event, state: WatchState) -> str:
    """Return the line for an event; it is always one, whatever a service or a file is called."""
    facts = {
        "detail": event.detail,
        "level": event.level.value,
        "camera": event.camera or "(OctoPrint's choice)",
        "problem": state.blind.detail if state.blind else "",
    }
    silent = " (silent)" if event.minor else ""
    return " ".join(f"{state.print_name}: {_TEXTS[event.kind] % facts}{silent}".split())
