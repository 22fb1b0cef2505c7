"""Write a watch as JSON: the push message of OctoPrint's plugin and of Home Assistant's websocket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from .. import serialization
from ..clock import Clock
from ..judging.rules import RuleSet
from ..judging.verdict import Verdict
from .state import Event, WatchState


def state_json(state: WatchState) -> dict[str, Any]:
    """Return a state as JSON, with the reason of each verdict in words.

    A service's tagged picture opens to whoever has its address: those who may view see their own instead.
    """
    data: dict[str, Any] = serialization.to_json(state)
    if state.look is not None:
        for view in data["look"]["views"]:
            view["tagged_image_url"] = None
        _add_reason(data["look"]["verdict"], state.look.verdict)
    acceptance = state.memory.acceptance
    if acceptance is not None:
        data["memory"]["acceptance"]["limit"] = acceptance.limit
    if state.latch.verdict is not None:
        _add_reason(data["latch"]["verdict"], state.latch.verdict)
    return data


def rules_json(rules: RuleSet) -> dict[str, Any]:
    """Return a rule set's name and all its numbers."""
    return {"name": rules.name, **{number.name: getattr(rules, number.name) for number in fields(rules)}}


def update_json(
    state: WatchState, events: Sequence[Event], rules: RuleSet, clock: Clock, *, watching: bool
) -> dict[str, Any]:
    """Return a push message. `now` is the watch's time, to compare all its times with."""
    return {
        "type": "update",
        "watching": watching,
        "rules": rules_json(rules),
        "state": state_json(state),
        "events": [serialization.to_json(event) for event in events],
        "now": clock.now(),
        "clock_speed": clock.speed,
    }


def _add_reason(data: dict[str, Any], verdict: Verdict) -> None:
    data["reason"], data["margin"] = verdict.reason, verdict.margin
