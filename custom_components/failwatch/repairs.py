"""Repair flows for issues that can be fixed in Home Assistant."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, override

import voluptuous as vol
from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig

from .cameras.issues import CAMERA_GONE, STATUS_GONE, UNKNOWN_STATE
from .cameras.printers import POWER
from .cameras.proposals import STATE_SETTINGS, async_propose
from .cameras.settings import camera_unique_id
from .const import CONF_PICTURE_ENTITY, CONF_POWER_ABOVE, CONF_STATUS_ENTITY, NO_STATUS
from .flows.camera_forms import PICTURE_DOMAINS, STATUS_DOMAINS
from .flows.entities import others_entity
from .flows.print_status_forms import STATUS_KEYS, TIME_KEYS
from .octoprint.repair import AnotherOctoPrintFlow

if TYPE_CHECKING:
    from homeassistant.components.repairs import RepairsFlowResult


DEFAULT_POWER_ABOVE: Final = 20  # watts


class PrinterRepairFlow(RepairsFlow):
    """Ask for one thing and change a watched printer's settings by it."""

    step: str

    def __init__(self, entry: ConfigEntry, data: Mapping[str, Any]) -> None:
        """Remember which printer it is, and what the issue says of it."""
        self._entry = entry
        self._subentry_id = str(data["subentry_id"])
        self._issue = data

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin; what comes with the first step is the issue, not an answer."""
        return await self._ask(None)

    async def _ask(self, user_input: dict[str, Any] | None) -> RepairsFlowResult:
        subentry = self._entry.subentries.get(self._subentry_id)
        if subentry is None:
            return self.async_abort(reason="already_removed")
        if user_input is None:
            return self.async_show_form(
                step_id=self.step,
                data_schema=self._form(),
                description_placeholders={"printer": subentry.title, **self._placeholders(subentry)},
            )
        data = self._changed(subentry, user_input)
        unique_id = camera_unique_id(data)
        others = (one for one in self._entry.subentries.values() if one is not subentry)
        if any(unique_id == other.unique_id for other in others):
            return self.async_abort(reason="already_configured")
        self.hass.config_entries.async_update_subentry(self._entry, subentry, data=data, unique_id=unique_id)
        return self.async_create_entry(data={})

    @abstractmethod
    def _form(self) -> vol.Schema:
        """Return what to ask for."""

    @abstractmethod
    def _placeholders(self, subentry: ConfigSubentry) -> dict[str, str]:
        """Return what the text names."""

    @abstractmethod
    def _changed(self, subentry: ConfigSubentry, user_input: dict[str, Any]) -> dict[str, Any]:
        """Return the printer's settings with what was entered."""


class AnotherCameraFlow(PrinterRepairFlow):
    """Ask for another camera for a printer whose camera is gone."""

    step = "camera"

    async def async_step_camera(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the camera."""
        return await self._ask(user_input)

    @override
    def _form(self) -> vol.Schema:
        return vol.Schema({vol.Required(CONF_PICTURE_ENTITY): others_entity(self.hass, PICTURE_DOMAINS)})

    @override
    def _placeholders(self, subentry: ConfigSubentry) -> dict[str, str]:
        return {"camera": subentry.data[CONF_PICTURE_ENTITY]}

    @override
    def _changed(self, subentry: ConfigSubentry, user_input: dict[str, Any]) -> dict[str, Any]:
        return {**subentry.data, **user_input}


class AnotherStatusFlow(PrinterRepairFlow):
    """Ask for another printing entity for one that is gone or says nothing; what its words mean is proposed."""

    step = "status"

    async def async_step_status(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the printing entity."""
        return await self._ask(user_input)

    @override
    def _form(self) -> vol.Schema:
        return vol.Schema({vol.Required(CONF_STATUS_ENTITY): others_entity(self.hass, STATUS_DOMAINS)})

    @override
    def _placeholders(self, subentry: ConfigSubentry) -> dict[str, str]:
        return {"entity": subentry.data[CONF_STATUS_ENTITY]}

    @override
    def _changed(self, subentry: ConfigSubentry, user_input: dict[str, Any]) -> dict[str, Any]:
        if user_input[CONF_STATUS_ENTITY] == subentry.data[CONF_STATUS_ENTITY]:
            return dict(subentry.data)
        proposal = async_propose(self.hass, user_input[CONF_STATUS_ENTITY])
        kept = {
            key: value for key, value in subentry.data.items() if key not in STATUS_KEYS or key in TIME_KEYS
        }
        power = {CONF_POWER_ABOVE: DEFAULT_POWER_ABOVE} if proposal.preset is POWER else {}
        return {**proposal.entities, **kept, **proposal.states, **power, **user_input}


class UnknownStateFlow(PrinterRepairFlow):
    """Ask what an unknown word of the printing entity means, and add it to the settings."""

    step = "meaning"

    async def async_step_meaning(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask what it means."""
        return await self._ask(user_input)

    @override
    def _form(self) -> vol.Schema:
        options = list(STATE_SETTINGS)
        config = SelectSelectorConfig(options=options, translation_key="state_meaning")
        return vol.Schema({vol.Required("meaning"): SelectSelector(config)})

    @override
    def _placeholders(self, subentry: ConfigSubentry) -> dict[str, str]:
        return {"entity": subentry.data[CONF_STATUS_ENTITY], "state": str(self._issue["state"])}

    @override
    def _changed(self, subentry: ConfigSubentry, user_input: dict[str, Any]) -> dict[str, Any]:
        key = user_input["meaning"]
        return {**subentry.data, key: [*subentry.data.get(key, ()), str(self._issue["state"])]}


FLOWS: Final[Mapping[str, type[PrinterRepairFlow]]] = {
    CAMERA_GONE: AnotherCameraFlow,
    STATUS_GONE: AnotherStatusFlow,
    NO_STATUS: AnotherStatusFlow,
    UNKNOWN_STATE: UnknownStateFlow,
}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue."""
    entry = hass.config_entries.async_get_entry(str(data["entry_id"])) if data else None
    if data is None or entry is None:
        return ConfirmRepairFlow()
    if "uuid" in data:
        return AnotherOctoPrintFlow(entry, str(data["uuid"]))
    kind = next(kind for kind in FLOWS if issue_id == f"{kind}_{data['subentry_id']}")
    return FLOWS[kind](entry, data)
