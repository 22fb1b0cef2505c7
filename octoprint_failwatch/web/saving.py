"""Store OctoPrint's settings, and say so where the disk does not take them."""

from __future__ import annotations

from typing import Any


class NotStored(Exception):
    """The settings hold, but only until OctoPrint is restarted; the text says why."""


def save(settings: Any) -> None:
    """Store changed settings; raises NotStored."""
    try:
        settings.save()
    except OSError as error:
        raise NotStored(error.strerror or type(error).__name__) from error
