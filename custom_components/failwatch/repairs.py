"""Fix flows for what can be fixed from here."""

from typing import TYPE_CHECKING, Any

import voluptuous as vol
from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .cameras.settings import camera_unique_id
from .const import CONF_PICTURE_ENTITY
from .flows.camera_forms import PICTURE_DOMAINS, others_entity
from .octoprint.repair import AnotherOctoPrintFlow

if TYPE_CHECKING:
    from homeassistant.components.repairs import RepairsFlowResult


class AnotherCameraFlow(RepairsFlow):
    """Takes another camera for a printer whose own is gone."""

    def __init__(self, entry: ConfigEntry, subentry_id: str) -> None:
        """Remember which printer it is."""
        self._entry = entry
        self._subentry_id = subentry_id

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin; what comes with the first step is the issue, not an answer."""
        return await self.async_step_camera()

    async def async_step_camera(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the camera."""
        subentry = self._entry.subentries.get(self._subentry_id)
        if subentry is None:
            return self.async_abort(reason="already_removed")
        if user_input is None:
            return self.async_show_form(
                step_id="camera",
                data_schema=vol.Schema(
                    {vol.Required(CONF_PICTURE_ENTITY): others_entity(self.hass, PICTURE_DOMAINS)}
                ),
                description_placeholders={
                    "printer": subentry.title,
                    "camera": subentry.data[CONF_PICTURE_ENTITY],
                },
            )
        data = {**subentry.data, **user_input}
        unique_id = camera_unique_id(data)
        others = (one for one in self._entry.subentries.values() if one is not subentry)
        if any(unique_id == other.unique_id for other in others):
            return self.async_abort(reason="already_configured")
        self.hass.config_entries.async_update_subentry(self._entry, subentry, data=data, unique_id=unique_id)
        return self.async_create_entry(data={})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue."""
    entry = hass.config_entries.async_get_entry(str(data["entry_id"])) if data else None
    if data is None or entry is None:
        return ConfirmRepairFlow()
    if "uuid" in data:
        return AnotherOctoPrintFlow(entry, str(data["uuid"]))
    return AnotherCameraFlow(entry, str(data["subentry_id"]))
