"""FailWatch's settings in OctoPrint: their defaults, what is secret, and which detector they choose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .engine.clients.clouds import OBICO
from .engine.detectors import FIELDS, FieldType, same_service
from .engine.errors import BadSetting

VERSION = 1

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
    "max_pauses": None,
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
        same = same_service(stored, {**stored, **changes})
        for secret in SECRETS:
            if not changes.get(secret):
                changes[secret] = stored.get(secret) if same else None
    notify = new.get("notify")
    if isinstance(notify, dict) and notify.get("urls") is None:
        notify["urls"] = list(old["notify"]["urls"])


def storable(changes: Any) -> dict[str, Any]:
    """Return that part of incoming settings which can be stored: known keys of the right kind.

    Anything else would keep OctoPrint from giving the settings back or storing them, of this plugin or of
    all: its pages read JSON, which has no infinity, and its file is text.
    """
    return _storable(changes, DEFAULTS)


def _storable(changes: Any, defaults: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in changes.items() if isinstance(changes, Mapping) else ():
        if key not in defaults:
            continue
        default = defaults[key]
        if isinstance(default, Mapping) and default:
            if isinstance(value, Mapping):
                found[key] = _storable(value, default)
        elif _fits(value, default) and _is_json(value):
            found[key] = value
    return found


def _fits(value: Any, default: Any) -> bool:
    """Return whether a value may stand for a default: an object, a list, or something single."""
    if default is None or value is None:
        return True
    kinds = (Mapping, list)
    return all(isinstance(value, kind) == isinstance(default, kind) for kind in kinds)


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()  # half an emoji is no text
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def detector_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `create_detector` takes: the fields of the chosen kind that are filled in."""
    chosen = settings["detector"]
    kind = str(chosen.get("kind") or "built_in")
    keys = [field.key for field in FIELDS.get(kind, ())]
    filled = {key: chosen[key] for key in keys if chosen.get(key) not in (None, "", [])}
    return {"kind": kind, **filled}


def default_rules(settings: Mapping[str, Any]) -> str:
    """Return the rule set that suits the detector: Obico's own service brings the statistics for its rules."""
    chosen = detector_settings(settings)
    from .engine.clients.http import base_url

    try:
        host = (base_url(chosen, OBICO).host or "").lower().rstrip(".")
    except BadSetting:
        host = ""
    obico = chosen["kind"] == "super_api" and (host == "obico.io" or host.endswith(".obico.io"))
    return "super_api" if obico else "failwatch"
