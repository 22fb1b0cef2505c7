"""What FailWatch adds to OctoPrint's page."""

from __future__ import annotations

from typing import Any

from octoprint.plugin import AssetPlugin, TemplatePlugin


class Pages(AssetPlugin, TemplatePlugin):  # type: ignore[misc]
    """The mixin that names templates and scripts."""

    def get_assets(self) -> dict[str, list[str]]:
        """Return the scripts and styles."""
        return {
            "js": ["js/failwatch_words.js", "js/failwatch.js"],
            "css": ["css/failwatch.css"],
        }

    def get_template_configs(self) -> list[dict[str, Any]]:
        """Return the tab, the sidebar box, the light in the navigation bar and the settings."""
        may_view = "visible: loginState.hasPermissionKo(access.permissions.PLUGIN_FAILWATCH_VIEW)"
        return [
            {"type": "tab", "name": "FailWatch", "custom_bindings": True, "data_bind": may_view},
        ]

    def is_template_autoescaped(self) -> bool:
        """Escape whatever is filled into templates."""
        return True
