"""Image entity: the last picture checked, with what was found in it."""

from typing import Final, override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import FailWatchConfigEntry, PrinterCoordinator
from .engine.judging.verdict import Level
from .entity import PrinterEntity, add_for_printers

PARALLEL_UPDATES = 0

CALM_SPACING: Final = 60.0
"""Seconds between pictures while nothing is suspected: each one is a row in the recorder."""

TAGGED_PICTURE = ImageEntityDescription(key="tagged_picture")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FailWatchConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the picture of an entry's printers."""
    add_for_printers(entry, async_add_entities, lambda printer: [TaggedPicture(hass, printer)])


class TaggedPicture(PrinterEntity, ImageEntity):
    """The picture that the verdict was made from."""

    _attr_content_type = "image/jpeg"

    def __init__(self, hass: HomeAssistant, coordinator: PrinterCoordinator) -> None:
        """Show the picture of the last look."""
        PrinterEntity.__init__(self, coordinator, TAGGED_PICTURE)
        ImageEntity.__init__(self, hass)
        self._level = Level.NONE
        self._shown_at: float | None = None
        self._show()

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture."""
        return await self.coordinator.async_picture()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Announce a new picture: each one while something is suspected, else one a minute."""
        self._show()
        super()._handle_coordinator_update()

    def _show(self) -> None:
        state = self.coordinator.data
        look = state.look
        if look is None:
            return
        calm = state.level is Level.NONE and look.verdict.level is Level.NONE and self._level is state.level
        self._level = state.level
        if calm and self._shown_at is not None and 0 <= look.at - self._shown_at < CALM_SPACING:
            return
        self._shown_at = look.at
        self._attr_image_last_updated = self.coordinator.local_time(look.at)
