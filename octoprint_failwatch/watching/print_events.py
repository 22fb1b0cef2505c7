"""Turn OctoPrint's events into starts, pauses and ends of a watched print, on the watch's loop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from octoprint.events import Events

from ..engine.watch.policy import Action
from ..engine.watch.state import Phase
from ..printer.pause_scripts import PauseScripts
from ..printer.print_control import GOING_ON
from ..printer.print_identity import Job, PrintIdentities, PrintIdentity
from .at_commands import FILE_ORDER, order
from .holds import FILAMENT_CHANGE, WAITING, Holds
from .watcher import Watcher

_LOGGER = logging.getLogger(__name__)

LISTENED_TO = {
    Events.PRINT_STARTED,
    Events.PRINT_PAUSED,
    Events.PRINT_RESUMED,
    Events.PRINT_DONE,
    Events.PRINT_FAILED,
    Events.PRINT_CANCELLED,
    Events.CONNECTED,
    Events.DISCONNECTED,
    Events.FILAMENT_CHANGE,
    Events.WAITING,
    FILE_ORDER,
}

UNSEEN_END = "no_status"
"""The outcome of a print whose end nobody saw, as after a power cut."""
FOLLOW_EVERY = 30.0
POSITION_LOOKS, POSITION_LOOK_EVERY = 40, 0.25
"""Seconds by the real clock."""


class Lifecycle:
    """Follows the prints of one OctoPrint, in the order of its events."""

    def __init__(
        self, watcher: Watcher, identities: PrintIdentities, holds: Holds, scripts: PauseScripts
    ) -> None:
        """Follow nothing before `catch_up`."""
        self._watcher = watcher
        self._holds = holds
        self._scripts = scripts
        self._identities = identities
        self._found: PrintIdentity | None = None

    async def catch_up(self) -> None:
        """Go on with a print that ran before OctoPrint, or this plugin, started."""
        job = self._watcher.host.job()
        if job is not None:
            await self._started(job, may_be_older=True)

    async def take(self, event: str, payload: Mapping[str, Any]) -> None:
        """Handle an event."""
        watch = self._watcher.monitor
        if event == Events.PRINT_STARTED and self._is_begun(payload):
            pass  # it was found running before this was told
        elif event == Events.PRINT_STARTED:
            if watch.state.phase is Phase.PAUSED:
                # A paused print is restarted: OctoPrint tells no end of what was printed before.
                self._ended("cancelled", {})
            job = _job_of(payload, self._watcher.host.job())
            # A printer may have printed from its card since before OctoPrint was there. What OctoPrint sends
            # itself it has just begun, however far comments and thumbnails in the file let it look.
            await self._started(job, may_be_older=job.origin != "local")
        elif event == Events.PRINT_PAUSED:
            # OctoPrint tells of a pause once all moves are made, which a resume may overtake; of one that a lost
            # connection cut short, seconds later and as one of the print that runs by then.
            if self._watcher.host.printer.get_state_id() not in GOING_ON:
                watch.pause()
        elif event == Events.PRINT_RESUMED:
            self._scripts.expect_none()
            watch.pause()
            watch.resume()
        elif event == Events.FILAMENT_CHANGE:
            self._holds.halt(FILAMENT_CHANGE)
        elif event == Events.WAITING:
            self._holds.halt(WAITING)
        elif event == FILE_ORDER:
            self._order(str(payload.get("parameters") or ""))
        elif event == Events.PRINT_DONE:
            self._ended("done", payload)
        elif event == Events.PRINT_CANCELLED:
            self._ended("cancelled", payload)
        elif event == Events.PRINT_FAILED and payload.get("reason") != "cancelled":
            # A cancelled print was ended by PrintCancelled; its PrintFailed comes whenever it likes.
            self._ended("failed", payload)
        elif event == Events.CONNECTED:
            await self._watcher.use_printer(self._watcher.host.profile())
        elif event == Events.DISCONNECTED:
            self._ended("disconnected", {})

    async def follow_job(self) -> None:
        """Note now and then how far the print is, and begin to watch one that nobody told of, until cancelled."""
        was_missed = was_left = False
        while True:
            await asyncio.sleep(FOLLOW_EVERY)
            job = self._watcher.host.job()
            is_left = job is None and self._is_left()
            if is_left and was_left:
                self._end_left()
            was_left = is_left
            is_missed = job is not None and self._identities.misses(job)
            if job is not None and is_missed and was_missed:  # an event is late at times, but not by as much
                _LOGGER.warning("A print runs of whose start OctoPrint told nothing")
                await self._started(job, may_be_older=job.origin != "local")
                self._found = self._identities.running
            elif job is not None:
                self._identities.note(job)
            was_missed = is_missed

    def _is_left(self) -> bool:
        """Return whether the watch knows a print from before OctoPrint started that is over for certain.

        OctoPrint may hear late of one that the printer goes on with from its card. What it sent itself ended with it.
        """
        state, known = self._watcher.state, self._identities.current
        if self._watcher.host.printer.get_state_id() != "OPERATIONAL":
            return False
        may_go_on = known is not None and known.print_id == state.print_id and known.origin != "local"
        return state.phase is Phase.IDLE and state.print_id is not None and not may_go_on

    def _end_left(self) -> None:
        known = self._identities.current
        if known is not None and known.print_id == self._watcher.state.print_id:
            self._identities.end(None, None)
        self._watcher.monitor.end(UNSEEN_END)

    def _is_begun(self, payload: Mapping[str, Any]) -> bool:
        """Return whether a print that started is the one that was found running, which is told of only once."""
        found, self._found = self._found, None
        running = self._identities.running
        if found is None or running is None or running.print_id != found.print_id:
            return False
        return running.is_of(_job_of(payload, self._watcher.host.job()))

    async def watch_it(self) -> None:
        """Watch the running print if watching is switched on and it is not watched yet."""
        identity = self._identities.running
        if identity is not None and self._watcher.host.job() is not None and self._is_to_be_watched(identity):
            await self._watch(identity)

    def leave_it(self) -> None:
        """Stop watching the print that runs: the user's switch is off."""
        self._watcher.monitor.end("not_watched")

    async def _started(self, job: Job, *, may_be_older: bool) -> None:
        await self._watcher.use_printer(self._watcher.host.profile())
        known = self._identities.current
        if may_be_older and self._identities.may_go_on(job):
            job = await self._with_position(job)
        identity = self._identities.begin(
            job, self._watcher.printer_id, time.time(), may_be_older=may_be_older
        )
        if identity != known:
            self._holds.switch(off=False)
        if self._watcher.host.settings()["watching"]:
            await self._watch(identity)

    async def _watch(self, identity: PrintIdentity) -> None:
        if self._watcher.state.phase is Phase.IDLE or self._watcher.state.print_id != identity.print_id:
            await self._holds.prepare()
            if not self._is_to_be_watched(identity):
                return
            self._holds.begin()
        self._watcher.monitor.start(identity.print_id, identity.name)
        if self._watcher.host.printer.get_state_id() == "PAUSED":
            self._watcher.monitor.pause()

    def _is_to_be_watched(self, identity: PrintIdentity) -> bool:
        """Return whether that print still runs for all that is known, and watching is not switched off."""
        running = self._identities.running
        runs = running is not None and running.print_id == identity.print_id
        return runs and bool(self._watcher.host.settings()["watching"])

    def _order(self, parameters: str) -> None:
        """Carry out an order from the print's file. What is typed while no print runs must not silence the next."""
        is_running = self._watcher.state.phase is not Phase.IDLE or self._watcher.host.job() is not None
        carry_out = order(parameters) if is_running else None
        if carry_out is not None:
            carry_out(self._holds, self._watcher.monitor)

    async def _with_position(self, job: Job) -> Job:
        """Return the job with its position: of a print from the printer's card it is known a little later."""
        for _ in range(POSITION_LOOKS):
            current = self._watcher.host.job()
            if current is None:
                break
            job = replace(job, position=current.position, age=current.age)
            if job.position > 0:
                break
            await asyncio.sleep(POSITION_LOOK_EVERY)
        return job

    def _ended(self, outcome: str, payload: Mapping[str, Any]) -> None:
        ended = self._identities.end(payload.get("path"), payload.get("time"))
        if ended is None and self._identities.running is not None:
            return  # it tells of an older print
        self._scripts.forget()
        self._holds.end()
        watch = self._watcher.monitor
        if (
            ended is not None
            and ended.print_id == watch.state.print_id
            and watch.state.phase is not Phase.IDLE
        ):
            if outcome == "cancelled":
                # The end may be told before the printer was looked at again: an ordered cancel has happened.
                watch.acted(Action.CANCEL)
            watch.end(outcome)


def _job_of(payload: Mapping[str, Any], current: Job | None) -> Job:
    """Return the job that an event tells of, with what is known of the one that runs if that is it."""
    path, origin = str(payload.get("path") or ""), str(payload.get("origin") or "local")
    runs = current is not None and (current.path, current.origin) == (path, origin)
    return current if current and runs else Job(path, origin, str(payload.get("name") or path))
