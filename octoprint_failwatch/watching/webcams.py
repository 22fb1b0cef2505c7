"""List OctoPrint's webcams, choose the one that is meant, and find out how to read each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from octoprint.settings import settings as octoprint_settings
from octoprint.webcams import get_snapshot_webcam, get_webcams

from ..engine.errors import SnapshotError
from ..engine.sources.address import Login
from ..engine.sources.source import TIMEOUT, ReadOptions
from ..engine.sources.tls import Trust

CLASSIC = "classicwebcam"
"""OctoPrint's own provider, which reads an address that its settings name."""


@dataclass(frozen=True, slots=True)
class Webcam:
    """A webcam that OctoPrint knows, for choosing from; `timeout` is in seconds."""

    name: str
    title: str
    can_snapshot: bool
    timeout: float


def webcams() -> list[Webcam]:
    """Return every webcam of every provider."""
    return [
        Webcam(
            name,
            webcam.config.displayName,
            bool(webcam.config.canSnapshot),
            ReadOptions(timeout=timeout(webcam)).silence,
        )
        for name, webcam in get_webcams().items()
    ]


def titles() -> dict[str, str]:
    """Return each webcam's title by its name."""
    return {webcam.name: webcam.title for webcam in webcams()}


def choose(name: str) -> Any:
    """Return the webcam of that name, "" being the one OctoPrint would take. Raises SnapshotError."""
    known: Mapping[str, Any] = get_webcams()
    if name:
        webcam = known.get(name)
        if webcam is None:
            raise SnapshotError("OctoPrint has no webcam %(name)r any more.", name=name)
        if not webcam.config.canSnapshot:
            raise SnapshotError("The webcam %(name)s takes no snapshots.", name=webcam.config.displayName)
        return webcam
    # OctoPrint's own choice goes by name alone: what it names need not be able to take a snapshot.
    preferred = get_snapshot_webcam()
    for webcam in (preferred, *known.values()):
        if webcam is not None and webcam.config.canSnapshot:
            return webcam
    raise SnapshotError("OctoPrint has no webcam that takes snapshots.")


def timeout(webcam: Any) -> float:
    """Return how many seconds a webcam may be silent: its own setting, else ours."""
    try:
        seconds = float(webcam.config.compat.snapshotTimeout)
    except (AttributeError, TypeError, ValueError):
        return TIMEOUT
    return seconds if math.isfinite(seconds) and seconds > 0 else TIMEOUT


def address(webcam: Any) -> str | None:
    """Return the address that a webcam's pictures are read at, None where only its provider can."""
    if getattr(webcam, "providerIdentifier", "") != CLASSIC:
        return None
    snapshot = str(getattr(webcam.config.compat, "snapshot", None) or "").strip()
    return f"http://127.0.0.1{snapshot}" if snapshot.startswith("/") else snapshot or None


def options(webcam: Any) -> ReadOptions:
    """Return how OctoPrint's own provider is set to read its address."""
    stored = octoprint_settings()

    def setting(key: str) -> str:
        return str(stored.get(["plugins", CLASSIC, key]) or "")

    kind = setting("snapshotAuth")
    login = Login(setting("snapshotUsername"), setting("snapshotPassword"))
    return ReadOptions(
        timeout=timeout(webcam),
        trust=Trust(verify=bool(getattr(webcam.config.compat, "snapshotSslValidation", True))),
        login=login if kind in ("basic", "digest") else None,
        bearer=setting("snapshotBearerToken") if kind == "bearer" else "",
    )
