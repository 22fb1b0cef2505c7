"""Convert stored settings to typed ones; replace invalid groups by their defaults."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from ..engine.errors import BadSetting
from ..engine.history import Retention
from ..engine.imaging.regions import Polygon
from ..engine.judging.latch import LatchTimes
from ..engine.judging.rules import RULE_SETS, RuleSet, create_rules
from ..engine.watch.cadence import Cadence
from ..engine.watch.policy import Action, Policy
from ..engine.watch.settings import WatchSettings
from ..printer.gentle_pause import GentlePause
from ..printer.start_conditions import StartConditions
from ..settings import DEFAULTS, default_rules

MIN_INTERVAL = 1.0


def validated(settings: Mapping[str, Any]) -> tuple[Mapping[str, Any], BadSetting | None]:
    """Return the settings to use, and what is wrong with the stored ones, None if nothing is.

    A group that cannot work is replaced by its defaults: a print is watched all the same.
    """
    settings, problem = _with_groups(settings)
    for keys, read in _GROUPS:
        try:
            read(settings)
        except BadSetting as error:
            found = error
        except (AttributeError, KeyError, TypeError, ValueError):  # other kinds of values within the group
            found = BadSetting("%(key)s is damaged in the settings.", key=keys[0])
        else:
            continue
        settings = {**settings, **{key: DEFAULTS[key] for key in keys}}
        problem = problem or found
    return settings, problem


def _with_groups(settings: Mapping[str, Any]) -> tuple[Mapping[str, Any], BadSetting | None]:
    """Return the settings with defaults in place of values that are not groups or lists, and what was wrong."""
    broken = [
        key
        for key, default in DEFAULTS.items()
        if any(isinstance(default, kind) and not isinstance(settings[key], kind) for kind in (Mapping, list))
    ]
    if not broken:
        return settings, None
    problem = BadSetting("%(key)s is damaged in the settings.", key=broken[0])
    return {**settings, **{key: DEFAULTS[key] for key in broken}}, problem


def rules(settings: Mapping[str, Any]) -> RuleSet:
    """Return the rule set in force; raises BadSetting."""
    name = settings["rules"].get("name") or default_rules(settings)
    known = {number.name for number in fields(RULE_SETS[name])} if name in RULE_SETS else set()
    numbers = {key: value for key, value in changed_numbers(settings).items() if key in known}
    return create_rules(name, numbers)


def changed_numbers(settings: Mapping[str, Any]) -> dict[str, float]:
    """Return the thresholds that the user changed; an emptied field is the default again."""
    numbers = settings["rules"].get("numbers") or {}
    return {key: value for key, value in numbers.items() if value not in (None, "")}


def watch_settings(settings: Mapping[str, Any]) -> WatchSettings:
    """Return the settings of a watch; raises BadSetting and says which value cannot work."""
    cancel_after = _number(settings, "cancel_after_minutes")
    blind_pause = _number(settings, "pause_when_blind_minutes")
    return WatchSettings(
        rules=rules(settings),
        policy=Policy(
            on_maybe=_action(settings, "on_maybe"),
            on_failure=_action(settings, "on_failure"),
            veto=_number(settings, "veto") or 0.0,
            cancel_after=cancel_after * 60 if cancel_after else None,
            pause_when_blind_after=blind_pause * 60 if blind_pause else None,
            max_pauses=_whole(settings, "max_pauses"),
        ),
        cadence=Cadence(
            interval=max(MIN_INTERVAL, _number(settings, "interval") or 10.0),
            calm_interval=_number(settings, "calm_interval") or None,
            calls_per_hour=_whole(settings, "calls_per_hour"),
            calls_per_month=_whole(settings, "calls_per_month"),
        ),
        latch_times=LatchTimes(cooldown=_number(settings, "cooldown") or 0.0),
        quorum=max(1, _whole(settings, "quorum") or 1),
    )


def cameras(settings: Mapping[str, Any]) -> list[str]:
    """Return the names of the watched webcams; "" is OctoPrint's own choice."""
    return [str(name) for name in settings["cameras"] or []] or [""]


