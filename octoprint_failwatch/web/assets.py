"""List FailWatch's scripts, styles and templates for OctoPrint's pages."""

from __future__ import annotations

from typing import Any

from octoprint.plugin import AssetPlugin, TemplatePlugin, WizardPlugin


class Pages(AssetPlugin, TemplatePlugin, WizardPlugin):  # type: ignore[misc]
    """The mixin that names templates and scripts."""

    _settings: Any

    def get_assets(self) -> dict[str, list[str]]:
        """Return the scripts and styles."""
        return {
            "js": [
                "js/failwatch_words.js",
                "js/failwatch_graph.js",
                "js/failwatch_live.js",
                "js/failwatch_picture.js",
                "js/failwatch_status.js",
                "js/failwatch_log.js",
                "js/failwatch_course.js",
                "js/failwatch_answers.js",
                "js/failwatch_check.js",
                "js/failwatch_messages.js",
                "js/failwatch_undelivered.js",
                "js/failwatch_past.js",
                "js/failwatch_improving.js",
                "js/failwatch.js",
                "js/failwatch_detector.js",
                "js/failwatch_cameras.js",
                "js/failwatch_regions.js",
                "js/failwatch_usual.js",
                "js/failwatch_identity.js",
                "js/failwatch_judgement.js",
                "js/failwatch_preview.js",
                "js/failwatch_targets.js",
                "js/failwatch_settings.js",
            ],
            "css": ["css/failwatch.css"],
        }

    def get_template_configs(self) -> list[dict[str, Any]]:
        """Return the tab, the sidebar box, the light in the navigation bar and the settings."""
        may_view = "visible: mayView"
        return [
            {"type": "tab", "name": "FailWatch", "custom_bindings": True, "data_bind": may_view},
            {
                "type": "sidebar",
                "name": "FailWatch",
                "icon": "fas fa-eye",
                "custom_bindings": True,
                "data_bind": may_view,
            },
            {"type": "navbar", "custom_bindings": True, "data_bind": may_view},
            {"type": "settings", "name": "FailWatch", "custom_bindings": True},
            {"type": "wizard", "name": "FailWatch", "custom_bindings": True},
        ]

    def is_wizard_required(self) -> bool:
        """Ask until somebody has said how to watch."""
        return not self._settings.get_boolean(["set_up"])

    def get_wizard_version(self) -> int:
        """Return the wizard's version: a higher one is shown again."""
        return 1

    def is_template_autoescaped(self) -> bool:
        """Escape whatever is filled into templates."""
        return True
