"""Read the plugin's JSON; every reader raises PluginTooOld for what it cannot read."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from ..engine.history.records import PrintRecord
from ..engine.serialization import from_json
from ..engine.watch.state import Event, EventKind, WatchState
from ..shared.recordings import Course
from .errors import ConnectionLost, PluginTooOld

PLUGIN: Final = "failwatch"
UNNAMED: Final = "Default"
"""What OctoPrint calls a printer that nobody has named."""
FRAME_LENGTH: Final = 9
"""Values of a recorded frame that the pages read."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that the plugin tells about itself and its watch."""

    version: str
    uuid: str
    printer_name: str
    detector: str
    watching: bool
    rules: Mapping[str, Any]
    state: WatchState
    now: float | None
    events: Sequence[Event] = ()
    """The last events, oldest first."""
    instance: str = ""
    """Which run of which OctoPrint answers; "" where an older plugin does not tell."""
    machine: str = ""
    """A text that only this machine has, "" where it has none."""
    clock_speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Update:
    """One message of the push socket."""

    watching: bool
    rules: Mapping[str, Any]
    state: WatchState
    events: Sequence[Event]
    now: float | None
    instance: str = ""
    clock_speed: float = 1.0


def report_of(data: Mapping[str, Any]) -> Report:
    """Return what the plugin answers when it is asked."""
    with _read():
        name = _text(data["printer"]["name"])
        return Report(
            version=_text(data["version"]),
            uuid=_text(data["uuid"]),
            printer_name="" if name == UNNAMED else name,
            detector=_text(data["detector"]["name"]),
            watching=bool(data["watching"]),
            rules=_mapping(data["rules"]),
            state=from_json(WatchState, data["state"]),
            now=_time(data.get("now")),
            events=_known_events(data.get("events", ())),
            instance=_text(data.get("instance", "")),
            machine=_text(data.get("machine", "")),
            clock_speed=_number(data.get("clock_speed", 1.0)),
        )


def prints_of(data: Mapping[str, Any]) -> list[PrintRecord]:
    """Return the prints in the plugin's answer."""
    with _read():
        return [from_json(PrintRecord, record) for record in data["prints"]]


def course_of(data: Mapping[str, Any]) -> Course:
    """Return the print in the plugin's answer with its frames."""
    with _read():
        from_json(PrintRecord, data["print"])
        return Course(
            print=dict(data["print"]),
            frames=[frame for frame in data["frames"] if len(_list(frame)) >= FRAME_LENGTH],
            marks=_list(data["marks"]),
            rules=_list(data["rules"]),
        )


def update_of(message: str) -> Update | None:
    """Return the update in a message of the push socket, None if it is about something else.

    Raises NotReachable where OctoPrint says that it will tell no more.
    """
    try:
        content = json.loads(message)
    except ValueError, RecursionError:
        return None
    if not isinstance(content, Mapping):
        return None
    if "reauthRequired" in content:
        raise ConnectionLost("session ended")
    envelope = content.get("plugin")
    if not isinstance(envelope, Mapping) or envelope.get("plugin") != PLUGIN:
        return None
    with _read():
        data = envelope["data"]
        if data.get("type") != "update":
            return None
        return Update(
            watching=bool(data["watching"]),
            rules=_mapping(data["rules"]),
            state=from_json(WatchState, data["state"]),
            events=_known_events(data["events"]),
            now=_time(data.get("now")),
            instance=_text(data.get("instance", "")),
            clock_speed=_number(data.get("clock_speed", 1.0)),
        )


@contextmanager
def _read() -> Iterator[None]:
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError) as error:
        raise PluginTooOld("The FailWatch plugin in OctoPrint does not fit this integration.") from error


def _known_events(values: Any) -> list[Event]:
    """Return the events of kinds that this release knows; those of a later plugin must not hide the rest."""
    return [from_json(Event, value) for value in values if value["kind"] in EventKind]


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is no object")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _time(value: Any) -> float | None:
    return None if value is None else _number(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{value!r} is no number")
    return float(value)
