"""Improve from labelled prints: tune the rules, and train a service that learns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import aiohttp
from flask_babel import gettext

from ..engine import serialization
from ..engine.errors import BadSetting
from ..engine.history import History
from ..engine.judging.rules import create_rules
from ..engine.judging.verdict import Level
from ..learning.examples import examples
from ..settings import detector_settings
from ..watching.watch_settings import MIN_INTERVAL
from .arguments import mapping, number, storable, text
from .background_job import BackgroundJob, Tell
from .error_messages import translate_error
from .saving import apply

if TYPE_CHECKING:
    from ..watching.runtime import Service

TRIALS = 60


class TuningCommands:
    """The plugin's commands `tuning` and `learning`."""

    def __init__(self, settings: Callable[[], Any]) -> None:
        """Begin with nothing under way; `settings` returns OctoPrint's."""
        self._settings_of = settings
        self._tuning = BackgroundJob("failwatch-tuning")
        self._learning = BackgroundJob("failwatch-learning")
        self._sensitivity = BackgroundJob("failwatch-sensitivity")
        self._sensitivity_of: object = None

    def tuning(self, service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
        """Start, apply or undo a tuning, as `do` says, and return how it stands.

        `settings` are applied instead of those found here: `failwatch tune` found them elsewhere.
        """
        do = data.get("do")
        if do == "start":
            self._start_tuning(service, number(data, "limit", 2.0), text(data, "level") or "failure")
        elif do == "apply":
            self._apply(service, data.get("settings"))
        elif do == "undo":
            self._undo(service)
        undo = self._settings_of().get(["before_tuning"]) is not None
        return _progress_json(self._tuning) | {"undo": undo}

    def learning(self, service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
        """Start to teach the service if `do` says so, and return how it stands."""
        if data.get("do") == "start":
            self._start_learning(service, text(data, "algorithm") or None)
        return _progress_json(self._learning)

    def sensitivity(self, service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return what each step of the sensitivity would have said of the last prints, or how far that is.

        `rules` are those of the form as it stands. What was found out is kept until a print or a rule changes.
        """
        from ..tuning.sensitivity import STEPS, SteppedRules, last_prints, tell_steps

        chosen = mapping(data, "rules")
        rules = create_rules(text(chosen, "name"), {**mapping(chosen, "numbers"), "sensitivity": 1.0})
        if not isinstance(rules, SteppedRules):
            raise BadSetting("These rules have no sensitivity.")
        stepped = rules
        history = service.watcher.history
        prints = last_prints(history, service.watcher.printer_id)
        wanted = (rules, tuple((one.print_id, one.label) for one in prints))

        def work(tell: Tell) -> dict[str, Any]:
            found = tell_steps(history, prints, stepped, lambda share: tell(share, ""))
            return {"steps": list(STEPS), "prints": serialization.to_json(found)}

        if wanted != self._sensitivity_of and self._sensitivity.start(work):
            self._sensitivity_of = wanted
        return _progress_json(self._sensitivity) | {"is_of_these": wanted == self._sensitivity_of}

    def _start_tuning(self, service: Service, limit: float, level: str) -> None:
        from ..tuning.inputs import Aim
        from ..tuning.label_origin import Origin
        from ..tuning.printer import as_settings, tune_printer

        history, printer_id = service.watcher.history, service.watcher.printer_id
        aim = Aim(false_alarms=limit, level=Level(level), trials=TRIALS)

        def work(tell: Tell) -> dict[str, Any]:
            finding = tune_printer(history, printer_id, aim, lambda share: tell(share, ""))
            names = {one.print_id: one.name for one in history.prints(printer_id=printer_id)}
            summaries = {name: _summary(one) for name, one in finding.summaries().items()}
            prints = [
                {"name": names.get(before.print_id, ""), **_outcomes(before, after)}
                for before, after in zip(finding.before, finding.after, strict=True)
            ]
            return {
                "settings": as_settings(finding),
                "numbers": dict(finding.choice.numbers),
                "summaries": summaries,
                "prints": prints,
                "curve": serialization.to_json(finding.curve),
                "labels": {origin.value: finding.labels.get(origin, 0) for origin in Origin},
                "worth_it": finding.worth_it,
                "at_most": min(finding.at_most, 9999.0),
            }

        self._tuning.start(work)

    def _apply(self, service: Service, found: Any) -> None:
        result = self._tuning.progress.result
        if found is None and result is not None:
            found = result["settings"]
        if found is None:
            raise BadSetting(gettext("No settings have been searched for yet."))
        now = service.host.settings()
        changes = _changes(found, now)
        before = {name: now[name] for name in changes}
        self._set(service, changes | {"before_tuning": before})

    def _undo(self, service: Service) -> None:
        before = self._settings_of().get(["before_tuning"])
        if before is None:
            raise BadSetting(gettext("There is nothing to undo."))
        self._set(service, {**before, "before_tuning": None})

    def _set(self, service: Service, changes: Mapping[str, Any]) -> None:
        settings = self._settings_of()
        for path, value in changes.items():
            settings.set(path.split("."), value)
        apply(settings, service)

    def _start_learning(self, service: Service, algorithm: str | None) -> None:
        chosen = detector_settings(service.host.settings())
        if chosen["kind"] != "hacarus":
            raise BadSetting(gettext("Only HACARUS learns from your prints."))
        history, printer_id = service.watcher.history, service.watcher.printer_id

        def work(tell: Tell) -> dict[str, Any]:
            model_id, name = asyncio.run(_teach(chosen, history, printer_id, algorithm, tell))
            self._set(service, {"detector.model_id": model_id})
            return {"model_id": model_id, "name": name, "at": time.time()}

        self._learning.start(work)


async def _teach(
    chosen: Mapping[str, Any], history: History, printer_id: str, algorithm: str | None, tell: Tell
) -> tuple[str, str]:
    from ..engine.clients.hacarus import connect
    from ..engine.detectors import DetectorContext
    from ..engine.detectors.hacarus_settings import hacarus_connection, hacarus_dialect
    from ..learning import hacarus

    def told(now: hacarus.Progress) -> None:
        tell(now.done / now.of, f"{now.doing} {now.says}".strip())

    async with aiohttp.ClientSession() as session:
        client = await connect(hacarus_connection(chosen, DetectorContext(session)), hacarus_dialect(chosen))
        name = f"FailWatch {datetime.now().astimezone():%Y-%m-%d %H:%M}"
        found = examples(history, printer_id=printer_id)
        model = await hacarus.teach(client, history, found, name=name, algorithm_id=algorithm, told=told)
        return model.model_id, model.name


def _progress_json(work: BackgroundJob) -> dict[str, Any]:
    progress = work.progress
    data: dict[str, Any] = serialization.to_json(progress)
    return data | {"problem": translate_error(progress.problem) if progress.problem else ""}


def _summary(summary: Any) -> dict[str, Any]:
    data: dict[str, Any] = serialization.to_json(summary)
    return data | {"false_alarm_rate": summary.false_alarm_rate}


def _outcomes(before: Any, after: Any) -> dict[str, Any]:
    return {
        "failed": before.failed,
        "before": serialization.to_json(before),
        "after": serialization.to_json(after),
    }


def _changes(found: Any, now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes to the plugin's settings; raises BadSetting, TypeError or ValueError."""
    chosen = found.get("rules") if isinstance(found, Mapping) else None
    if not isinstance(chosen, Mapping):
        raise BadSetting("Settings must say which rules.")
    name, numbers = text(chosen, "name"), dict(mapping(chosen, "numbers"))
    create_rules(name, numbers)
    changes: dict[str, Any] = {"rules": {"name": name, "numbers": numbers}}
    if "interval" in found:
        changes["interval"] = max(MIN_INTERVAL, number(found, "interval"))
    if "regions" in found:
        more = [
            {
                "camera": storable(camera),
                "polygons": [[_corner(corner) for corner in one] for one in polygons],
            }
            for camera, polygons in mapping(found, "regions").items()
        ]
        changes["regions"] = [*(now["regions"] or []), *more]
    return changes


def _corner(corner: Any) -> list[float]:
    x, y = corner
    return [number({"x": x}, "x"), number({"y": y}, "y")]
