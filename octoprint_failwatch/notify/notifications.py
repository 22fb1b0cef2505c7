"""Notify people through Apprise: one message for each change, with the picture."""

from __future__ import annotations

import logging
import threading
import time as clock
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from ..engine.errors import BadPicture
from ..engine.imaging.annotation import tagged
from ..engine.judging.verdict import Level
from ..engine.watch.policy import Action
from ..engine.watch.state import Event, EventKind, Phase, WatchState
from .outbox import Outbox, Undelivered
from .sending import Message, send
from .texts import MessageTexts

if TYPE_CHECKING:
    from ..watching.watcher import Watcher

_LOGGER = logging.getLogger(__name__)

URGENT = {
    EventKind.FAILURE,
    EventKind.COUNTDOWN,
    EventKind.CALLED_OFF,
    EventKind.ACTION,
    EventKind.ACTION_FAILED,
}
"""What is sent in quiet hours too."""
ALARMS = {EventKind.MAYBE, EventKind.FAILURE}
BY_ITSELF = {"done", "failed", "disconnected"}
"""How a print ends that nobody cancelled."""
SIGHT = {
    EventKind.BLIND,
    EventKind.SEEING,
    EventKind.CAMERA_BLIND,
    EventKind.CAMERA_SEEING,
    EventKind.CAMERA_MOVED,
}
"""What tells whether FailWatch, or one of its cameras, sees."""


class Notifications:
    """Sends the notifications that the user wants, on its own thread."""

    def __init__(
        self, watcher: Watcher, wording: Callable[[], MessageTexts], told: Callable[[], None]
    ) -> None:
        """Start no thread before there is something to send.

        `wording` has the language of the moment; `told` is called when there is something else to say of
        what could not be sent.
        """
        self._watcher = watcher
        self._wording = wording
        self._told = told
        self._state = WatchState("")
        self._left_to_action: Event | None = None
        self._outbox = Outbox(send, lambda url: url in self._watcher.host.settings()["notify"]["urls"])
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def tell(self, state: WatchState, events: Sequence[Event]) -> None:
        """Send notifications for events that deserve one; returns at once."""
        self._state = state
        settings = self._watcher.host.settings()
        urls = settings["notify"]["urls"]
        if not urls:
            return
        quiet = is_quiet(settings["notify"], datetime.now().astimezone().time())
        wanted = [event for event in events if is_wanted(event, state, settings)]
        overtaken = self._overtaken(events, state)
        wanted += overtaken
        wanted = [event for event in wanted if event.kind in URGENT or not quiet]
        if not wanted:
            return
        wording = self._wording()
        text = "\n".join(wording.event(event, state) for event in wanted)
        title = f"FailWatch: {self._watcher.profile.name}"
        attaches = settings["notify"]["picture"] and any(is_shown(event, state) for event in wanted)
        message = Message(title, text, self._picture(state) if attaches else None)

        def is_news() -> bool:
            # Of a failure whose print is over nobody is told anything else.
            return bool(overtaken) or any(still_holds(event, self._state) for event in wanted)

        self._outbox.put(list(urls), message, wanted[-1].at, is_news, clock.monotonic())
        self._wake()

    def _overtaken(self, events: Sequence[Event], state: WatchState) -> list[Event]:
        """Return the alarm that was left to the message of an action, where the print ended before that came."""
        overtaken = []
        for event in events:
            if event.kind in ALARMS and state.intervention.countdown is not None:
                self._left_to_action = event
            elif event.kind is EventKind.ENDED and event.detail in BY_ITSELF and self._left_to_action:
                overtaken.append(self._left_to_action)
                self._left_to_action = None
            elif event.kind not in SIGHT:
                self._left_to_action = None
        return overtaken

    def try_out(self, url: str, message: Message) -> None:
        """Send a message at once, and only once; raises NotSent."""
        send(url, message)
        self._outbox.delivered(url)

    def undelivered(self) -> list[Undelivered]:
        """Return the addresses that did not take their last message."""
        return self._outbox.undelivered()

    def close(self) -> None:
        """Send no more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def _wake(self) -> None:
        with self._changed:
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name="failwatch-notify", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        while not self._is_closed:
            before = self._outbox.undelivered()
            try:
                self._outbox.try_due(clock.monotonic())
            except Exception:
                _LOGGER.exception("Messages could not be sent")
            if self._outbox.undelivered() != before:
                self._told()
            with self._changed:
                due = self._outbox.next_due()
                pause = None if due is None else due - clock.monotonic()
                if not self._is_closed and (pause is None or pause > 0):
                    self._changed.wait(pause)

    def _picture(self, state: WatchState) -> bytes | None:
        frames = self._watcher.frames
        views = state.look.views if state.look else ()
        for view in sorted(views, key=lambda view: -view.p):
            if view.camera in frames:
                with suppress(BadPicture):
                    return tagged(frames[view.camera].jpeg, view.boxes)
        return None


def is_wanted(event: Event, state: WatchState, settings: Mapping[str, Any]) -> bool:
    """Return whether the user wants to be notified of an event."""
    if event.minor:
        return False
    if event.kind in ALARMS:
        # Where an action follows, its own message says all of this.
        action = settings["on_failure" if event.kind is EventKind.FAILURE else "on_maybe"]
        return action != Action.NOTHING and state.intervention.countdown is None
    if event.kind in SIGHT:
        return not state.is_silent(event.at)
    return event.kind in URGENT


def is_shown(event: Event, state: WatchState) -> bool:
    """Return whether the last picture shows what an event is about: of being blind it shows nothing."""
    if event.kind in (EventKind.BLIND, EventKind.CAMERA_BLIND):
        return False
    return state.blind is None or event.level is not Level.NONE


def is_quiet(notify_settings: Mapping[str, Any], now: time) -> bool:
    """Return whether it is within the quiet hours, which may span midnight."""
    begins, ends = (_time(notify_settings.get(key)) for key in ("quiet_from", "quiet_until"))
    if begins is None or ends is None:
        return False
    return begins <= now < ends if begins <= ends else now >= begins or now < ends


def still_holds(event: Event, state: WatchState) -> bool:
    """Return whether a message about an event still holds in the watch's current state."""
    if event.kind is EventKind.ACTION and event.detail == Action.CANCEL:
        return state.print_id == event.print_id
    if state.print_id != event.print_id or state.phase is Phase.IDLE:
        return False
    blind_cameras = {blind.camera for blind in state.blind_cameras}
    match event.kind:
        case EventKind.COUNTDOWN:
            return state.intervention.countdown is not None
        case EventKind.ACTION | EventKind.CALLED_OFF:
            return state.phase is Phase.PAUSED
        case EventKind.ACTION_FAILED:
            return state.intervention.ordered is not None
        case EventKind.BLIND:
            return state.blind is not None
        case EventKind.SEEING:
            return state.blind is None
        case EventKind.CAMERA_BLIND:
            return event.camera in blind_cameras
        case EventKind.CAMERA_SEEING:
            return event.camera not in blind_cameras
        case _:
            return state.latch.level is event.level


def _time(text: object) -> time | None:
    try:
        return time.fromisoformat(str(text))
    except ValueError:
        return None
