"""FailWatch for OctoPrint: watches prints for failure. Nothing is loaded before OctoPrint asks."""

from typing import Any

from .version import __version__

__plugin_name__ = "FailWatch"
__plugin_version__ = __version__
__plugin_description__ = "Watches prints for failure, and warns, pauses or cancels"
__plugin_author__ = "FailWatch maintainers"
__plugin_license__ = "AGPL-3.0-or-later"
__plugin_url__ = "https://github.com/failwatch/failwatch"
__plugin_privacypolicy__ = "https://github.com/failwatch/failwatch/blob/main/docs/privacy.md"
__plugin_pythoncompat__ = ">=3.11,<3.14"

__plugin_implementation__: Any
__plugin_hooks__: dict[str, Any]


def __plugin_load__() -> None:  # noqa: N807 - the name that OctoPrint looks for
    """Build the plugin. Called by OctoPrint when the plugin is enabled."""
    global __plugin_implementation__, __plugin_hooks__  # noqa: PLW0603 - how OctoPrint takes a plugin

    from .notify.bus_events import custom_events
    from .permissions import permissions
    from .plugin import FailWatchPlugin
    from .updates import update_information
    from .watching import at_commands, picture_urls

    plugin = FailWatchPlugin()
    __plugin_implementation__ = plugin
    __plugin_hooks__ = {
        "octoprint.access.permissions": permissions,
        "octoprint.comm.protocol.atcommand.queuing": at_commands.listener(plugin.fire),
        "octoprint.comm.protocol.gcode.sent": plugin.sent_commands.sent,
        # Before those of other plugins, whose moves are then undone before the head goes back to where it was.
        "octoprint.comm.protocol.scripts": (plugin.pause_scripts.scripts, 1),
        "octoprint.events.register_custom_events": custom_events,
        "octoprint.plugin.softwareupdate.check_config": update_information,
        "octoprint.server.http.routes": picture_urls.routes(plugin.pictures.take),
    }
