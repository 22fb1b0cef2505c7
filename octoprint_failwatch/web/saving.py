"""Store OctoPrint's settings, and say so where the disk does not take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..watching.runtime import Service


class NotStored(Exception):
    """The settings hold, but only until OctoPrint is restarted; the text says why."""


def save(settings: Any) -> None:
    """Store changed settings; raises NotStored."""
    try:
        settings.save()
    except OSError as error:
        raise NotStored(error.strerror or type(error).__name__) from error


def apply(settings: Any, service: Service) -> None:
    """Store changed settings and watch by them, also where they cannot be stored; raises NotStored then."""
    try:
        save(settings)
    finally:
        service.settings_changed()
