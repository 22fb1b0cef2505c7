"""The buttons of a message: each name says what it does, and to which print of which printer."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PREFIX: Final = "FAILWATCH"
PATTERN: Final = re.compile(rf"/?{PREFIX}_([A-Z]+)_([0-9a-f]{{8}})_([0-9a-f]{{8}})")


class Press(StrEnum):
    """What pressing a button asks for."""

    NOT_A_FAILURE = "OK"
    FAILED = "FAILED"
    KEEP = "KEEP"
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    CLEARED = "CLEARED"
    CANCEL = "CANCEL"
    CANCEL_SURELY = "CANCELNOW"
    CLOSE = "CLOSE"


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its text's key, and what is told when it is pressed."""

    text: str
    action: str
    destructive: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press that was read from an event. Nothing of it was stored: it works after a restart, too."""

    press: Press
    printer: str
    print: str

    @classmethod
    def read(cls, action: object) -> Pressed | None:
        """Return what an action's name means, None if it is none of ours."""
        found = PATTERN.fullmatch(action) if isinstance(action, str) else None
        if found is None or found[1] not in set(Press):
            return None
        return cls(Press(found[1]), found[2], found[3])


def button(press: Press, text: str, key: str, print_id: str | None) -> Button:
    """Return a button for a print; `key` is the printer's. Short, for notifiers that allow only 64 characters."""
    action = f"{PREFIX}_{press.value}_{token(key)}_{token(print_id or '')}"
    return Button(text, action, destructive=press in (Press.CANCEL, Press.CANCEL_SURELY))


def token(name: str) -> str:
    """Return what stands for a printer or a print in a button's name."""
    return hashlib.sha256(name.encode()).hexdigest()[:8]
