"""Recipients of a printer's messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..const import CONF_CRITICAL, CONF_NOTIFY_DEVICES, CONF_NOTIFY_ENTITIES, CONF_TELL

TELL_MESSAGES: Final = "messages"
TELL_EVENTS: Final = "events_only"
TELLS: Final = (TELL_MESSAGES, TELL_EVENTS)


@dataclass(frozen=True, slots=True)
class Recipients:
    """Phones by their device, other notifiers by their entity; without any, Home Assistant itself shows messages."""

    devices: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    critical: bool = False
    """Whether a failing print breaks through a phone's silence."""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Recipients | None:
        """Return the recipients that the settings name, None where events are all that is wanted."""
        if settings.get(CONF_TELL, TELL_MESSAGES) == TELL_EVENTS:
            return None
        return cls(
            tuple(settings.get(CONF_NOTIFY_DEVICES, ())),
            tuple(settings.get(CONF_NOTIFY_ENTITIES, ())),
            bool(settings.get(CONF_CRITICAL, False)),
        )

    @property
    def is_nobody(self) -> bool:
        """Whether nobody is named."""
        return not self.devices and not self.entities

    def and_also(self, others: Recipients | None) -> Recipients:
        """Return both, each once."""
        if others is None:
            return self
        return Recipients(
            tuple(dict.fromkeys((*self.devices, *others.devices))),
            tuple(dict.fromkeys((*self.entities, *others.entities))),
            self.critical or others.critical,
        )
