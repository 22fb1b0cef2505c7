"""Run the watch on a thread of its own, and let OctoPrint's other threads reach it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from uuid import uuid4

from ..engine.clock import Clock
from ..engine.detectors.single_use_pictures import SingleUsePictures
from ..engine.watch.messages import update_json
from ..engine.watch.state import Event, Phase, WatchState
from ..notify.event_log import log_events
from ..notify.notifications import Notifications
from ..notify.texts import MessageTexts
from ..printer.pause_scripts import PauseScripts
from ..printer.print_identity import PrintIdentities
from ..printer.sent_commands import SentCommands
from .holds import Holds
from .inbox import Inbox
from .installation import Installation
from .keep_going import keep_going
from .loop_thread import LoopThread
from .octoprint_host import OctoPrintHost
from .print_events import Lifecycle
from .unsaved import Unsaved, can_store
from .watcher import Watcher
from .webcams import titles

_LOGGER = logging.getLogger(__name__)

T = TypeVar("T")
SETTLED_WITHIN = 30.0
"""Seconds that whoever starts FailWatch, or changes its settings, waits for that to be done."""
RECENT_EVENTS = 50
"""Events that are told to whoever asks, for those that the push socket does not reach."""


class Service:
    """Lives from OctoPrint's start to its end, or while the plugin is enabled."""

    def __init__(
        self, host: OctoPrintHost, pictures: SingleUsePictures, scripts: PauseScripts, sent: SentCommands
    ) -> None:
        """Open the files."""
        self.host = host
        # Nobody else answers with it: neither a copy of this folder, nor this OctoPrint after a restart.
        self.instance = uuid4().hex
        self.clock = Clock()
        self.installation = Installation(host.data_folder / "installation.json")
        self.watcher = Watcher(host, self.clock, self.installation, pictures)
        identities = PrintIdentities(host.data_folder / "print.json")
        self._holds = Holds(self.watcher, sent)
        self.lifecycle = Lifecycle(self.watcher, identities, self._holds, scripts)
        self.notifications = Notifications(
            self.watcher,
            lambda: MessageTexts(host.language, titles()),
            lambda: host.tell_pages({"type": "undelivered"}),
        )
        self._events: asyncio.Queue[tuple[str, Mapping[str, Any]]] = asyncio.Queue()
        self._thread = LoopThread("failwatch")
        self._inbox = Inbox("failwatch-inbox", self._thread.post)
        self._tasks: list[asyncio.Task[None]] = []
        self._recent: deque[Event] = deque(maxlen=RECENT_EVENTS)

    def start(self) -> None:
        """Open the watch, and go on with a print that runs already; waits for that no longer than some seconds."""
        self.host.message = self.update
        self.host.listen(log_events)
        self.host.listen(self.notifications.tell)
        self._finish(self._open())

    def stop(self) -> None:
        """Leave everything on disk, and end the thread."""
        with suppress(TimeoutError):
            self._thread.ask(self._close())
        self._inbox.close()
        self._thread.stop()
        self.host.close()
        self.notifications.close()
        self.installation.close()

    def hand_over(self, event: str, payload: Mapping[str, Any] | None) -> None:
        """Pass an event of OctoPrint's bus to the watch; returns at once."""
        # The bus shares one payload between all plugins, and changes it for later events.
        taken = event, dict(payload or {})
        self._inbox.put(lambda: self._events.put_nowait(taken))

    def ask(self, work: Callable[[Watcher], T]) -> T:
        """Have the watch's thread do something that takes no time, and return the result."""

        async def do() -> T:
            return work(self.watcher)

        return self._thread.ask(do())

    def run(self, work: Any, patience: float = 30.0) -> Any:
        """Have the watch's thread run a coroutine, and return its result; raises TimeoutError."""
        return self._thread.ask(work, patience)

    def settings_changed(self) -> None:
        """Apply the current settings as soon as the detector in use has answered its last picture."""
        self._finish(self._take_settings())

    def update(self, state: WatchState, events: Sequence[Event]) -> dict[str, Any]:
        """Return the push message for a change."""
        self._recent.extend(events)
        watching = bool(self.host.settings()["watching"])
        message = update_json(state, events, self.watcher.rules, self.clock, watching=watching)
        # Each look is stored; without a print nothing tells what is true now.
        if state.phase is not Phase.IDLE:
            message["unsaved"] = self.watcher.unsaved or ""
        return {**message, "pictures": list(self.watcher.frames), "instance": self.instance}

    def unsaved(self) -> Unsaved | None:
        """Return why nothing can be stored at this moment. Blocks."""
        watcher = self.watcher
        if watcher.unsaved and watcher.state.phase is Phase.IDLE and can_store(self.host.data_folder):
            return None
        return watcher.unsaved

    def recent_events(self) -> list[Event]:
        """Return the last events, oldest first."""
        return list(self._recent)

    def _finish(self, work: Coroutine[Any, Any, None]) -> None:
        """Have the watch's thread do something that may take longer than whoever asked for it waits."""

        async def do() -> None:
            doing = asyncio.get_running_loop().create_task(work)
            self._tasks.append(doing)
            doing.add_done_callback(self._tasks.remove)
            await asyncio.shield(doing)

        with suppress(TimeoutError):
            self._thread.ask(do(), SETTLED_WITHIN)

    async def _open(self) -> None:
        await self.watcher.open()
        try:
            await self.lifecycle.catch_up()
        except Exception:
            _LOGGER.exception("A print that runs already could not be found")
        loop = asyncio.get_running_loop()
        for work in (self._follow_events, self._holds.run, self.lifecycle.follow_job):
            self._tasks.append(loop.create_task(keep_going(work)))

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.watcher.close()

    async def _follow_events(self) -> None:
        while True:
            event, payload = await self._events.get()
            try:
                await self.lifecycle.take(event, payload)
            except Exception:
                _LOGGER.exception("The event %s could not be followed", event)

    async def _take_settings(self) -> None:
        await self.watcher.rebuild()
        if self.host.settings()["watching"]:
            await self.lifecycle.watch_it()
        else:
            self.lifecycle.leave_it()
        self.host.changed(self.watcher.state, ())
