"""Buttons for the user's answers and for the print itself."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SNOOZE_SECONDS
from .coordinator import FailWatchConfigEntry, JobCommand, PrinterCoordinator
from .entity import PrinterEntity, add_for_printers

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class FailWatchButtonEntityDescription(ButtonEntityDescription):
    """A button and what it does."""

    press_fn: Callable[[PrinterCoordinator], Awaitable[None]]


BUTTONS: tuple[FailWatchButtonEntityDescription, ...] = (
    FailWatchButtonEntityDescription(
        key="not_a_failure", press_fn=lambda printer: printer.async_acknowledge(failure=False)
    ),
    FailWatchButtonEntityDescription(
        key="it_failed", press_fn=lambda printer: printer.async_acknowledge(failure=True)
    ),
    FailWatchButtonEntityDescription(
        key="snooze", press_fn=lambda printer: printer.async_snooze(SNOOZE_SECONDS)
    ),
    FailWatchButtonEntityDescription(key="check_now", press_fn=lambda printer: printer.async_check()),
)

FORGET_USUAL = FailWatchButtonEntityDescription(
    key="forget_usual",
    entity_category=EntityCategory.CONFIG,
    press_fn=lambda printer: printer.async_reset_baseline(),
)


def _job_button(command: JobCommand) -> FailWatchButtonEntityDescription:
    return FailWatchButtonEntityDescription(
        key=f"{command}_print", press_fn=lambda printer: printer.async_job(command)
    )


JOB_BUTTONS: tuple[FailWatchButtonEntityDescription, ...] = (
    _job_button("pause"),
    _job_button("resume"),
    _job_button("cancel"),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FailWatchConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of an entry's printers."""
    add_for_printers(
        entry,
        async_add_entities,
        lambda printer: (FailWatchButton(printer, description) for description in _buttons(printer)),
    )


def _buttons(printer: PrinterCoordinator) -> Iterator[FailWatchButtonEntityDescription]:
    yield from BUTTONS
    possible = {f"{command}_print" for command in printer.job_commands}
    yield from (button for button in JOB_BUTTONS if button.key in possible)
    if printer.learned_frames is not None:
        yield FORGET_USUAL


class FailWatchButton(PrinterEntity, ButtonEntity):
    """One button of a watch."""

    entity_description: FailWatchButtonEntityDescription

    @override
    async def async_press(self) -> None:
        """Do what the button says."""
        await self.entity_description.press_fn(self.coordinator)
