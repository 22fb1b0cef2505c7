"""The plugin class that OctoPrint loads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import octoprint.plugin

from . import settings
from .discovery import announce
from .engine.detectors.single_use_pictures import SingleUsePictures
from .printer.gentle_pause import GentlePause
from .printer.pause_scripts import PauseScripts
from .printer.sent_commands import SentCommands
from .watching.octoprint_host import OctoPrintHost
from .watching.picture_urls import PATH
from .watching.print_events import LISTENED_TO
from .watching.runtime import Service
from .web.api import Api
from .web.assets import Pages
from .web.history import PastPrints
from .web.notification_targets import TargetCommands
from .web.pictures import Pictures
from .web.tuning import TuningCommands


class FailWatchPlugin(
    Api,
    Pages,
    PastPrints,
    Pictures,
    octoprint.plugin.EventHandlerPlugin,  # type: ignore[misc]
    octoprint.plugin.SettingsPlugin,  # type: ignore[misc]
    octoprint.plugin.ShutdownPlugin,  # type: ignore[misc]
    octoprint.plugin.StartupPlugin,  # type: ignore[misc]
):
    """Starts the watch, passes events to it, and stores its settings."""

    def __init__(self) -> None:
        """Do nothing yet: OctoPrint has not injected anything."""
        super().__init__()
        self.service: Service | None = None
        self._hand_over: Callable[[str, Mapping[str, Any] | None], None] | None = None
        self.improving = TuningCommands(lambda: self._settings)
        self.targets = TargetCommands(lambda: self._settings)
        self.port = 5000
        self.sent_commands = SentCommands()
        self.pause_scripts = PauseScripts(
            self._gentle_pause,
            self._temperatures,
            self.sent_commands.modes,
            self._users_script,
        )
        self.pictures = SingleUsePictures(lambda name: PATH + name)

    # Start and end

    def on_startup(self, _host: str, port: int) -> None:
        """Remember where OctoPrint answers."""
        self.port = port

    def on_after_startup(self) -> None:
        """Start to watch."""
        service = Service(OctoPrintHost(self), self.pictures, self.pause_scripts, self.sent_commands)
        # A print may begin while the watch is still being opened.
        self._hand_over = service.hand_over
        service.start()
        self.service = service
        self.announce()

    def announce(self) -> None:
        """Tell the network where FailWatch is, and which one."""
        service = self.service
        if service is not None:
            prefix = self._settings.global_get(["plugins", "discovery", "pathPrefix"]) or "/"
            announce(self._plugin_manager, service.installation.uuid, service.instance, str(prefix))

    def on_shutdown(self) -> None:
        """Stop watching."""
        service, self.service = self.service, None
        self._hand_over = None
        if service is not None:
            service.stop()

    # Events

    def on_event(self, event: str, payload: Mapping[str, Any] | None) -> None:
        """Pass relevant events to the watch's thread without waiting: OctoPrint's bus waits for this to return."""
        hand_over = self._hand_over
        if hand_over is not None and event in LISTENED_TO:
            hand_over(event, payload)

    def fire(self, event: str, payload: Mapping[str, Any]) -> None:
        """Put an event on OctoPrint's bus without waiting."""
        self._event_bus.fire(event, payload)

    # Settings

    def get_settings_defaults(self) -> dict[str, Any]:
        """Return every setting's default."""
        return settings.DEFAULTS

    def on_settings_initialized(self) -> None:
        """Remove hand-written values from the configuration that OctoPrint could not return."""
        stored = self._settings.get_all_data(merged=False)
        sound = settings.storable(stored)
        if isinstance(stored, Mapping):
            sound |= {key: stored[key] for key in [self.config_version_key] if key in stored}
        if stored and sound != stored:
            self._logger.warning("Settings that cannot be were dropped from the configuration.")
            self._settings.set([], sound)
            self._settings.save()

    def get_settings_version(self) -> int:
        """Return the version of the settings' layout."""
        return settings.VERSION

    def get_settings_restricted_paths(self) -> dict[str, list[list[str]]]:
        """Return the settings that are never returned, and those that only administrators see."""
        return settings.RESTRICTED_PATHS

    def on_settings_save(self, data: dict[str, Any]) -> dict[str, Any]:
        """Store changed settings, and watch by them."""
        service = self.service
        data = settings.storable(data)
        if service is not None:
            settings.keep_secrets(service.host.settings(), data)
        saved: dict[str, Any] = octoprint.plugin.SettingsPlugin.on_settings_save(self, data)
        if service is not None:
            service.settings_changed()
        return saved

    def _gentle_pause(self) -> GentlePause | None:
        service = self.service
        return None if service is None else service.watcher.gentle_pause

    def _temperatures(self) -> Mapping[str, Any]:
        known: Mapping[str, Any] | None = self._printer.get_current_temperatures()
        return known or {}

    def _users_script(self, name: str) -> str | None:
        script: str | None = self._settings.settings.loadScript("gcode", name, source=True)
        return script
