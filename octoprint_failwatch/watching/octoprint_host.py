"""Connect the watch to OctoPrint."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from ..engine.watch.state import Event, WatchState
from ..notify.bus_events import event_name, payload
from ..permissions import viewers
from ..printer.print_control import Printer
from ..printer.print_identity import Job
from ..printer.progress import Progress, heat
from ..settings import DEFAULTS
from .octoprint_access import PrinterProfile

_LOGGER = logging.getLogger(__name__)

RUNNING = {"STARTING", "PRINTING", "PAUSING", "PAUSED", "RESUMING"}

Listener = Callable[[WatchState, Sequence[Event]], None]


class OctoPrintHost:
    """Reads OctoPrint's state, and reports changes in order on its own thread."""

    def __init__(self, plugin: Any) -> None:
        """Take the objects that OctoPrint injected into the plugin; `message` is set before anything changes."""
        self.message: Callable[[WatchState, Sequence[Event]], dict[str, Any]]
        self.printer: Printer = plugin._printer
        self.data_folder = Path(plugin.get_plugin_data_folder())
        self.local_url = f"http://127.0.0.1:{plugin.port}"
        self._octoprint = plugin._printer
        self._profiles = plugin._printer_profile_manager
        self._settings = plugin._settings
        self._plugins = plugin._plugin_manager
        self._bus = plugin._event_bus
        self._files = plugin._file_manager
        self._pause_scripts = plugin.pause_scripts
        self._teller = ThreadPoolExecutor(1, "failwatch-telling")
        self._listeners: list[Listener] = []

    @property
    def language(self) -> str:
        """The language that OctoPrint is set to, as a code such as "de"."""
        return str(self._settings.global_get(["appearance", "defaultLanguage"]) or "en")

    def settings(self) -> Mapping[str, Any]:
        """Return all current settings."""
        stored: Mapping[str, Any] = self._settings.get_all_data()
        return _complete(DEFAULTS, stored)

    def profile(self) -> PrinterProfile:
        """Return the printer that is connected, or would be."""
        profile = self._profiles.get_current_or_default()
        return PrinterProfile(str(profile["id"]), str(profile.get("name") or profile["id"]))

    def job(self) -> Job | None:
        """Return the job being printed or paused, None if there is none."""
        if self._octoprint.get_state_id() not in RUNNING:
            return None
        file = (self._octoprint.get_current_job() or {}).get("file") or {}
        if not file.get("path"):
            return None
        progress = (self._octoprint.get_current_data() or {}).get("progress") or {}
        return Job(
            str(file["path"]),
            str(file.get("origin") or "local"),
            str(file.get("display") or file.get("name") or file["path"]),
            int(progress.get("filepos") or 0),
            float(progress.get("printTime") or 0),
        )

    def progress(self) -> Progress:
        """Return how far the print is."""
        progress = (self._octoprint.get_current_data() or {}).get("progress") or {}
        return Progress(
            int(progress.get("filepos") or 0),
            float(progress.get("completion") or 0),
            heat(self._octoprint.get_current_temperatures() or {}),
        )

    def print_file(self) -> Path | None:
        """Return the file that is printed, None if it does not lie on this machine."""
        job = self.job()
        if job is None or job.origin != "local":
            return None
        return Path(self._files.path_on_disk(job.origin, job.path))

    def about_to_pause(self) -> None:
        """The pause that follows is FailWatch's."""
        self._pause_scripts.expect()

    def failed_to_pause(self) -> None:
        """No pause follows: the next one is somebody else's."""
        self._pause_scripts.expect_none()

    def listen(self, listener: Listener) -> None:
        """Hand every change to a listener as well, on the telling thread."""
        self._listeners.append(listener)

    def changed(self, state: WatchState, events: Sequence[Event]) -> None:
        """Tell browsers, other plugins and people; returns at once."""
        message = self.message(state, events)
        with suppress(RuntimeError):  # closed: OctoPrint is going down
            self._teller.submit(self._tell, message, state, tuple(events))

    def tell_pages(self, message: Mapping[str, Any]) -> None:
        """Send a message to the pages that are open."""
        self._plugins.send_plugin_message("failwatch", dict(message), permissions=viewers())

    def close(self) -> None:
        """Report the remaining changes."""
        self._teller.shutdown()

    def _tell(self, message: dict[str, Any], state: WatchState, events: Sequence[Event]) -> None:
        tell: list[Callable[[], object]] = [lambda: self.tell_pages(message)]
        tell += [partial(self._bus.fire, event_name(event.kind), payload(event, state)) for event in events]
        tell += [partial(listener, state, events) for listener in self._listeners]
        for one in tell:
            try:
                one()
            except Exception:
                _LOGGER.exception("Somebody could not be told")


def _complete(defaults: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with defaults for keys that an older configuration lacks, also within groups."""
    complete = dict(defaults) | dict(stored)
    for key, default in defaults.items():
        if isinstance(default, Mapping) and isinstance(stored.get(key), Mapping):
            complete[key] = _complete(default, stored[key])
    return complete
