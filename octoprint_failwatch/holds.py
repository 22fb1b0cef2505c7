"""When not to look although a print runs: heating, too early, filament change, waiting for the user."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .detection.state import Phase
from .heating import HeatingUp
from .layers import layer_position
from .progress import Progress
from .sent_commands import SentCommands
from .watcher import Watcher

EVERY = 2.0
"""Seconds by the real clock between two looks at the printer."""
MOVED_ON_TWICE = 2

HEATING, TOO_EARLY = "heating", "too_early"
FILAMENT_CHANGE, WAITING, COMMAND = "filament_change", "waiting", "command"


@dataclass(slots=True)
class Halt:
    """The printer waits for somebody: over once the file goes on being printed."""

    position: int
    moved_on: int = 0

    def is_over(self, position: int) -> bool:
        """Return whether printing has gone on, twice in a row: what was already queued does not count."""
        self.moved_on = self.moved_on + 1 if position > self.position else 0
        self.position = position
        return self.moved_on >= MOVED_ON_TWICE


def is_too_early(when: Mapping[str, Any], progress: Progress, age: float, layer_at: int | None) -> bool:
    """Return whether the print, `age` seconds old, is not as far as the user wants before it is looked at."""
    return (
        age < float(when.get("after_minutes") or 0) * 60
        or progress.percent < float(when.get("after_percent") or 0)
        or (layer_at is not None and progress.position < layer_at)
    )


class Holds:
    """Keeps the watch's holds in step with the printer. Runs on the watch's loop."""

    def __init__(self, watcher: Watcher, sent: SentCommands) -> None:
        """Hold nothing yet."""
        self._watcher = watcher
        self._sent = sent
        self._heating_up = HeatingUp(told_when_over=False)
        self._layer_at: int | None = None
        self._halts: dict[str, Halt] = {}

    async def run(self) -> None:
        """Follow the printer until cancelled."""
        while True:
            self.update()
            await asyncio.sleep(EVERY)

    async def begin(self) -> None:
        """A print begins: decide before its first picture is taken."""
        host = self._watcher.host
        file, after_layer = host.print_file(), int(host.settings()["when"].get("after_layer") or 0)
        self._sent.begin()
        self._heating_up, self._halts = HeatingUp(told_when_over=file is not None), {}
        self._layer_at = await _find_layer(file, after_layer)
        self._decide(0.0)

    def halt(self, reason: str) -> None:
        """The printer changes filament, or waits for its user."""
        if self._watcher.state.phase is Phase.IDLE:
            return
        self._halts[reason] = Halt(self._watcher.host.progress().position)
        self._watcher.watch.hold(reason)

    def update(self) -> None:
        """Compare what the printer does with what the watch holds for."""
        state, now = self._watcher.state, self._watcher.clock.now()
        if state.phase not in (Phase.IDLE, Phase.PAUSED):
            self._decide(now - (now if state.started_at is None else state.started_at))

    def _decide(self, age: float) -> None:
        watch, host = self._watcher.watch, self._watcher.host
        when, progress = host.settings()["when"], host.progress()
        heats_up = self._heating_up.follow(progress.heat, has_laid=self._sent.has_laid, age=age)
        self._set(HEATING, heats_up and not when.get("heating"))
        self._set(TOO_EARLY, is_too_early(when, progress, age, self._layer_at))
        for reason, halt in list(self._halts.items()):
            if halt.is_over(progress.position):
                del self._halts[reason]
                watch.release(reason)

    def _set(self, reason: str, holds: bool) -> None:
        if holds:
            self._watcher.watch.hold(reason)
        else:
            self._watcher.watch.release(reason)


async def _find_layer(path: Path | None, layer: int) -> int | None:
    if layer <= 1 or path is None:
        return None
    with suppress(OSError):
        return await asyncio.get_running_loop().run_in_executor(None, layer_position, path, layer)
    return None
