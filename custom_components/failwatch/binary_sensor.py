"""Binary sensors: whether a print is failing, and whether FailWatch can check it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import FailWatchConfigEntry, PrinterCoordinator
from .engine.judging.verdict import Level
from .entity import PrinterEntity, add_for_printers

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class FailWatchBinarySensorEntityDescription(BinarySensorEntityDescription):
    """A binary sensor and where its value comes from."""

    is_on_fn: Callable[[PrinterCoordinator], bool | None]
    always_available: bool = False


def _is_failing(level: Level | None) -> bool | None:
    return None if level is None else level is Level.FAILURE


BINARY_SENSORS: tuple[FailWatchBinarySensorEntityDescription, ...] = (
    FailWatchBinarySensorEntityDescription(
        key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        is_on_fn=lambda printer: _is_failing(printer.known_level),
    ),
    FailWatchBinarySensorEntityDescription(
        key="connectivity",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=lambda printer: printer.is_connected and not printer.is_blind,
        always_available=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FailWatchConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of an entry's printers."""
    add_for_printers(
        entry,
        async_add_entities,
        lambda printer: (FailWatchBinarySensor(printer, description) for description in BINARY_SENSORS),
    )


class FailWatchBinarySensor(PrinterEntity, BinarySensorEntity):
    """One yes or no of a watch."""

    entity_description: FailWatchBinarySensorEntityDescription

    @property
    @override
    def available(self) -> bool:
        """Whether there is an answer; the connection always has one."""
        return self.entity_description.always_available or super().available

    @property
    @override
    def is_on(self) -> bool | None:
        """The answer; None while it is not known yet."""
        return self.entity_description.is_on_fn(self.coordinator)
