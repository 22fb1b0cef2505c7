"""Turn the settings of a watched camera into those of the engine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from ..const import (
    CONF_CALLS_PER_HOUR,
    CONF_CALLS_PER_MONTH,
    CONF_CANCEL_AFTER,
    CONF_IGNORE,
    CONF_IGNORE_OTHERS,
    CONF_INTERVAL,
    CONF_LIGHT_MODE,
    CONF_MAX_PAUSES,
    CONF_MORE_CAMERAS,
    CONF_NUMBERS,
    CONF_ON_FAILURE,
    CONF_ON_MAYBE,
    CONF_PAUSE_WHEN_BLIND,
    CONF_PICTURE_ENTITY,
    CONF_QUORUM,
    CONF_RULES,
    CONF_STATUS_ENTITY,
    CONF_VETO,
    CONF_WATCHING,
)
from ..engine.errors import BadSetting
from ..engine.judging.rules import RULE_SETS, RuleSet, create_rules
from ..engine.watch.cadence import Cadence
from ..engine.watch.policy import Action, Policy
from ..engine.watch.settings import WatchSettings
from .lights import LightMode


def camera_unique_id(settings: Mapping[str, Any]) -> str:
    """Return what tells one watched camera of a service from another."""
    return f"{settings[CONF_PICTURE_ENTITY]}/{settings[CONF_STATUS_ENTITY]}"


def camera_entities(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the camera and image entities of a watched printer, each once, the first one first."""
    return tuple(dict.fromkeys((settings[CONF_PICTURE_ENTITY], *settings.get(CONF_MORE_CAMERAS, ()))))


def rules_of(settings: Mapping[str, Any]) -> RuleSet:
    """Return the rules that a subentry's settings choose; raises BadSetting."""
    return create_rules(settings[CONF_RULES], settings.get(CONF_NUMBERS, {}))


def changed_rules(
    settings: Mapping[str, Any], name: str | None = None, numbers: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Return what is to change of a subentry's settings to judge by another rule set, or other numbers.

    Of the numbers that were set, a new rule set takes over the sensitivity only.
    """
    name = name or settings[CONF_RULES]
    known = {field.name for field in fields(RULE_SETS[name])}
    kept = {
        key: value
        for key, value in {**settings.get(CONF_NUMBERS, {}), **(numbers or {})}.items()
        if key in known and (name == settings[CONF_RULES] or key == "sensitivity")
    }
    return {CONF_RULES: name, CONF_NUMBERS: kept}


def needs_set_up(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether a camera must be set up anew for changed settings; how it is judged can change meanwhile."""
    others = (before.keys() | after.keys()) - {
        CONF_RULES,
        CONF_NUMBERS,
        CONF_WATCHING,
        CONF_IGNORE,
        CONF_IGNORE_OTHERS,
    }
    return any(before.get(key) != after.get(key) for key in others)


def watch_settings(settings: Mapping[str, Any]) -> WatchSettings:
    """Return the core's settings for a subentry's; raises BadSetting."""
    return WatchSettings(
        rules=rules_of(settings),
        policy=Policy(
            on_maybe=Action(settings.get(CONF_ON_MAYBE, Action.NOTIFY)),
            on_failure=Action(settings.get(CONF_ON_FAILURE, Action.NOTIFY)),
            veto=float(settings.get(CONF_VETO, 0)),
            cancel_after=_minutes(settings, CONF_CANCEL_AFTER),
            pause_when_blind_after=_minutes(settings, CONF_PAUSE_WHEN_BLIND),
            max_pauses=_count(settings, CONF_MAX_PAUSES),
        ),
        cadence=Cadence(
            interval=float(settings[CONF_INTERVAL]),
            calls_per_hour=_count(settings, CONF_CALLS_PER_HOUR),
            calls_per_month=_count(settings, CONF_CALLS_PER_MONTH),
        ),
        quorum=int(settings.get(CONF_QUORUM, 1)),
    )


def _minutes(settings: Mapping[str, Any], key: str) -> float | None:
    """Return the seconds of a setting in minutes, None where it is empty or 0."""
    return 60.0 * float(settings.get(key) or 0) or None


def _count(settings: Mapping[str, Any], key: str) -> int | None:
    """Return a whole number, None where it is empty or 0."""
    return int(settings.get(key) or 0) or None


def light_mode(settings: Mapping[str, Any]) -> LightMode:
    """Return when the light is switched on: while printing, unless something else is set."""
    return LightMode(settings.get(CONF_LIGHT_MODE, LightMode.PRINTING))


def ignored_regions(text: str) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return the corners of each region in a text like "0,0 20,0 20,10; …", in percent.

    Raises BadSetting.
    """
    regions = []
    for part in filter(None, (part.strip() for part in text.replace("\n", ";").split(";"))):
        try:
            corners = tuple(
                (float(x) / 100, float(y) / 100) for x, y in (corner.split(",") for corner in part.split())
            )
        except ValueError:
            raise BadSetting("%(part)r is no list of corners.", part=part) from None
        if len(corners) < 3 or not all(0 <= value <= 1 for corner in corners for value in corner):
            raise BadSetting("%(part)r has fewer than three corners, or one outside the picture.", part=part)
        regions.append(corners)
    return tuple(regions)


def camera_regions(settings: Mapping[str, Any], camera: str) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return the ignored regions of one of a printer's cameras; raises BadSetting."""
    is_first = camera == settings[CONF_PICTURE_ENTITY]
    text = settings.get(CONF_IGNORE, "") if is_first else settings.get(CONF_IGNORE_OTHERS, {}).get(camera, "")
    return ignored_regions(text)


def regions_text(polygons: Iterable[Iterable[Sequence[float]]]) -> str:
    """Return regions, with corners from 0 to 1, as the text that `ignored_regions` reads."""
    return "; ".join(" ".join(f"{100 * x:.4g},{100 * y:.4g}" for x, y in polygon) for polygon in polygons)
