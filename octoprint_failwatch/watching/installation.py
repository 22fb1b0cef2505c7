"""Permanent identifiers of this installation and its printers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from ..engine.storage import read_json, write_json
from .machine import Machine
from .occupancy import is_occupied, occupy

_LOGGER = logging.getLogger(__name__)


class Installation:
    """The installation's UUID, and one for each of OctoPrint's printer profiles.

    A folder that was copied to another machine, or beside the one that is in use, gets names of its own: Home
    Assistant would otherwise take the two for one, and a detection service would mix the pictures of two printers.
    """

    def __init__(self, path: Path, machine: Machine | None = None) -> None:
        """Read the file, or make a new installation."""
        self._path = path
        content = read_json(path)
        known = content if isinstance(content, dict) else {}
        stored = Machine.of(known.get("machine"))
        self.machine = Machine.here() if machine is None else machine
        self.uuid: str = known.get("uuid") or str(uuid4())
        self._printers: dict[str, str] = dict(known.get("printers") or {})
        here = str(path.parent.resolve())
        original = _original(known, path.name, here)
        self._folder = original or here
        if original and is_occupied(Path(original)):
            self._part("beside the one that another OctoPrint uses", here)
        elif known.get("uuid") and stored.is_another(self.machine):
            self._part("from another machine", here)
        elif not known.get("uuid") or (stored, known.get("folder")) != (self.machine, self._folder):
            self._keep()
        self._occupied = occupy(path.parent)

    def close(self) -> None:
        """Leave the folder: whoever runs on a copy of it may have moved there."""
        if self._occupied is not None:
            self._occupied.close()

    def renew(self) -> None:
        """Get a new identity at once; printers get theirs at the next start, as one may be watched now."""
        self.uuid = str(uuid4())
        self._write({})

    def printer_id(self, profile: str) -> str:
        """Return the printer's UUID; the first printer's differs from the installation's."""
        if profile not in self._printers:
            self._printers[profile] = str(uuid4())
            self._keep()
        return self._printers[profile]

    def _part(self, copied: str, folder: str) -> None:
        """Get names of its own for a copy."""
        _LOGGER.warning("FailWatch's folder was copied %s: it gets an identity of its own", copied)
        self._printers, self._folder = {}, folder
        self.renew()

    def _keep(self) -> None:
        self._write(self._printers)

    def _write(self, printers: dict[str, str]) -> None:
        machine = self.machine.to_json()
        content = {"uuid": self.uuid, "printers": printers, "machine": machine, "folder": self._folder}
        write_json(self._path, content)


def _original(known: Mapping[str, Any], name: str, here: str) -> str:
    """Return the other folder that this one was copied from, "" if it was moved, or is no copy.

    Nobody may use that one any more. It is remembered until somebody does, or it is gone.
    """
    folder = str(known.get("folder") or here)
    if folder == here:
        return ""
    other = read_json(Path(folder) / name)
    return folder if isinstance(other, Mapping) and other.get("uuid") == known.get("uuid") else ""
