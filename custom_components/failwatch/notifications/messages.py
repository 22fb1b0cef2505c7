"""Compose messages and their buttons from a watch's events."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..const import CONF_ON_FAILURE, CONF_ON_MAYBE, NO_LINK, NO_STATUS
from ..coordinator import JobCommand, PrinterCoordinator, event_type
from ..engine.judging.verdict import Level
from ..engine.watch.policy import Action
from ..engine.watch.state import Event, EventKind, Phase, present_level
from ..shared.details import why_not
from .buttons import Button, Press, button

ALARM, VETO, SIGHT, REPLY = "alarm", "veto", "sight", "reply"
"""Topics: a new message replaces the one before of its topic. A pause that an automation announces is one of its own,
and so is the reply to a button of another print."""
TOPICS: Final = (ALARM, VETO, SIGHT, REPLY)

IMPORTANCE: Final = (
    "action_failed",
    "cancelled",
    "paused",
    "countdown",
    "called_off",
    "failure",
    "maybe",
    "blind",
    "camera_blind",
    "seeing",
)
"""What is told of, the most important first: what happens at once is one message."""
SETTLES: Final[Mapping[str, tuple[str, ...]]] = {
    "acknowledged": TOPICS,
    "cleared": (ALARM, VETO),
    "seeing": (SIGHT,),
    "camera_seeing": (SIGHT,),
    "ended": TOPICS,
}
"""What ends the messages of which topics."""
DONE: Final = ("action_failed", "cancelled", "paused", "countdown")
"""What is said in other words of a print that is not failing."""
OVER: Final = ("cancelled", "paused", "called_off")
"""What is said once nothing more happens to the print by itself."""
CALM: Final = ("idle", "unknown", "none")
"""What is said where nothing is to be answered, if somebody asks for a message all the same."""
REPEATED: Final[Mapping[str, tuple[Phase, ...]]] = {
    **dict.fromkeys(("action_failed", "countdown", "failure"), (Phase.WATCHING, Phase.BLIND)),
    "paused": (Phase.PAUSED,),
}
"""What is said once more if nobody answers, while the watch is in one of these phases."""
SIGHTS: Final = ("blind", "camera_blind", "seeing")
KNOWN_REASONS: Final = (
    "dark",
    "no_snapshot",
    "frozen",
    "light_failed",
    "not_authorised",
    "rate_limited",
    NO_STATUS,
    NO_LINK,
)


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be told: the key of its text with what goes into it, and its buttons."""

    text: str
    topic: str = ALARM
    values: Mapping[str, str] = field(default_factory=dict)
    buttons: Sequence[Button] = ()
    urgent: bool = False
    shows_picture: bool = False
    repeated_in: Collection[Phase] = ()
    due: datetime | None = None
    """When it says that something comes, after which it is no news."""


def compose(printer: PrinterCoordinator, events: Sequence[Event]) -> Message | None:
    """Return the message about what happened at once, None where nothing is to be told."""
    told: dict[str, Event] = {}
    for event in events:
        if event.kind is not EventKind.ENDED:
            # In a gap of the link, what was answered or is over meanwhile may come together with what began it.
            over = SETTLES.get(event_type(event), ())
            told = {kind: one for kind, one in told.items() if _topic(kind) not in over}
        if _is_wanted(printer, event):
            told[event_type(event)] = event
    kind = next((kind for kind in IMPORTANCE if kind in told), None)
    if kind is None:
        return None
    event = told[kind]
    return message_about(
        printer,
        kind,
        print_id=event.print_id,
        level=event.level,
        detail=event.detail,
        camera=event.camera,
    )


def settled(events: Sequence[Event]) -> set[str]:
    """Return the topics that are over."""
    return {topic for event in events for topic in SETTLES.get(event_type(event), ())}


def message_about(
    printer: PrinterCoordinator,
    kind: str,
    *,
    print_id: str | None,
    level: Level,
    detail: str = "",
    camera: str = "",
    due: datetime | None = None,
) -> Message:
    """Return the message about an event of a kind. `due` is when a pause comes that FailWatch does not plan."""
    values = {"print": printer.data.print_name, "problem": detail, "camera": camera}
    if kind == "action_failed":
        values["problem"] = why_not(printer.hass, detail)
    # A print is also paused because it looks suspicious, cannot be seen, or somebody asked for it.
    failing = "" if level is Level.FAILURE or kind not in DONE else "_plain"
    message = Message(
        f"message_{kind}{failing}",
        values=values,
        topic=_topic(kind),
        shows_picture=True,
        repeated_in=REPEATED.get(kind, ()),
    )
    make = _Buttons(printer, print_id)
    if kind in SIGHTS:
        reason = detail if detail in KNOWN_REASONS else "other"
        text = f"message_blind_{reason}" if kind == "blind" else message.text
        return replace(message, text=text, shows_picture=False)
    message = replace(message, buttons=make.about(kind), urgent=kind not in ("maybe", *OVER, *CALM))
    if kind == "countdown":
        told = _countdown(printer, values, due)
        return replace(message, **{**told, "text": told["text"] + failing})
    return message


