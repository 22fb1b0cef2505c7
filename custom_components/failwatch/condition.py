"""Conditions on watched prints."""

from collections.abc import Callable
from typing import Any, ClassVar, cast, override

import voluptuous as vol
from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import Condition, ConditionConfig
from homeassistant.helpers.typing import ConfigType

from .detection.state import Phase, WatchState
from .detection.verdict import Level
from .printers import async_targeted_printers

_SCHEMA = vol.Schema(
    {vol.Required(CONF_TARGET): cv.TARGET_FIELDS, vol.Optional(CONF_OPTIONS, default=dict): {}}
)


class PrinterCondition(Condition):
    """True when it is so for any of the printers meant."""

    test: ClassVar[Callable[[WatchState], bool]]

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
        """Check the condition; a printer without news does not count."""
        return any(
            printer.is_connected and type(self).test(printer.data)
            for printer in async_targeted_printers(self._hass, self._target)
        )


def _condition(test: Callable[[WatchState], bool]) -> type[Condition]:
    return type("PrinterCondition", (PrinterCondition,), {"test": staticmethod(test)})


CONDITIONS: dict[str, type[Condition]] = {
    "is_failing": _condition(lambda state: state.level is Level.FAILURE),
    "is_suspicious": _condition(lambda state: state.level is not Level.NONE),
    "is_watching": _condition(lambda state: state.phase is Phase.WATCHING),
    "is_blind": _condition(lambda state: state.phase is Phase.BLIND),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
