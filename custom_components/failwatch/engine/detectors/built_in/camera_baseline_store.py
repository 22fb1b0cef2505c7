"""The normals of all cameras: learned with a delay, and kept on disk."""

from __future__ import annotations

import contextlib
import json
import logging
from collections import deque
from pathlib import Path
from typing import TypeAlias

from .camera_baseline import DELAY, CameraNormal
from .heat_map import HeatMap

_LOGGER = logging.getLogger(__name__)
SAVE_EVERY = 30
"""Learned frames between two writings."""

Key: TypeAlias = tuple[str, str]
"""A printer's id and its camera's name."""


class Normals:
    """Knows each camera's normal, and learns it from frames that stay good for a while.

    Not for several threads at once.
    """

    def __init__(self, file: Path | None) -> None:
        """Read what was learned before."""
        self._file = file
        self._known = _read(file) if file else {}
        self._waiting: dict[Key, deque[tuple[HeatMap, str]]] = {}
        self._unsaved = 0

    def all(self) -> dict[Key, CameraNormal]:
        """Return what is known of each camera."""
        return dict(self._known)

    def beyond(self, key: Key, heat: HeatMap) -> HeatMap:
        """Return a camera's heat map without what is usual for it."""
        normal = self._known.get(key)
        return normal.beyond(heat) if normal and normal.fits(heat) else heat

    def follow(self, key: Key, heat: HeatMap, print_id: str, *, known_good: bool) -> None:
        """Take note of a frame; it is learned from if enough frames after it are good too."""
        if not known_good:
            # Nothing stays of the printers of a server, which never knows.
            self._waiting.pop(key, None)
            return
        waiting = self._waiting.setdefault(key, deque())
        waiting.append((heat, print_id))
        if len(waiting) <= DELAY:
            return
        heat, print_id = waiting.popleft()
        normal = self._known.get(key)
        if normal is None or not normal.fits(heat):
            normal = CameraNormal.unknown(heat)
        self._known[key] = normal.learned(heat, print_id)
        self._unsaved += 1
        if self._unsaved >= SAVE_EVERY:
            self.save()

    def forget(self, printer_id: str, camera: str | None = None) -> None:
        """Forget what is known of a printer's camera, or of all of them."""
        for known in (self._known, self._waiting):
            for key in [key for key in known if key[0] == printer_id and camera in (None, key[1])]:
                del known[key]
        self._unsaved += 1
        self.save()

    def save(self) -> None:
        """Write what was learned, if anything was. A full disk is no reason to stop watching."""
        if self._file is None or not self._unsaved:
            return
        rows = [
            {"printer_id": key[0], "camera": key[1], **normal.to_dict()}
            for key, normal in self._known.items()
        ]
        beside = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(rows), "utf-8")
            beside.replace(self._file)
        except OSError as error:
            _LOGGER.warning("What is normal for the cameras could not be saved: %s", error)
        else:
            self._unsaved = 0


def _read(file: Path) -> dict[Key, CameraNormal]:
    known = {}
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        for row in json.loads(file.read_text("utf-8")):
            known[str(row["printer_id"]), str(row["camera"])] = CameraNormal.from_dict(row)
    return known
