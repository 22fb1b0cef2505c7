"""The API at /api/plugin/failwatch: what Home Assistant, scripts and the own pages ask and order."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import flask
from octoprint.plugin import SimpleApiPlugin

from . import __version__
from .detection import wire
from .detection.detectors import offers
from .detection.errors import BadSetting, FailWatchError
from .detection.rules import create_rules
from .permissions import require
from .report import rules_json, state_json
from .settings import detector_settings, keep_secrets, rules
from .watcher import Watcher
from .webcams import webcams

if TYPE_CHECKING:
    from .service import Service

PATIENCE = 90.0
"""Seconds that a test may take: a slow detector on a small machine."""

COMMANDS: dict[str, tuple[str, list[str]]] = {
    "acknowledge": ("CONTROL", ["answer"]),
    "snooze": ("CONTROL", ["seconds"]),
    "mute": ("CONTROL", ["muted"]),
    "check": ("CONTROL", []),
    "watching": ("CONTROL", ["enabled"]),
    "rules": ("CONFIGURE", []),
    "test": ("CONFIGURE", []),
    "offers": ("CONFIGURE", ["settings"]),
}
"""Each command's permission and the keys that it must have."""


class Api(SimpleApiPlugin):  # type: ignore[misc]
    """The mixin that answers. The plugin has the service while it is enabled."""

    service: Service | None
    _settings: Any

    def is_api_protected(self) -> bool:
        """Nobody gets in without an account or an application key."""
        return True

    def get_api_commands(self) -> dict[str, list[str]]:
        """Return the commands with the keys that each must have."""
        return {name: keys for name, (_, keys) in COMMANDS.items()}

    def on_api_get(self, _request: flask.Request) -> Any:
        """Answer with all there is to know."""
        require("VIEW")
        service = self._running()
        return flask.jsonify(service.ask(lambda watcher: _all(service, watcher)))

    def on_api_command(self, command: str, data: Mapping[str, Any]) -> Any:
        """Carry a command out; 400 says what is wrong with it."""
        permission, _ = COMMANDS[command]
        require(permission)
        answers: dict[str, Callable[[Service, Mapping[str, Any]], Any]] = {
            "rules": self._rules,
            "watching": self._watching,
            "test": _test,
            "offers": _offers,
        }
        try:
            answer = answers.get(command, _control(command))(self._running(), data)
        except (BadSetting, ValueError) as error:
            return flask.make_response(flask.jsonify(error=str(error)), 400)
        return None if answer is None else flask.jsonify(answer)

    def _running(self) -> Service:
        if self.service is None:
            flask.abort(503)
        return self.service

    def _watching(self, service: Service, data: Mapping[str, Any]) -> None:
        self._settings.set_boolean(["watching"], bool(data["enabled"]))
        self._settings.save()
        service.settings_changed()

    def _rules(self, service: Service, data: Mapping[str, Any]) -> None:
        now = rules(service.host.settings())
        name = str(data.get("name") or now.name)
        numbers = dict(service.host.settings()["rules"].get("numbers") or {}) if name == now.name else {}
        numbers |= dict(data.get("numbers") or {})
        create_rules(name, numbers)
        self._settings.set(["rules"], {"name": name, "numbers": numbers})
        self._settings.save()
        service.settings_changed()


def _control(command: str) -> Callable[[Service, Mapping[str, Any]], None]:
    def order(service: Service, data: Mapping[str, Any]) -> None:
        if command == "acknowledge":
            answer = data["answer"]
            if answer not in ("failure", "not_a_failure"):
                raise ValueError("answer must be failure or not_a_failure.")
            service.ask(lambda w: w.watch.confirm() if answer == "failure" else w.watch.acknowledge())
        elif command == "snooze":
            seconds = float(data["seconds"])
            if not 0 <= seconds <= 86400:
                raise ValueError("seconds must be from 0 to 86400.")
            service.ask(lambda w: w.watch.snooze(seconds))
        elif command == "mute":
            muted = bool(data["muted"])
            service.ask(lambda w: w.watch.mute(muted))
        else:
            service.ask(lambda w: w.watch.check_now())

    return order


def _test(service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
    """Take one look with the stored settings, or with the given ones laid over them."""
    settings = _laid_over(service.host.settings(), data.get("settings") or {})
    try:
        trial = service.run(service.watcher.try_out(str(data.get("camera") or ""), settings), PATIENCE)
    except FailWatchError as error:
        return {"problem": {"kind": error.kind, "detail": str(error)}}
    except TimeoutError:
        return {"problem": {"kind": "timed_out", "detail": f"No answer within {PATIENCE:.0f} seconds."}}
    return {
        "p": trial.detection.p,
        "boxes": wire.to_json(trial.detection.boxes),
        "raw": trial.detection.raw,
        "snapshot_seconds": trial.snapshot_seconds,
        "answer_seconds": trial.answer_seconds,
        "picture": "data:image/jpeg;base64," + base64.b64encode(trial.picture).decode(),
    }


def _offers(service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
    """Say what answers at a detector's address, and what it offers to choose from."""
    settings = _laid_over(service.host.settings(), data["settings"])
    try:
        found = service.run(offers(detector_settings(settings), service.watcher.detector_host()), PATIENCE)
    except FailWatchError as error:
        return {"problem": {"kind": error.kind, "detail": str(error)}}
    except TimeoutError:
        return {"problem": {"kind": "timed_out", "detail": f"No answer within {PATIENCE:.0f} seconds."}}
    return {
        "says": found.says,
        "choices": {
            key: [[choice.value, choice.title] for choice in choices]
            for key, choices in found.choices.items()
        },
    }


def _laid_over(stored: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    changes = {key: dict(value) if isinstance(value, Mapping) else value for key, value in changes.items()}
    keep_secrets(stored, changes)
    laid = dict(stored)
    for key, value in changes.items():
        laid[key] = (
            {**stored[key], **value}
            if isinstance(stored.get(key), Mapping) and isinstance(value, Mapping) and key != "regions"
            else value
        )
    return laid


def _all(service: Service, watcher: Watcher) -> dict[str, Any]:
    settings = service.host.settings()
    return {
        "version": __version__,
        "uuid": service.installation.uuid,
        "printer": {"id": watcher.printer_id, "name": watcher.profile.name},
        "detector": {
            "kind": watcher.detector_kind,
            "name": DETECTOR_NAMES.get(watcher.detector_kind, watcher.detector_kind),
        },
        "rules": rules_json(watcher.rules),
        "watching": bool(settings["watching"]),
        "state": state_json(watcher.state),
        "problem": watcher.problem,
        "cameras": [
            {"name": cam.name, "title": cam.title, "can_snapshot": cam.can_snapshot} for cam in webcams()
        ],
        "now": service.clock.now(),
        "clock_speed": service.clock.speed,
    }


DETECTOR_NAMES = {
    "built_in": "Built-in detector",
    "super_api": "Obico Super Detection API",
    "ml_api": "Obico ml_api",
    "obico_printer": "Obico server",
    "hacarus": "HACARUS",
    "deepomatic": "Deepomatic",
}
