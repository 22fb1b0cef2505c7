"""The plugin as OctoPrint sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import octoprint.plugin

from . import settings
from .api import Api
from .lifecycle import LISTENED_TO
from .octoprint_host import OctoPrintHost
from .pages import Pages
from .pictures_api import Pictures
from .service import Service


class FailWatchPlugin(
    Api,
    Pages,
    Pictures,
    octoprint.plugin.EventHandlerPlugin,  # type: ignore[misc]
    octoprint.plugin.SettingsPlugin,  # type: ignore[misc]
    octoprint.plugin.ShutdownPlugin,  # type: ignore[misc]
    octoprint.plugin.StartupPlugin,  # type: ignore[misc]
):
    """Starts the service, hands it what happens, and stores its settings."""

    def __init__(self) -> None:
        """Do nothing yet: OctoPrint has not injected anything."""
        super().__init__()
        self.service: Service | None = None
        self._host_and_port = ("127.0.0.1", 5000)

    # Start and end

    def on_startup(self, host: str, port: int) -> None:
        """Remember where OctoPrint answers."""
        self._host_and_port = (host, port)

    def on_after_startup(self) -> None:
        """Start to watch."""
        service = Service(OctoPrintHost(self), self._picture_address)
        service.start()
        self.service = service

    def on_shutdown(self) -> None:
        """Stop watching."""
        service, self.service = self.service, None
        if service is not None:
            service.stop()

    # Events

    def on_event(self, event: str, payload: Mapping[str, Any] | None) -> None:
        """Hand what matters to the watch's thread: OctoPrint's bus waits for this to return."""
        service = self.service
        if service is not None and event in LISTENED_TO:
            service.hand_over(event, payload)

    # Settings

    def get_settings_defaults(self) -> dict[str, Any]:
        """Return every setting's default."""
        return settings.DEFAULTS

    def get_settings_version(self) -> int:
        """Return the version of the settings' layout."""
        return settings.VERSION

    def get_settings_restricted_paths(self) -> dict[str, list[list[str]]]:
        """Return what is never given back, and what only administrators see."""
        return settings.RESTRICTED_PATHS

    def on_settings_save(self, data: dict[str, Any]) -> dict[str, Any]:
        """Store changed settings, and watch by them."""
        service = self.service
        if service is not None:
            settings.keep_secrets(service.host.settings(), data)
        saved: dict[str, Any] = octoprint.plugin.SettingsPlugin.on_settings_save(self, data)
        if service is not None:
            service.settings_changed()
        return saved

    def _picture_address(self, name: str) -> str:
        own = str(self._settings.get(["own_url"]) or f"http://127.0.0.1:{self._host_and_port[1]}")
        return f"{own.rstrip('/')}/plugin/failwatch/once/{name}"
