"""Tell OctoPrint where to find updates of FailWatch."""

from __future__ import annotations

from typing import Any

from .version import __version__

USER, REPOSITORY = "failwatch", "failwatch"


def update_information(*_: Any, **__: Any) -> dict[str, Any]:
    """Return where OctoPrint finds new releases."""
    return {
        "failwatch": {
            "displayName": "FailWatch",
            "displayVersion": __version__,
            "type": "github_release",
            "user": USER,
            "repo": REPOSITORY,
            "current": __version__,
            "stable_branch": {"name": "Stable", "branch": "main", "comittish": ["main"]},
            "pip": f"https://github.com/{USER}/{REPOSITORY}/archive/{{target_version}}.zip",
        }
    }
