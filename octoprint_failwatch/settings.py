"""FailWatch's settings in OctoPrint: their defaults, what is secret, and what they mean to the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit

from .detection.cadence import Cadence
from .detection.detectors import FIELDS, FieldType
from .detection.errors import BadSetting
from .detection.history import Retention
from .detection.latch import LatchTimes
from .detection.policy import Action, Policy
from .detection.regions import Polygon
from .detection.rules import RULE_SETS, RuleSet, create_rules
from .detection.watch import WatchSettings

VERSION = 1
MIN_INTERVAL = 1.0

SECRETS = sorted(
    {field.key for of_kind in FIELDS.values() for field in of_kind if field.type is FieldType.SECRET}
)
"""Detector settings that are stored and never given back."""

DEFAULTS: dict[str, Any] = {
    "watching": True,
    "set_up": False,
    "detector": {
        "kind": "built_in",
        **{field.key: None for of_kind in FIELDS.values() for field in of_kind},
    },
    "cameras": [],
    "quorum": 1,
    "regions": [],
    "rules": {"name": "", "numbers": {}},
    "interval": 10.0,
    "calm_interval": None,
    "calls_per_hour": None,
    "calls_per_month": None,
    "on_maybe": "notify",
    "on_failure": "notify",
    "veto": 0.0,
    "cooldown": 90.0,
    "cancel_after_minutes": None,
    "pause_when_blind_minutes": None,
    "when": {"heating": False, "after_layer": 0, "after_minutes": 0.0, "after_percent": 0.0},
    "shaping": {
        "enabled": False,
        "retract": 3.0,
        "lift": 5.0,
        "park": False,
        "park_x": 0.0,
        "park_y": 0.0,
        "tools_off": False,
        "bed_off": False,
    },
    "notify": {"urls": [], "picture": True, "quiet_from": "", "quiet_until": "", "popups": True},
    "history": {"days": 365.0, "megabytes": 500.0, "picture_every": 120.0},
    "own_url": "",
    "before_tuning": None,
}
"""Everything that can be set. Times are in seconds unless the name says otherwise; None is "not at all"."""

RESTRICTED_PATHS: dict[str, list[list[str]]] = {
    "never": [*(["detector", secret] for secret in SECRETS), ["notify", "urls"]],
    "admin": [["detector", "url"], ["detector", "client_id"], ["detector", "printer"], ["own_url"]],
}


def keep_secrets(old: Mapping[str, Any], new: dict[str, Any]) -> None:
    """Put stored secrets into settings that come back without them.

    A secret that was not typed again is kept only for the service it was given for: no other
    address ever gets it.
    """
    changes = new.get("detector")
    if isinstance(changes, dict):
        stored = old["detector"]
        service = tuple(changes.get(key, stored.get(key)) for key in ("kind", "url"))
        same = _service(*service) == _service(stored.get("kind"), stored.get("url"))
        for secret in SECRETS:
            if not changes.get(secret):
                changes[secret] = stored.get(secret) if same else None
    notify = new.get("notify")
    if isinstance(notify, dict) and notify.get("urls") is None:
        notify["urls"] = list(old["notify"]["urls"])


def _service(kind: Any, url: Any) -> tuple[str, str, str]:
    parts = urlsplit(str(url or ""))
    return str(kind), parts.scheme, parts.netloc


def detector_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `create_detector` takes: the fields of the chosen kind that are filled in."""
    chosen = settings["detector"]
    kind = chosen.get("kind") or "built_in"
    keys = [field.key for field in FIELDS.get(kind, ())]
    filled = {key: chosen[key] for key in keys if chosen.get(key) not in (None, "", [])}
    return {"kind": kind, **filled}


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


def default_rules(settings: Mapping[str, Any]) -> str:
    """Return the rule set that suits the detector: Obico's own service brings the statistics for its rules."""
    chosen = detector_settings(settings)
    host = urlsplit(str(chosen.get("url") or "https://app.obico.io")).hostname or ""
    obico = chosen["kind"] == "super_api" and (host == "obico.io" or host.endswith(".obico.io"))
    return "super_api" if obico else "failwatch"


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
    """Return a camera's ignored regions; a polygon of fewer than three corners is none."""
    entries = [entry for entry in settings["regions"] or [] if entry.get("camera", "") == camera]
    polygons = [polygon for entry in entries for polygon in entry.get("polygons") or []]
    return tuple(tuple((float(x), float(y)) for x, y in polygon) for polygon in polygons if len(polygon) >= 3)


def retention(settings: Mapping[str, Any]) -> Retention:
    """Return how much of the past is kept."""
    history = settings["history"]
    return Retention(
        days=_number(history, "days") or 365.0,
        megabytes=_number(history, "megabytes") or 500.0,
        picture_every=_number(history, "picture_every") or None,
    )


def _number(settings: Mapping[str, Any], key: str) -> float | None:
    value = settings.get(key)
    if value in (None, ""):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < float("inf"):
        raise BadSetting(f"{key} must be a number of at least 0, not {value!r}.")
    return number


def _whole(settings: Mapping[str, Any], key: str) -> int | None:
    number = _number(settings, key)
    return None if not number else int(number)


def _action(settings: Mapping[str, Any], key: str) -> Action:
    try:
        return Action(settings[key])
    except ValueError:
        raise BadSetting(f"{key} must be one of {', '.join(Action)}, not {settings[key]!r}.") from None
