"""What the built-in detector has learned to be usual for each camera: shown, and forgotten on demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..engine.detectors.built_in import CameraNormal
from ..watching.webcams import titles

if TYPE_CHECKING:
    from ..watching.runtime import Service

FULL = 6.0
"""Logits above a quiet cell that are shown as strongly as can be."""


def known(service: Service, _data: Mapping[str, Any]) -> dict[str, Any]:
    """Return, for each camera, from how many pictures was learned, and the cells that count for less."""
    called = titles()
    usual = service.run(service.watcher.usual())
    return {"cameras": [_shown(name, called.get(name, name), of) for name, of in sorted(usual.items())]}


def forget(service: Service, data: Mapping[str, Any]) -> dict[str, Any]:
    """Forget what is usual for a camera, and return what is still known."""
    service.run(service.watcher.forget_usual(str(data["camera"])))
    return known(service, {})


def _shown(name: str, title: str, normal: CameraNormal) -> dict[str, Any]:
    """Return a camera's normal; a cell is column, row and strength from 0 to 1."""
    cells = [
        [index % normal.columns, index // normal.columns, round(min(1.0, excess / FULL), 2)]
        for index, excess in enumerate(normal.excess)
        if excess
    ]
    return {
        "name": name,
        "title": title,
        "frames": normal.frames,
        "hidden": normal.hidden,
        "columns": normal.columns,
        "rows": len(normal.usual) // normal.columns,
        "cells": cells,
    }
