"""A printer of its own process life: on a pseudo-terminal, printing from its card whoever is connected."""

from __future__ import annotations

import os
import pty
import re
import select
import threading
import time
import tty

NAME, SIZE = "TOWER.GCO", 1_000_000


class CardPrinter:
    """Speaks as much Marlin as OctoPrint asks for."""

    def __init__(self, bytes_per_second: float = 2000.0) -> None:
        """Stand there, idle."""
        self._ours, theirs = pty.openpty()
        tty.setraw(theirs)
        tty.setraw(self._ours)
        self.port = os.ttyname(theirs)
        self._keep_open = theirs
        self._speed = bytes_per_second
        self._started: float | None = None
        self._announced = False
        self._ends = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def start_from_panel(self) -> None:
        """Somebody chooses the file on the printer's own display."""
        self._started = time.monotonic() - 1
        self.announce()

    def announce(self) -> None:
        """Say which file is open, as the printer does when its display shows it again."""
        self._say(f"echo:Now fresh file: {NAME}\nFile opened: {NAME} Size: {SIZE}\nFile selected")

    def close(self) -> None:
        """Go away."""
        self._ends = True
        self._thread.join()
        os.close(self._ours)
        os.close(self._keep_open)

    @property
    def position(self) -> int:
        """How far the print is."""
        return 0 if self._started is None else int((time.monotonic() - self._started) * self._speed)

    def _run(self) -> None:
        waiting = b""
        while not self._ends:
            if not select.select([self._ours], [], [], 0.1)[0]:
                continue
            waiting += os.read(self._ours, 4096)
            *lines, waiting = waiting.split(b"\n")
            for line in lines:
                self._answer(line.decode(errors="replace").strip())

    def _answer(self, line: str) -> None:
        command = re.sub(r"^N\d+\s*|\*\d+$", "", line).strip()
        name = command.split(" ")[0]
        if name == "M115":
            self._say("FIRMWARE_NAME:Marlin 2.1.2 MACHINE_TYPE:Card PROTOCOL_VERSION:1.0\nSD card ok")
        elif name == "M105":
            self._say("ok T:210.0 /210.0 B:60.0 /60.0 @:0 B@:0")
            return
        elif name == "M20":
            self._say(f"Begin file list\n{NAME} {SIZE}\nEnd file list")
        elif name == "M21":
            self._say("SD card ok")
        elif name == "M23":
            self.announce()
        elif name == "M24":
            self._started = self._started or time.monotonic()
        elif name == "M27":
            self._say(
                "Not SD printing" if self._started is None else f"SD printing byte {self.position}/{SIZE}"
            )
        self._say("ok")

    def _say(self, text: str) -> None:
        os.write(self._ours, text.encode() + b"\n")
