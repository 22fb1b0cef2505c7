"""Identify the machine, to notice a copied OctoPrint folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path("/")
SERIAL_FILES = ("proc/device-tree/serial-number", "sys/firmware/devicetree/base/serial-number")
MACHINE_ID = "etc/machine-id"
CARDS = "sys/class/net"


@dataclass(frozen=True, slots=True)
class Machine:
    """The board's serial number, the system's id and the network cards; empty where they are not known."""

    serial: str = ""
    system: str = ""
    cards: frozenset[str] = frozenset()

    @classmethod
    def here(cls, root: Path = ROOT) -> Machine:
        """Read this machine's identifiers."""
        serial = next((found for name in SERIAL_FILES if (found := _read(root / name))), "")
        cards = {_read(card / "address") for card in _physical(root / CARDS)} - {""}
        return cls(serial or _cpu_serial(root), _read(root / MACHINE_ID), frozenset(cards))

    @classmethod
    def of(cls, stored: Any) -> Machine:
        """Return the stored identifiers; an unreadable value counts as unknown."""
        if not isinstance(stored, Mapping):
            return cls()
        cards = stored.get("cards")
        known = frozenset(map(str, cards)) if isinstance(cards, list) else frozenset()
        return cls(str(stored.get("serial") or ""), str(stored.get("system") or ""), known)

    def to_json(self) -> dict[str, Any]:
        """Return it for a file."""
        return {"serial": self.serial, "system": self.system, "cards": sorted(self.cards)}

    def is_another(self, now: Machine) -> bool:
        """Return whether `now` is certainly another machine.

        A board's serial number decides. Without one, both the system's id and every network card must
        differ: a card can be replaced, and a container gets a new id with each image.
        """
        if self.serial and now.serial:
            return self.serial != now.serial
        if not (self.system and now.system and self.cards and now.cards):
            return False
        return self.system != now.system and not self.cards & now.cards

    @property
    def fingerprint(self) -> str:
        """A short text that only this board has, "" where the board has no serial number; tells nothing else."""
        return hashlib.sha256(f"failwatch {self.serial}".encode()).hexdigest()[:16] if self.serial else ""


def _physical(folder: Path) -> list[Path]:
    """Return the network cards that are hardware, unlike bridges, tunnels and a container's cable."""
    try:
        return [card for card in folder.iterdir() if (card / "device").exists()]
    except OSError:
        return []


def _cpu_serial(root: Path) -> str:
    """Return the serial number that a Raspberry Pi tells inside of a container, too."""
    for line in _read(root / "proc/cpuinfo").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "Serial":
            serial = value.strip()
            return serial if serial.strip("0") else ""
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace").strip().strip("\0")
    except OSError:
        return ""
