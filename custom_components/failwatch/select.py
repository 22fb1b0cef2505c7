"""Select entity: the rule set in force."""

from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import FailWatchConfigEntry
from .engine.judging.rules import RULE_SETS
from .entity import PrinterEntity, add_for_printers

PARALLEL_UPDATES = 1

RULE_SET = SelectEntityDescription(
    key="rule_set", entity_category=EntityCategory.CONFIG, options=list(RULE_SETS)
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FailWatchConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the rule set of an entry's printers."""
    add_for_printers(entry, async_add_entities, lambda printer: [RuleSetSelect(printer, RULE_SET)])


class RuleSetSelect(PrinterEntity, SelectEntity):
    """By which rules a printer is judged."""

    @property
    @override
    def current_option(self) -> str | None:
        """The rule set in force."""
        return self.coordinator.rules.name if self.coordinator.rules else None

    @override
    async def async_select_option(self, option: str) -> None:
        """Judge by other rules from the next look on."""
        await self.coordinator.async_set_rules(name=option)
