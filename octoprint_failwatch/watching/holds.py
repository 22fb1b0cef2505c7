"""Decide when not to look during a print: heating, too early, filament change, waiting for the user."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..engine.watch.state import SWITCHED_OFF, Phase
from ..printer.heating import HeatingUp
from ..printer.layers import layer_position
from ..printer.sent_commands import SentCommands
from .watcher import Watcher

EVERY = 2.0
"""Seconds by the real clock between two looks at the printer."""
MOVED_ON_TWICE = 2

HEATING, TOO_EARLY = "heating", "too_early"
FILAMENT_CHANGE, WAITING = "filament_change", "waiting"


@dataclass(slots=True)
class PrinterWait:
    """The printer waits for the user, until the file continues to be printed."""

    position: int
    moved_on: int = 0

    def is_over(self, position: int) -> bool:
        """Return whether printing continued twice in a row; one step may come from commands queued earlier."""
        self.moved_on = self.moved_on + 1 if position > self.position else 0
        self.position = position
        return self.moved_on >= MOVED_ON_TWICE


class Holds:
    """Keeps the watch's holds in step with the printer. Runs on the watch's loop."""

    def __init__(self, watcher: Watcher, sent: SentCommands) -> None:
        """Hold nothing yet."""
        self._watcher = watcher
        self._sent = sent
        self._heating_up = HeatingUp(told_when_over=False)
        self._file: Path | None = None
        self._after_layer = 0
        self._layer_at: int | None = None
        self._halts: dict[str, PrinterWait] = {}
        self._is_switched_off = False

    async def run(self) -> None:
        """Follow the printer until cancelled."""
        while True:
            if self._watcher.when.after_layer != self._after_layer:
                await self._find_layer()
            self.update()
            await asyncio.sleep(EVERY)

    async def prepare(self) -> None:
        """Read of the print's file what `begin` needs: of a large one that takes long."""
        self._file = self._watcher.host.print_file()
        await self._find_layer()

    def begin(self) -> None:
        """A print begins to be watched: decide before its first picture is taken."""
        self._heating_up, self._halts = HeatingUp(told_when_over=self._file is not None), {}
        self._set(SWITCHED_OFF, self._is_switched_off)
        self._decide(0.0)

    def end(self) -> None:
        """The print is over."""
        self._sent.forget()

    def switch(self, *, off: bool) -> None:
        """The print's file switches FailWatch off or on again, also while the print is not watched."""
        self._is_switched_off = off
        if self._watcher.state.phase is not Phase.IDLE:
            self._set(SWITCHED_OFF, off)

    def halt(self, reason: str) -> None:
        """The printer changes filament, or waits for its user."""
        if self._watcher.state.phase is Phase.IDLE:
            return
        self._halts[reason] = PrinterWait(self._watcher.host.progress().position)
        self._watcher.monitor.hold(reason)

    def update(self) -> None:
        """Update the watch's holds from what the printer does."""
        state, now = self._watcher.state, self._watcher.clock.now()
        if state.phase not in (Phase.IDLE, Phase.PAUSED):
            self._decide(now - (now if state.started_at is None else state.started_at))

    def _decide(self, age: float) -> None:
        watch, when = self._watcher.monitor, self._watcher.when
        progress = self._watcher.host.progress()
        heats_up = self._heating_up.follow(progress.heat, has_laid=self._sent.has_laid, age=age)
        self._set(HEATING, heats_up and not when.heating)
        self._set(TOO_EARLY, when.is_too_early(progress, age, self._layer_at))
        for reason, halt in list(self._halts.items()):
            if halt.is_over(progress.position):
                del self._halts[reason]
                watch.release(reason)

    def _set(self, reason: str, holds: bool) -> None:
        if holds:
            self._watcher.monitor.hold(reason)
        else:
            self._watcher.monitor.release(reason)

    async def _find_layer(self) -> None:
        file, layer = self._file, self._watcher.when.after_layer
        self._after_layer, self._layer_at = layer, None
        if layer <= 1 or file is None:
            return
        with suppress(OSError):
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(None, layer_position, file, layer)
            if (self._file, self._after_layer) == (file, layer):
                self._layer_at = found
