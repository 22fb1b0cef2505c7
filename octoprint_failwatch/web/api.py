"""The API at /api/plugin/failwatch: what Home Assistant, scripts and the own pages ask and order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import flask
from flask_babel import gettext
from flask_login import current_user
from octoprint.access.permissions import Permissions
from octoprint.plugin import SimpleApiPlugin

from ..engine import serialization
from ..engine.errors import BadSetting
from ..engine.history import HistoryError, Label
from ..engine.judging.assessment import Answer
from ..engine.judging.rules import create_rules
from ..engine.watch.messages import rules_json, state_json
from ..engine.watch.policy import Action
from ..engine.watch.state import Phase
from ..permissions import require
from ..printer.job_control import NoPrint, order_job
from ..version import __version__
from ..watching.watch_settings import changed_numbers, regions, rules
from ..watching.watcher import Watcher
from ..watching.webcams import webcams
from . import camera_baselines, notification_targets, settings_page
from .arguments import flag, mapping, number, text
from .error_messages import translate_error
from .notification_targets import TargetCommands
from .saving import NotStored, apply
from .tuning import TuningCommands

if TYPE_CHECKING:
    from ..watching.runtime import Service

COMMANDS: dict[str, tuple[str, list[str]]] = {
    "acknowledge": ("CONTROL", ["answer"]),
    "snooze": ("CONTROL", ["seconds"]),
    "mute": ("CONTROL", ["muted"]),
    "check": ("CONTROL", []),
    "look": ("CONTROL", []),
    "pause": ("CONTROL", []),
    "job": ("CONTROL", ["action"]),
    "watching": ("CONTROL", ["enabled"]),
    "label": ("CONTROL", ["print_id", "failed"]),
    "forget": ("CONTROL", ["print_id"]),
    "rules": ("CONFIGURE", []),
    "regions": ("CONFIGURE", []),
    "test": ("CONFIGURE", []),
    "describe": ("CONFIGURE", []),
    "offers": ("CONFIGURE", ["settings"]),
    "add_target": ("CONFIGURE", ["url"]),
    "save_target": ("CONFIGURE", ["service", "values"]),
    "remove_target": ("CONFIGURE", ["index"]),
    "test_target": ("CONFIGURE", []),
    "test_targets": ("CONFIGURE", []),
    "usual": ("CONFIGURE", []),
    "forget_usual": ("CONFIGURE", ["camera"]),
    "tuning": ("CONFIGURE", []),
    "learning": ("CONFIGURE", []),
    "sensitivity": ("CONFIGURE", ["rules"]),
    "new_identity": ("CONFIGURE", []),
}
"""Each command's permission and the keys that it must have.

