"""Event entity: all that happens to a printer's watch."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import FailWatchConfigEntry, event_type
from .engine.watch.state import Event, EventKind
from .entity import PrinterEntity, add_for_printers
from .shared.details import event_detail

PARALLEL_UPDATES = 0

EVENT_TYPES = [
    *(kind.value for kind in EventKind if kind is not EventKind.ACTION),
    "paused",
    "cancelled",
]
HAPPENING = EventEntityDescription(key="happening", event_types=EVENT_TYPES)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FailWatchConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event entity of an entry's printers."""
    add_for_printers(entry, async_add_entities, lambda printer: [FailWatchEvent(printer, HAPPENING)])


class FailWatchEvent(PrinterEntity, EventEntity):
    """Fires for all that a watch has to tell."""

    _unrecorded_attributes = frozenset({"print_id"})

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the watch."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_listen(self._handle_event))

    @callback
    def _handle_event(self, event: Event) -> None:
        kind = event_type(event)
        if kind not in EVENT_TYPES:
            return
        self._trigger_event(
            kind,
            {
                "print_id": event.print_id,
                "print_name": self.coordinator.data.print_name or None,
                "level": event.level.value,
                "detail": event_detail(self.hass, self.coordinator.data, event),
                "camera": event.camera or None,
                "minor": event.minor,
            },
        )
        self.async_write_ha_state()
