"""Take another OctoPrint for a link's own: a new computer for the same printer."""

from typing import TYPE_CHECKING, Any

import voluptuous as vol
from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigEntry

from ..const import CONF_MACHINE, CONF_UUID
from .coordinator import linked_uuid, octoprint_client, octoprint_url
from .errors import OctoPrintError

if TYPE_CHECKING:
    from homeassistant.components.repairs import RepairsFlowResult


class AnotherOctoPrintFlow(RepairsFlow):
    """Asks whether the printer is the same; its entities and their history stay."""

    def __init__(self, entry: ConfigEntry, uuid: str) -> None:
        """Remember which OctoPrint answered."""
        self._entry = entry
        self._uuid = uuid

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin; what comes with the first step is the issue, not an answer."""
        return await self.async_step_identity()

    async def async_step_identity(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask, and take it."""
        entries = self.hass.config_entries.async_entries(self._entry.domain, include_ignore=False)
        if any(linked_uuid(other) == self._uuid for other in entries if other is not self._entry):
            return self.async_abort(reason="already_configured")
        if user_input is None:
            issue = self.data or {}
            return self.async_show_form(
                step_id="identity",
                data_schema=vol.Schema({}),
                description_placeholders={
                    "printer": self._entry.title,
                    "url": str(octoprint_url(self._entry.data)),
                    "other": str(issue.get("other", "")),
                },
            )
        data = {key: value for key, value in self._entry.data.items() if key != CONF_MACHINE}
        data[CONF_UUID] = self._uuid
        try:
            report = await octoprint_client(self.hass, data, self._uuid).report()
        except OctoPrintError:
            return self.async_abort(reason="other_again")
        if report.machine:
            data[CONF_MACHINE] = report.machine
        self.hass.config_entries.async_update_entry(self._entry, data=data)
        if not self._entry.update_listeners:
            self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
        return self.async_create_entry(data={})
