"""Telling people through Apprise: one message for each change, the picture attached."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from ..engine.errors import BadPicture, BadSetting
from ..engine.imaging.annotation import tagged
from ..engine.judging.verdict import Level
from ..engine.watch.policy import Action
from ..engine.watch.state import Event, EventKind, WatchState
from .texts import MessageTexts

if TYPE_CHECKING:
    from ..watching.watcher import Watcher

_LOGGER = logging.getLogger(__name__)

URGENT = {
    EventKind.FAILURE,
    EventKind.COUNTDOWN,
    EventKind.ACTION,
    EventKind.ACTION_FAILED,
}
"""What is sent in quiet hours too."""
SIGHT = {
    EventKind.BLIND,
    EventKind.SEEING,
    EventKind.CAMERA_BLIND,
    EventKind.CAMERA_SEEING,
    EventKind.CAMERA_MOVED,
}
"""What tells whether FailWatch, or one of its cameras, sees."""


class Notifications:
    """Sends on a thread of its own what the user wants to be told."""

    def __init__(self, watcher: Watcher, wording: Callable[[], MessageTexts]) -> None:
        """Start no thread before there is something to send; `wording` has the language of the moment."""
        self._watcher = watcher
        self._wording = wording
        self._sender = ThreadPoolExecutor(1, "failwatch-notify")

    def tell(self, state: WatchState, events: Sequence[Event]) -> None:
        """Send what these events are worth telling; returns at once."""
        settings = self._watcher.host.settings()
        urls = settings["notify"]["urls"]
        if not urls:
            return
        quiet = is_quiet(settings["notify"], datetime.now().astimezone().time())
        wanted = [
            event
            for event in events
            if is_wanted(event, state, settings) and (event.kind in URGENT or not quiet)
        ]
        if not wanted:
            return
        wording = self._wording()
        text = "\n".join(wording.event(event, state) for event in wanted)
        title = f"FailWatch: {self._watcher.profile.name}"
        attaches = settings["notify"]["picture"] and any(is_shown(event, state) for event in wanted)
        picture = self._picture(state) if attaches else None
        with suppress(RuntimeError):  # closed: OctoPrint is going down
            self._sender.submit(self._send, list(urls), title, text, picture)

    def close(self) -> None:
        """Send no more."""
        self._sender.shutdown(wait=False)

    def _picture(self, state: WatchState) -> bytes | None:
        frames = self._watcher.frames
        views = state.look.views if state.look else ()
        for view in sorted(views, key=lambda view: -view.p):
            if view.camera in frames:
                with suppress(BadPicture):
                    return tagged(frames[view.camera].jpeg, view.boxes)
        return None

    def _send(self, urls: Sequence[str], title: str, text: str, picture: bytes | None) -> None:
        try:
            if not notify(urls, title, text, picture):
                _LOGGER.warning("At least one service did not take the message")
        except Exception as error:  # noqa: BLE001 - a hundred services may raise anything
            _LOGGER.warning("The message could not be sent: %s", type(error).__name__)


def is_wanted(event: Event, state: WatchState, settings: Mapping[str, Any]) -> bool:
    """Return whether people are told of an event."""
    if event.minor:
        return False
    if event.kind in (EventKind.MAYBE, EventKind.FAILURE):
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


def target(url: str) -> str:
    """Return an address without what is secret in it; raises BadSetting if it is none."""
    import apprise

    service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if service is None:
        raise BadSetting(gettext("This is no address that Apprise understands."))
    return str(service.url(privacy=True))


def notify(urls: Sequence[str], title: str, text: str, picture: bytes | None) -> bool:
    """Send a message, and return whether every service took it. Blocks."""
    import apprise
    from apprise.attachment.memory import AttachMemory

    sender = apprise.Apprise()
    for url in urls:
        sender.add(url)
    attached = AttachMemory(content=picture, name="failwatch.jpg", mimetype="image/jpeg") if picture else None
    return bool(sender.notify(title=title, body=text, attach=attached))


def _time(text: object) -> time | None:
    try:
        return time.fromisoformat(str(text))
    except ValueError:
        return None
