"""Show what the built-in detector has learned as normal for each camera, and reset it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..watching.webcams import titles
from .arguments import text

if TYPE_CHECKING:
    from ..watching.runtime import Service


def known(service: Service, _data: Mapping[str, Any]) -> dict[str, Any]:
    """Return, for each camera, from how many pictures was learned, and the cells that count for less."""
    called = titles()
    baselines = service.run(service.watcher.camera_baselines())
    cameras = [
        {"name": name, "title": called.get(name, name), **baseline.shown()}
        for name, baseline in sorted(baselines.items())
    ]
    return {"cameras": cameras}


def forget(service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
    """Reset a camera's baseline, and return the remaining ones."""
    service.run(service.watcher.forget_baseline(text(data, "camera")))
    return known(service, {})
