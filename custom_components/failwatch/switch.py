"""Switches: watch at all, and mute the present print."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import FailWatchConfigEntry, PrinterCoordinator
from .entity import PrinterEntity, add_for_printers

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class FailWatchSwitchEntityDescription(SwitchEntityDescription):
    """A switch, where its state comes from and what it does."""

    is_on_fn: Callable[[PrinterCoordinator], bool]
    turn_fn: Callable[[PrinterCoordinator, bool], Awaitable[None]]


SWITCHES: tuple[FailWatchSwitchEntityDescription, ...] = (
    FailWatchSwitchEntityDescription(
        key="watching",
        # Configuration is left alone by "turn off everything in this area", and by voice assistants.
        entity_category=EntityCategory.CONFIG,
        is_on_fn=lambda printer: printer.watching,
        turn_fn=lambda printer, on: printer.async_watch(on),
    ),
    FailWatchSwitchEntityDescription(
        key="mute",
        entity_category=EntityCategory.CONFIG,
        is_on_fn=lambda printer: printer.data.muted,
        turn_fn=lambda printer, on: printer.async_mute(on),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FailWatchConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches of an entry's printers."""
    add_for_printers(
        entry,
        async_add_entities,
        lambda printer: (FailWatchSwitch(printer, description) for description in SWITCHES),
    )


class FailWatchSwitch(PrinterEntity, SwitchEntity):
    """One switch of a watch."""

    entity_description: FailWatchSwitchEntityDescription

    @property
    @override
    def is_on(self) -> bool:
        """Whether it is on."""
        return self.entity_description.is_on_fn(self.coordinator)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch on."""
        await self.entity_description.turn_fn(self.coordinator, True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch off."""
        await self.entity_description.turn_fn(self.coordinator, False)
