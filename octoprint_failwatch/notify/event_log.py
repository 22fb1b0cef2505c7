"""One line in octoprint.log for everything that changes: what was seen, done, and why FailWatch is blind."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ..engine.watch.state import Blind, Event, EventKind, WatchState

_LOGGER = logging.getLogger("octoprint.plugins.failwatch")
"""OctoPrint writes INFO of what lies below `octoprint` only."""


def log_events(state: WatchState, events: Sequence[Event]) -> None:
    """Log the events of one change."""
    for event in events:
        _LOGGER.info("%s", line(state, event))


def line(state: WatchState, event: Event) -> str:
    """Return what is logged of an event: its kind, whose it is, and the reason in English."""
    words = [event.kind.replace("_", " ")]
    if event.camera:
        words.append(f"camera {event.camera}")
    if event.detail and event.detail != state.print_name:
        words.append(event.detail)
    blind = _blind(state, event)
    if blind is not None:
        words.append(blind.detail)
    return f"{state.print_name or 'No print'}: {', '.join(words)}"


def _blind(state: WatchState, event: Event) -> Blind | None:
    if event.kind is EventKind.BLIND:
        return state.blind
    if event.kind is EventKind.CAMERA_BLIND:
        return next((blind for blind in state.blind_cameras if blind.camera == event.camera), None)
    return None