def regions(settings: Mapping[str, Any], camera: str) -> tuple[Polygon, ...]:
    """Return a camera's ignored regions, without polygons of fewer than three corners. Raises BadSetting."""
    try:
        entries = [entry for entry in settings["regions"] or [] if entry.get("camera", "") == camera]
        polygons = [polygon for entry in entries for polygon in entry.get("polygons") or []]
        corners = [[(float(x), float(y)) for x, y in polygon] for polygon in polygons]
    except (AttributeError, TypeError, ValueError):
        raise BadSetting("regions must be polygons of corners x, y from 0 to 1.") from None
    return tuple(tuple(polygon) for polygon in corners if len(polygon) >= 3)


def when(settings: Mapping[str, Any]) -> StartConditions:
    """Return when a print is looked at; raises BadSetting."""
    chosen = settings["when"]
    return StartConditions(
        heating=bool(chosen.get("heating")),
        after_layer=_whole(chosen, "after_layer") or 0,
        after_minutes=_number(chosen, "after_minutes") or 0.0,
        after_percent=_number(chosen, "after_percent") or 0.0,
    )


def gentle_pause(settings: Mapping[str, Any]) -> GentlePause | None:
    """Return how FailWatch pauses gently, None if it does not; raises BadSetting."""
    chosen = settings["shaping"]
    park = _place(chosen, "park_x"), _place(chosen, "park_y")
    gentle = GentlePause(
        retract=_number(chosen, "retract") or 0.0,
        lift=_number(chosen, "lift") or 0.0,
        park=park if chosen.get("park") else None,
        tools_off=bool(chosen.get("tools_off")),
        bed_off=bool(chosen.get("bed_off")),
    )
    return gentle if chosen.get("enabled") else None


def retention(settings: Mapping[str, Any]) -> Retention:
    """Return how much of the past is kept; raises BadSetting."""
    history = settings["history"]
    return Retention(
        days=_number(history, "days") or 365.0,
        megabytes=_number(history, "megabytes") or 500.0,
        picture_every=_number(history, "picture_every") or None,
    )


def _number(settings: Mapping[str, Any], key: str) -> float | None:
    number = _finite(settings, key)
    if number is not None and number < 0:
        raise BadSetting("%(key)s must be a number of at least 0, not %(value)r.", key=key, value=number)
    return number


def _finite(settings: Mapping[str, Any], key: str) -> float | None:
    value = settings.get(key)
    if value in (None, ""):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise BadSetting("%(key)s must be a number, not %(value)r.", key=key, value=value)
    return number


def _whole(settings: Mapping[str, Any], key: str) -> int | None:
    number = _number(settings, key)
    return None if not number else int(number)


def _place(settings: Mapping[str, Any], key: str) -> float:
    """Return a coordinate: left of zero there is room on many printers."""
    return _finite(settings, key) or 0.0


def _action(settings: Mapping[str, Any], key: str) -> Action:
    try:
        return Action(settings[key])
    except ValueError:
        raise BadSetting(
            "%(key)s must be one of %(known)s, not %(value)r.",
            key=key,
            known=", ".join(Action),
            value=settings[key],
        ) from None


def _all_regions(settings: Mapping[str, Any]) -> None:
    for camera in cameras(settings):
        regions(settings, camera)


_WATCHING = (
    "interval",
    "calm_interval",
    "calls_per_hour",
    "calls_per_month",
    "on_maybe",
    "on_failure",
    "veto",
    "cooldown",
    "cancel_after_minutes",
    "pause_when_blind_minutes",
    "max_pauses",
    "quorum",
)
_GROUPS: tuple[tuple[tuple[str, ...], Callable[[Mapping[str, Any]], object]], ...] = (
    (("rules",), rules),
    (_WATCHING, watch_settings),
    (("regions",), _all_regions),
    (("when",), when),
    (("shaping",), gentle_pause),
    (("history",), retention),
)
