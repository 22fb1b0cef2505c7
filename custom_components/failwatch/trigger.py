"""Triggers for what happens to a watched print."""

from typing import Any, ClassVar, cast, override

import voluptuous as vol
from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig
from homeassistant.helpers.typing import ConfigType

from .const import EVENT_FAILWATCH
from .shared.targets import async_targeted_printers

_SCHEMA = vol.Schema(
    {vol.Required(CONF_TARGET): cv.TARGET_FIELDS, vol.Optional(CONF_OPTIONS, default=dict): {}}
)


class PrinterTrigger(Trigger):
    """Fires when something happens to one of the printers meant."""

    event_type: ClassVar[str]

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the config."""
        return cast(ConfigType, _SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Remember which printers are meant."""
        super().__init__(hass, config)
        self._target: dict[str, Any] = config.target or {}

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: Any = None
    ) -> CALLBACK_TYPE:
        """Run the action whenever it happens."""

        @callback
        def is_ours(data: Any) -> bool:
            return bool(data["type"] == self.event_type and not data["minor"])

        @callback
        def handle(event: Event[Any]) -> None:
            device_id = event.data["device_id"]
            for printer in async_targeted_printers(self._hass, self._target):
                if (device := printer.device) is not None and device.id == device_id:
                    run_action(dict(event.data), f"{event.data['type']} of {printer.name}", event.context)
                    return

        return self._hass.bus.async_listen(EVENT_FAILWATCH, handle, event_filter=is_ours)


def _trigger(event_type: str) -> type[PrinterTrigger]:
    return type("PrinterTrigger", (PrinterTrigger,), {"event_type": event_type})


TRIGGERS: dict[str, type[Trigger]] = {
    "print_started": _trigger("started"),
    "print_ended": _trigger("ended"),
    "failure_detected": _trigger("failure"),
    "suspicion_raised": _trigger("maybe"),
    "cleared": _trigger("cleared"),
    "sight_lost": _trigger("blind"),
    "sight_regained": _trigger("seeing"),
    "camera_lost": _trigger("camera_blind"),
    "camera_regained": _trigger("camera_seeing"),
    "acknowledged": _trigger("acknowledged"),
    "action_announced": _trigger("countdown"),
    "print_paused": _trigger("paused"),
    "print_cancelled": _trigger("cancelled"),
    "action_failed": _trigger("action_failed"),
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
