"""Number entities: the thresholds of the rule set in force."""

from typing import override

from homeassistant.components.number import NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import FailWatchConfigEntry, PrinterCoordinator
from .entity import PrinterEntity, for_each_printer

PARALLEL_UPDATES = 1


def _threshold(key: str, highest: float = 2.0, lowest: float = 0.0) -> NumberEntityDescription:
    return NumberEntityDescription(
        key=key,
        entity_category=EntityCategory.CONFIG,
        mode=NumberMode.BOX,
        native_min_value=lowest,
        native_max_value=highest,
        native_step=0.01,
    )


NUMBERS: tuple[NumberEntityDescription, ...] = (
    _threshold("maybe"),
    _threshold("failure"),
    _threshold("sustained"),
    _threshold("low"),
    _threshold("high"),
    _threshold("rising_multiple", 20.0),
    _threshold("escalation", 10.0, lowest=1.0),
    _threshold("sensitivity", 5.0),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FailWatchConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers of each printer's rule set, and follow when another one is chosen."""
    registry = er.async_get(hass)

    def keep_up(subentry_id: str | None, printer: PrinterCoordinator) -> None:
        shown: set[str] = set()

        @callback
        def update() -> None:
            wanted = {number.key for number in NUMBERS if hasattr(printer.rules, number.key)}
            for number in NUMBERS:
                if number.key not in wanted:
                    shown.discard(number.key)
                    unique_id = f"{printer.key}_{number.key}"
                    if entity_id := registry.async_get_entity_id(Platform.NUMBER, DOMAIN, unique_id):
                        registry.async_remove(entity_id)
            new = [number for number in NUMBERS if number.key in wanted - shown]
            if new:
                shown.update(number.key for number in new)
                async_add_entities(
                    (ThresholdNumber(printer, number) for number in new), config_subentry_id=subentry_id
                )

        update()
        entry.async_on_unload(printer.async_add_listener(update))

    for_each_printer(entry, keep_up)


class ThresholdNumber(PrinterEntity, NumberEntity):
    """One number of the rule set in force."""

    @property
    @override
    def native_value(self) -> float | None:
        """The number in force."""
        value: float | None = getattr(self.coordinator.rules, self.entity_description.key, None)
        return value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Judge by another number from the next look on."""
        await self.coordinator.async_set_rules(numbers={self.entity_description.key: value})
