"""Permanent identifiers of this installation and its printers."""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import uuid4

from ..engine.storage import read_json, write_json
from .machine import Machine

_LOGGER = logging.getLogger(__name__)


class Installation:
    """The installation's UUID, and one for each of OctoPrint's printer profiles.

    A folder that was copied to another machine gets names of its own: Home Assistant would otherwise take
    the two for one, and a detection service would mix the pictures of two printers.
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
        if known.get("uuid") and stored.is_another(self.machine):
            _LOGGER.warning(
                "FailWatch's folder was copied from another machine: it gets an identity of its own"
            )
            self._printers = {}
            self.renew()
        elif not known.get("uuid") or stored != self.machine:
            self._keep()

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

    def _keep(self) -> None:
        self._write(self._printers)

    def _write(self, printers: dict[str, str]) -> None:
        machine = self.machine.to_json()
        write_json(self._path, {"uuid": self.uuid, "printers": printers, "machine": machine})
