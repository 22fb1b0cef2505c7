"""FailWatch's events on OctoPrint's bus, for the plugins that hand events on (MQTT, webhooks, event manager).

Each is called `plugin_failwatch_<kind>`, for every `EventKind`: started, ended, maybe, failure, cleared,
blind, seeing, camera_blind, camera_seeing, camera_moved, acknowledged, countdown, called_off, action,
action_failed. The payload is that of `payload`.
"""

from __future__ import annotations

from typing import Any

from ..engine.watch.state import Event, EventKind, WatchState


def custom_events(*_: Any, **__: Any) -> list[str]:
    """Return the names that OctoPrint registers."""
    return [kind.value for kind in EventKind]


def event_name(kind: EventKind) -> str:
    """Return an event's name on OctoPrint's bus."""
    return f"plugin_failwatch_{kind.value}"


def payload(event: Event, state: WatchState) -> dict[str, Any]:
    """Return an event's payload: plain JSON values, the same keys for every kind.

    `level` is none, maybe or failure; `reason` is a sentence; `p`, `ewm_mean`, `score`, `usual` and
    `limit` are numbers, or None before the first frame; `at` is in seconds since the epoch; `detail`
    is what the kind is about: a reason, an answer or an action; `camera` is the name of the one camera that
    it is about, if it is about one; `minor` says that people need not be told.
    """
    look = state.look
    verdict = look.verdict if look else None
    return {
        "print_id": event.print_id,
        "print_name": state.print_name,
        "level": event.level.value,
        "reason": verdict.reason if verdict else "",
        "p": look.p if look else None,
        "ewm_mean": look.statistics.ewm_mean if look else None,
        "score": verdict.score if verdict else None,
        "usual": verdict.usual if verdict else None,
        "limit": verdict.limit if verdict else None,
        "at": event.at,
        "detail": str(event.detail),
        "camera": event.camera,
        "minor": event.minor,
    }
