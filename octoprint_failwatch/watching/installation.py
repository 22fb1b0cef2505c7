"""What names this installation and its printers for good."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from ..storage import read_json, write_json


class Installation:
    """The installation's UUID, and one for each of OctoPrint's printer profiles."""

    def __init__(self, path: Path) -> None:
        """Read the file, or make a new installation."""
        self._path = path
        content = read_json(path)
        known = content if isinstance(content, dict) else {}
        self.uuid: str = known.get("uuid") or str(uuid4())
        self._printers: dict[str, str] = dict(known.get("printers") or {})
        if not known.get("uuid"):
            self._keep()

    def printer_id(self, profile: str) -> str:
        """Return the printer's UUID; the first printer and the installation are not the same thing."""
        if profile not in self._printers:
            self._printers[profile] = str(uuid4())
            self._keep()
        return self._printers[profile]

    def _keep(self) -> None:
        write_json(self._path, {"uuid": self.uuid, "printers": self._printers})
