"""Store each printer's state on disk, so that it survives a restart."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ..engine import serialization
from ..engine.storage import read_json, write_json
from ..engine.watch.state import WatchState

_LOGGER = logging.getLogger(__name__)


class StateStore:
    """Keeps the newest state of each printer; writing happens on a thread of its own."""

    def __init__(self, folder: Path) -> None:
        """Keep the states in that folder."""
        self._folder = folder
        self._writer = ThreadPoolExecutor(1, "failwatch-state")
        self._newest: dict[str, WatchState] = {}
        self._waiting: set[str] = set()

    def load(self, printer_id: str) -> WatchState:
        """Return a printer's state as it was left."""
        if printer_id in self._newest:
            return self._newest[printer_id]
        content = read_json(self._path(printer_id))
        state = WatchState(printer_id=printer_id)
        if content is not None:
            try:
                state = serialization.from_json(WatchState, content)
            except ValueError as error:
                _LOGGER.warning(
                    "The state of printer %s cannot be read and begins anew: %s", printer_id, error
                )
        return replace(state, printer_id=printer_id)

    def save(self, state: WatchState) -> None:
        """Keep a state soon; returns at once. Of a printer's states that wait only the newest is written."""
        self._newest[state.printer_id] = state
        if state.printer_id not in self._waiting:
            self._waiting.add(state.printer_id)
            with suppress(RuntimeError):  # closed: the host is going down
                self._writer.submit(self._write, state.printer_id)

    def close(self) -> None:
        """Write the states that still wait."""
        self._writer.shutdown()

    def _write(self, printer_id: str) -> None:
        # What is saved from here on needs another turn.
        self._waiting.discard(printer_id)
        write_json(self._path(printer_id), serialization.to_json(self._newest[printer_id]))

    def _path(self, printer_id: str) -> Path:
        return self._folder / f"printer-{printer_id}.json"
