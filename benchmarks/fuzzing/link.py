"""What Home Assistant reads of an OctoPrint: fuzzed in Home Assistant's environment."""

from __future__ import annotations

import json
from typing import Any

from custom_components.failwatch.engine.judging.failwatch_rules import FailWatchRules
from custom_components.failwatch.engine.judging.verdict import Level
from custom_components.failwatch.engine.serialization import to_json
from custom_components.failwatch.engine.watch.messages import rules_json
from custom_components.failwatch.engine.watch.state import Event, EventKind, WatchState
from custom_components.failwatch.octoprint import messages
from custom_components.failwatch.octoprint.errors import OctoPrintError

from .parser import Parser, each, json_parser

_TOLD = {
    "watching": True,
    "rules": rules_json(FailWatchRules()),
    "state": to_json(WatchState(printer_id="printer")),
    "events": [to_json(Event(EventKind.FAILURE, 1.0, "print", "", Level.FAILURE))],
    "now": 1.0,
    "instance": "a",
    "clock_speed": 1.0,
}
_REPORT = {
    **_TOLD,
    "version": "0.1.0",
    "uuid": "u",
    "printer": {"name": "Default"},
    "detector": {"name": "built_in"},
    "machine": "m",
}
PUSHED = {"plugin": {"plugin": messages.PLUGIN, "data": {"type": "update", **_TOLD}}}


def _push(value: Any) -> None:
    messages.update_of(json.dumps(value))


def _text(data: bytes) -> None:
    each(messages.update_of, may_raise=OctoPrintError)(data.decode("utf-8", "replace"))


PARSERS = {
    "link": json_parser(each(_push, may_raise=OctoPrintError), PUSHED),
    "report": json_parser(
        each(messages.report_of, messages.prints_of, messages.course_of, may_raise=OctoPrintError), _REPORT
    ),
    "socket": Parser(_text, (json.dumps(PUSHED).encode(), b"[[[[", b'{"reauthRequired": 1}'), 1024),
}
