"""The interface through which the watch reaches OctoPrint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..engine.watch.state import Event, WatchState
from ..printer.print_control import Printer
from ..printer.print_identity import Job
from ..printer.progress import Progress


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """A printer as OctoPrint's user knows it."""

    id: str
    name: str


class OctoPrintAccess(Protocol):
    """OctoPrint, as far as the watch deals with it. Every method may be called from any thread."""

    @property
    def printer(self) -> Printer:
        """The printer to pause or cancel."""

    @property
    def data_folder(self) -> Path:
        """Where FailWatch keeps its files."""

    @property
    def local_url(self) -> str:
        """Where OctoPrint answers on this machine."""

    def settings(self) -> Mapping[str, Any]:
        """Return all current settings."""

    def profile(self) -> PrinterProfile:
        """Return the printer that is connected, or would be."""

    def job(self) -> Job | None:
        """Return the job being printed or paused, None if there is none."""

    def progress(self) -> Progress:
        """Return how far the print is."""

    def print_file(self) -> Path | None:
        """Return the file that is printed, None if it does not lie on this machine."""

    def about_to_pause(self) -> None:
        """The pause that follows is FailWatch's."""

    def failed_to_pause(self) -> None:
        """No pause follows: the next one is somebody else's."""

    def changed(self, state: WatchState, events: Sequence[Event]) -> None:
        """Tell browsers, other plugins and people."""
