"""Conditions on watched prints."""

from collections.abc import Callable
from typing import Any, ClassVar, cast, override

import voluptuous as vol
from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import Condition, ConditionConfig
from homeassistant.helpers.typing import ConfigType

from .shared.conditions import QUESTIONS, condition_met
from .shared.targets import async_targeted_printers

_SCHEMA = vol.Schema(
    {vol.Required(CONF_TARGET): cv.TARGET_FIELDS, vol.Optional(CONF_OPTIONS, default=dict): {}}
)


class PrinterCondition(Condition):
    """True when it is so for any of the printers meant."""

    question: ClassVar[str]

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the config."""
        return cast(ConfigType, _SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Remember which printers are meant."""
        super().__init__(hass, config)
        self._target: dict[str, Any] = config.target or {}

    async def async_get_checker(self) -> Callable[..., bool]:
        """Return the check, for releases of Home Assistant that ask for it."""
        return self._async_check

    def _async_check(self, **_: Any) -> bool:
        """Check the condition."""
        return any(
            condition_met(self.question, printer)
            for printer in async_targeted_printers(self._hass, self._target)
        )


CONDITIONS: dict[str, type[Condition]] = {
    question: type("PrinterCondition", (PrinterCondition,), {"question": question}) for question in QUESTIONS
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