def standing(printer: PrinterCoordinator) -> str:
    """Return the kind of message that says how things stand now."""
    if not printer.is_connected:
        return "blind"
    if printer.data.phase is Phase.IDLE:
        return "unknown" if printer.is_unsure else "idle"
    level = present_level(printer.data)
    if level is Level.NONE and printer.is_blind:
        return "blind"
    return "unknown" if printer.known_level is None else level.value


def unanswered(printer: PrinterCoordinator) -> Message | None:
    """Return the message about what waits for an answer now, None where nothing does."""
    state, kind, detail = printer.data, standing(printer), ""
    order = state.intervention.wanted_order
    if state.phase is Phase.PAUSED:
        kind = "none" if state.intervention.paused_at is None else "paused"
    elif state.intervention.countdown is not None:
        kind = "countdown"
    elif order is not None and order.problems:
        kind, detail = "action_failed", f"{order.action}: {order.problems[-1]}"
    is_open = kind in REPEATED and not state.latch.confirmed and not state.is_silent(printer.clock[0])
    if not is_open or _is_ignored(printer, kind):
        return None
    return message_about(printer, kind, print_id=state.print_id, level=state.level, detail=detail)


def why_blind(printer: PrinterCoordinator) -> str:
    """Return why a print cannot be checked, as a stable key."""
    if not printer.is_connected:
        return NO_LINK
    blind = printer.data.blind
    return NO_STATUS if printer.status_problem else blind.reason if blind else ""


def reply(printer: PrinterCoordinator, text: str, problem: str = "") -> Message:
    """Return the answer to a button that led to nothing: with what can still be done about the print."""
    kind = "countdown" if printer.data.intervention.countdown else "failure"
    kind = "paused" if printer.data.phase is Phase.PAUSED else kind
    make = _Buttons(printer, printer.data.print_id)
    return Message(text, values={"problem": problem}, buttons=make.about(kind), shows_picture=True)


def _countdown(
    printer: PrinterCoordinator, values: Mapping[str, str], due: datetime | None
) -> dict[str, Any]:
    """Return what is told of a pause or cancel that comes unless somebody says no."""
    countdown = printer.data.intervention.countdown
    action, due_by_watch = "pause", due is None
    if due_by_watch and countdown is not None:
        action, due = countdown.action.value, printer.local_time(countdown.due_at)
    at = dt_util.as_local(due).strftime("%H:%M:%S") if due else "–"  # noqa: RUF001
    return {
        "text": f"message_countdown_{action}",
        "topic": ALARM if due_by_watch else VETO,
        "values": {**values, "time": at},
        "due": due,
    }


def _topic(kind: str) -> str:
    return SIGHT if kind in SIGHTS else ALARM


def _is_ignored(printer: PrinterCoordinator, kind: str) -> bool:
    choice = {"maybe": CONF_ON_MAYBE, "failure": CONF_ON_FAILURE}.get(kind)
    return choice is not None and printer.message_settings.get(choice) == Action.NOTHING


def _is_wanted(printer: PrinterCoordinator, event: Event) -> bool:
    # That a printer is heard again is told: whoever read that it is not may be on the way to it.
    is_known = event.kind is EventKind.SEEING and event.detail not in (NO_STATUS, NO_LINK)
    return not event.minor and not _is_ignored(printer, event_type(event)) and not is_known


@dataclass(frozen=True, slots=True)
class _Buttons:
    """Makes the buttons that can work for a print."""

    printer: PrinterCoordinator
    print_id: str | None

    def about(self, kind: str) -> tuple[Button, ...]:
        """Return the buttons of a message of a kind."""
        if kind in ("cancelled", *CALM):
            return ()
        ok = self.one(Press.NOT_A_FAILURE, "button_not_a_failure")
        failed = self.one(Press.FAILED, "button_it_failed")
        stop = (*self.job("pause"), *self.job("cancel"))
        if kind == "countdown":
            return (*self.one(Press.KEEP, "button_keep"), *stop)
        if kind in ("paused", "called_off"):
            on = (*self.job("resume"), *self.job("resume", Press.CLEARED, "button_cleared")) or ok
            return (*on, *self.job("cancel"), *failed)
        return (*ok, *stop, *failed)

    def one(self, press: Press, text: str) -> tuple[Button, ...]:
        return (button(press, text, self.printer.key, self.print_id),)

    def job(
        self, command: JobCommand, press: Press | None = None, text: str | None = None
    ) -> tuple[Button, ...]:
        """Return a button for a command that the printer can be given, or none."""
        if command not in self.printer.job_commands:
            return ()
        return self.one(press or Press[command.upper()], text or f"button_{command}")


def are_you_sure(printer: PrinterCoordinator) -> Message:
    """Return the question before a print is cancelled by hand."""
    make = _Buttons(printer, printer.data.print_id)
    return Message(
        "message_sure",
        values={"print": printer.data.print_name},
        buttons=(
            *make.one(Press.CANCEL_SURELY, "button_cancel_surely"),
            *make.one(Press.CLOSE, "button_close"),
        ),
    )
