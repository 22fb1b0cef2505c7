"""Base class of all entities of a printer."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, override

from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .coordinator import FailWatchConfigEntry, PrinterCoordinator

OBJECT_IDS: Final[Mapping[str, str]] = {
    "p": "p",
    "ewm_mean": "ewm_mean",
    "score": "score",
    "rolling_mean_short": "short_mean",
    "rolling_mean_long": "long_mean",
    "prediction_num": "looks_at_this_print",
    "prediction_num_lifetime": "looks_in_total",
    "last_look": "time_of_last_look",
    "calls_in_month": "calls_this_month",
    "watch_state": "watch",
    "failure_state": "failure_state",
    "connectivity": "sight",
    "tagged_picture": "last_look",
    "forget_usual": "forget_what_is_usual",
    "watching": "watching",
}
"""Object ids, by translation key, that dashboards and automations know."""


class PrinterEntity(CoordinatorEntity[PrinterCoordinator]):
    """One fact about, or one handle on, a printer."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: PrinterCoordinator, description: EntityDescription) -> None:
        """Belong to the printer's device."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = f"{coordinator.key}_{description.key}"
        self._attr_device_info = coordinator.device_info

    @property
    @override
    def suggested_object_id(self) -> str | None:
        """Keep the entity ids of the first release where names have become plainer since."""
        return OBJECT_IDS.get(self.translation_key) or super().suggested_object_id

    @property
    @override
    def translation_key(self) -> str:
        """Name every entity by its key."""
        return self.entity_description.translation_key or self.entity_description.key


def add_for_printers(
    entry: FailWatchConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities: Callable[[PrinterCoordinator], Iterable[Entity]],
) -> None:
    """Add the entities of every printer of an entry, each to its own subentry."""

    def add(subentry_id: str | None, printer: PrinterCoordinator) -> None:
        async_add_entities(entities(printer), config_subentry_id=subentry_id)

    for_each_printer(entry, add)


def for_each_printer(
    entry: FailWatchConfigEntry, add: Callable[[str | None, PrinterCoordinator], None]
) -> None:
    """Add something for every printer of an entry, now and when one comes later."""
    entry.runtime_data.add_entities.append(add)
    for subentry_id, printer in entry.runtime_data.printers.items():
        add(subentry_id, printer)