Every command may carry `instance`: one that is meant for another OctoPrint, or for this one before it was
restarted, is answered with 412.
"""
ANSWERS = (Answer.FAILURE, Answer.NOT_A_FAILURE, Answer.CLEARED, Answer.WITHDRAWN)
"""What people may say of a print by themselves."""


class Api(SimpleApiPlugin):  # type: ignore[misc]
    """The mixin that answers. The plugin has the service while it is enabled."""

    service: Service | None
    improving: TuningCommands
    targets: TargetCommands
    _settings: Any
    _printer: Any
    announce: Callable[[], None]

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
        try:
            answer: dict[str, Any] = service.ask(lambda watcher: _all(service, watcher))
        except TimeoutError:
            return _refused(gettext("FailWatch is busy. Try again in a moment."), 503)
        problem = service.watcher.problem
        # What other plugins take time for is not for the watch's thread.
        answer["problem"] = translate_error(problem) if problem is not None else ""
        answer["unsaved"] = service.unsaved() or ""
        answer["undelivered"] = notification_targets.undelivered_json(service)
        answer["cameras"] = serialization.to_json(webcams())
        return flask.jsonify(answer)

    def on_api_command(self, command: str, data: Mapping[str, Any]) -> Any:
        """Carry a command out; 400 says what is wrong with it."""
        permission, _ = COMMANDS[command]
        require(permission)
        answers: dict[str, Callable[[Service, Mapping[str, Any]], Any]] = {
            "rules": self._rules,
            "regions": self._regions,
            "watching": self._watching,
            "describe": settings_page.describe,
            "test": settings_page.test,
            "look": settings_page.look,
            "offers": settings_page.offer,
            "add_target": self.targets.add,
            "save_target": self.targets.save,
            "remove_target": self.targets.remove,
            "test_target": notification_targets.try_one,
            "test_targets": notification_targets.try_all,
            "usual": camera_baselines.known,
            "forget_usual": camera_baselines.forget,
            "tuning": self.improving.tuning,
            "learning": self.improving.learning,
            "sensitivity": self.improving.sensitivity,
            "pause": _pause,
            "job": self._job,
            "new_identity": self._new_identity,
            "label": _label,
            "forget": _forget,
        }
        carry_out = answers.get(command) or _control(command)
        service = self._running()
        if data.get("instance", service.instance) != service.instance:
            return _refused(gettext("This command is for another OctoPrint."), 412)
        try:
            answer = carry_out(service, data)
        except NoPrint:
            return _refused(gettext("There is no print in a state that allows this."), 409)
        except (BadSetting, HistoryError, TypeError, ValueError) as error:
            return _refused(translate_error(error), 400)
        except TimeoutError:
            return _refused(gettext("FailWatch is busy. Try again in a moment."), 503)
        except NotStored as error:
            said = gettext(
                "OctoPrint cannot store its settings (%(why)s). The change holds until OctoPrint is restarted.",
                why=error,
            )
            return _refused(said, 507)
        return None if answer is None else flask.jsonify(answer)

    def _running(self) -> Service:
        if self.service is None:
            flask.abort(503)
        return self.service

    def _watching(self, service: Service, data: Mapping[str, Any]) -> None:
        self._settings.set_boolean(["watching"], flag(data, "enabled"))
        apply(self._settings, service)

    def _rules(self, service: Service, data: Mapping[str, Any]) -> None:
        now = rules(service.host.settings())
        name = text(data, "name") or now.name
        numbers = changed_numbers(service.host.settings()) if name == now.name else {}
        numbers |= mapping(data, "numbers")
        create_rules(name, numbers)
        self._settings.set(["rules"], {"name": name, "numbers": numbers})
        apply(self._settings, service)

    def _job(self, _service: Service, data: Mapping[str, Any]) -> None:
        if not Permissions.PRINT.can():
            flask.abort(403)
        order_job(self._printer, text(data, "action"), current_user.get_name())

    def _new_identity(self, service: Service, _data: Mapping[str, Any]) -> dict[str, Any]:
        service.installation.renew()
        self.announce()
        return {"uuid": service.installation.uuid}

    def _regions(self, service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the ignored regions of all cameras, after those of one were replaced if any are given."""
        stored = service.host.settings()["regions"] or []
        if "polygons" in data:
            camera = text(data, "camera")
            others = [entry for entry in stored if entry.get("camera", "") != camera]
            entry = {"camera": camera, "polygons": data["polygons"]}
            regions({"regions": [entry]}, camera)
            stored = [*others, entry] if entry["polygons"] else others
            self._settings.set(["regions"], stored)
            apply(self._settings, service)
        return {"regions": stored}


def _refused(why: str, status: int) -> flask.Response:
    return flask.make_response(flask.jsonify(error=why), status)


def _pause(service: Service, _data: Mapping[str, Any]) -> None:
    if not Permissions.PRINT.can():
        flask.abort(403)
    if service.host.job() is None:
        raise NoPrint
    service.ask(lambda watcher: watcher.monitor.order(Action.PAUSE))


def _label(service: Service, data: Mapping[str, Any]) -> None:
    since = None if data.get("failed_from") is None else number(data, "failed_from")
    label = None if data["failed"] is None else Label(flag(data, "failed"), since)
    print_id = text(data, "print_id")
    service.watcher.history.label(print_id, label)
    if label is not None and label.failed:
        service.ask(lambda watcher: watcher.unlearn(print_id))


def _forget(service: Service, data: Mapping[str, Any]) -> None:
    print_id = text(data, "print_id")
    state = service.watcher.state
    if print_id == state.print_id and state.phase is not Phase.IDLE:
        raise ValueError(gettext("This print is still running."))
    service.watcher.history.forget(print_id)


def _control(command: str) -> Callable[[Service, Mapping[str, Any]], None]:
    def order(service: Service, data: Mapping[str, Any]) -> None:
        if command == "acknowledge":
            answer = data["answer"]
            if answer not in ANSWERS:
                raise ValueError(f"answer must be one of {', '.join(ANSWERS)}.")
            service.ask(lambda w: w.monitor.answer(Answer(answer)))
        elif command == "snooze":
            seconds = number(data, "seconds")
            if not 0 <= seconds <= 86400:
                raise ValueError("seconds must be from 0 to 86400.")
            service.ask(lambda w: w.monitor.snooze(seconds))
        elif command == "mute":
            muted = flag(data, "muted")
            service.ask(lambda w: w.monitor.mute(muted))
        else:
            service.ask(lambda w: w.monitor.check_now())

    return order


def _all(service: Service, watcher: Watcher) -> dict[str, Any]:
    settings = service.host.settings()
    return {
        "version": __version__,
        "uuid": service.installation.uuid,
        "machine": service.installation.machine.fingerprint,
        "instance": service.instance,
        "printer": {"id": watcher.printer_id, "name": watcher.profile.name},
        "detector": {
            "kind": watcher.detector_kind,
            "name": DETECTOR_NAMES.get(watcher.detector_kind, watcher.detector_kind),
        },
        "rules": rules_json(watcher.rules),
        "watching": bool(settings["watching"]),
        "state": state_json(watcher.state),
        "events": serialization.to_json(service.recent_events()),
        "pictures": list(watcher.frames),
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
