"""Read the warnings in Home Assistant's log: one line for each trouble."""

import re
from dataclasses import dataclass
from pathlib import Path

LINE = re.compile(r"^\S+ \S+ (?:WARNING|ERROR|CRITICAL) \([^)]*\) \[([^\]]+)\] (.*)$", re.MULTILINE)
OF_NO_TROUBLE = (
    "which has not been tested by Home Assistant",  # it says so of every custom integration
    # What it says of a machine that is busy.
    "is taking over",
    "took longer than",
    "Waiting for integrations to complete setup",
    "Something is blocking Home Assistant",
)


@dataclass
class WarningLog:
    """Reads the log on from where it was read last."""

    path: Path
    _read: int = 0

    def new_lines(self, *, of_failwatch: bool = False) -> list[str]:
        """Return the lines that came since the last call, of FailWatch and of whatever it upset.

        `of_failwatch` leaves out what does not name FailWatch: at a start Home Assistant has much to say of itself.
        """
        text = self.path.read_bytes()
        new, self._read = text[self._read :].decode(errors="replace"), len(text)
        return [
            f"{logger}: {message}"
            for logger, message in LINE.findall(new)
            if not any(words in message for words in OF_NO_TROUBLE)
            and (not of_failwatch or "failwatch" in f"{logger} {message}".lower())
        ]
