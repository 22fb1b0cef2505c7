"""FailWatch's own permissions."""

from __future__ import annotations

from typing import Any

import flask
from flask_babel import gettext
from octoprint.access import ADMIN_GROUP, READONLY_GROUP, USER_GROUP
from octoprint.access.permissions import Permissions


def permissions(*_: Any, **__: Any) -> list[dict[str, Any]]:
    """Return the permissions that OctoPrint registers as PLUGIN_FAILWATCH_VIEW, _CONTROL and _CONFIGURE."""
    return [
        {
            "key": "VIEW",
            "name": "View",
            "description": gettext("Allows viewing the watched pictures, the verdicts and past prints"),
            "roles": ["view"],
            "default_groups": [USER_GROUP, READONLY_GROUP],
        },
        {
            "key": "CONTROL",
            "name": "Control",
            "description": gettext(
                "Allows answering alarms, snoozing, muting, and switching watching on and off"
            ),
            "roles": ["control"],
            "default_groups": [USER_GROUP],
        },
        {
            "key": "CONFIGURE",
            "name": "Configure",
            "description": gettext(
                "Allows choosing the detector, cameras, thresholds and actions, and testing them"
            ),
            "roles": ["configure"],
            "dangerous": True,
            "default_groups": [ADMIN_GROUP],
        },
    ]


def may(role: str) -> bool:
    """Return whether the present request's user has FailWatch's VIEW, CONTROL or CONFIGURE."""
    allowed: bool = getattr(Permissions, f"PLUGIN_FAILWATCH_{role}").can()
    return allowed


def require(role: str) -> None:
    """Answer the present request with 403 unless its user has that permission."""
    if not may(role):
        flask.abort(403)


def viewers() -> list[Any]:
    """Return the permissions that a browser needs to be sent pictures and states."""
    return [Permissions.PLUGIN_FAILWATCH_VIEW]
