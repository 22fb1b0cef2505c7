"""The form for messages about a printer, and the options of an OctoPrint link."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    BooleanSelector,
    DeviceFilterSelectorConfig,
    DeviceSelector,
    DeviceSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..const import CONF_CRITICAL, CONF_NOTIFY_DEVICES, CONF_NOTIFY_ENTITIES, CONF_TELL
from ..notifications.phones import APP
from ..notifications.settings import TELL_MESSAGES, TELLS

MESSAGES = vol.Schema(
    {
        vol.Required(CONF_TELL, default=TELL_MESSAGES): SelectSelector(
            SelectSelectorConfig(
                options=list(TELLS), translation_key="tell", mode=SelectSelectorMode.DROPDOWN
            )
        ),
        vol.Optional(CONF_NOTIFY_DEVICES): DeviceSelector(
            DeviceSelectorConfig(filter=DeviceFilterSelectorConfig(integration=APP), multiple=True)
        ),
        vol.Optional(CONF_NOTIFY_ENTITIES): EntitySelector(
            EntitySelectorConfig(domain="notify", multiple=True)
        ),
        vol.Required(CONF_CRITICAL, default=False): BooleanSelector(),
    }
)


class LinkOptionsFlow(OptionsFlow):
    """Asks who is told of what happens to a linked OctoPrint's prints; the link goes on meanwhile."""

    async def async_step_init(self, user_input: Mapping[str, Any] | None = None) -> ConfigFlowResult:
        """Show the form, and keep what is entered."""
        if user_input is not None:
            return self.async_create_entry(data=dict(user_input))
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(MESSAGES, self.config_entry.options),
        )
