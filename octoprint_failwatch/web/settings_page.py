"""Answer the settings page: what there is to choose from, and whether it works."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from ..engine import serialization
from ..engine.detectors import FIELDS, query_service
from ..engine.errors import FailWatchError
from ..engine.judging.rules import RULE_SETS
from ..settings import SECRETS, default_rules, detector_settings, keep_secrets, storable
from ..version import __version__
from ..watching.watch_settings import cameras
from ..watching.webcams import webcams
from .arguments import mapping, text
from .error_messages import translate_error
from .notification_targets import forms_json, targets_json

if TYPE_CHECKING:
    from ..watching.runtime import Service

TIMEOUT = 90.0
"""Seconds that a test may take: a slow detector on a small machine."""


def describe(service: Service, _data: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything there is to choose from, and which secrets are stored; never the secrets."""
    settings = service.host.settings()
    return {
        "version": __version__,
        "fields": {kind: serialization.to_json(of_kind) for kind, of_kind in FIELDS.items()},
        "secrets": [secret for secret in SECRETS if settings["detector"].get(secret)],
        "rule_sets": {
            name: {number.name: getattr(rules(), number.name) for number in fields(rules)}
            for name, rules in RULE_SETS.items()
        },
        "default_rules": default_rules(settings),
        "cameras": serialization.to_json(webcams()),
        "services": forms_json(),
        **targets_json(service),
    }


def test(service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
    """Take one look with the stored settings, overridden by the given ones."""
    settings = _laid_over(service.host.settings(), mapping(data, "settings"))
    try:
        trial = service.run(service.watcher.try_out(text(data, "camera"), settings), TIMEOUT)
    except FailWatchError as error:
        return {"problem": {"kind": error.kind, "detail": translate_error(error)}}
    except TimeoutError:
        return _no_answer()
    return {
        "p": trial.detection.p,
        "boxes": serialization.to_json(trial.detection.boxes),
        "raw": trial.detection.raw,
        "snapshot_seconds": trial.snapshot_seconds,
        "is_stream": service.ask(lambda watcher: watcher.is_stream(str(data.get("camera") or ""))),
        "answer_seconds": trial.answer_seconds,
        "picture": "data:image/jpeg;base64," + base64.b64encode(trial.picture).decode(),
    }


def look(service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
    """Take one look through a watched camera with its settings, without recording it."""
    camera = str(data.get("camera") or "")
    if camera and camera not in cameras(service.host.settings()):
        raise ValueError(gettext("This camera is not watched."))
    return test(service, {"camera": camera, "settings": {}})


def offer(service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return which service answers at a detector's address, and what it offers to choose from."""
    settings = _laid_over(service.host.settings(), mapping(data, "settings"))
    try:
        host = service.watcher.detector_context(settings)
        found = service.run(query_service(detector_settings(settings), host), TIMEOUT)
    except FailWatchError as error:
        return {"problem": {"kind": error.kind, "detail": translate_error(error)}}
    except TimeoutError:
        return _no_answer()
    return {
        "says": found.says,
        "choices": {
            key: [[choice.value, choice.title] for choice in choices]
            for key, choices in found.choices.items()
        },
    }


def _laid_over(stored: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    changes = storable(changes)
    keep_secrets(stored, changes)
    laid = dict(stored)
    for key, value in changes.items():
        laid[key] = {**stored[key], **value} if isinstance(value, Mapping) else value
    return laid


def _no_answer() -> dict[str, Any]:
    detail = gettext("No answer within %(seconds)d seconds.", seconds=TIMEOUT)
    return {"problem": {"kind": "timed_out", "detail": detail}}
