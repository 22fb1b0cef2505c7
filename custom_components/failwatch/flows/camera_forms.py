"""Forms for a watched camera: where to look, when to look, how to judge."""

from typing import Final

import voluptuous as vol
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from ..cameras.lights import LightMode
from ..cameras.print_control import CARRIERS
from ..const import (
    CONF_ACTIONS,
    CONF_CALLS_PER_HOUR,
    CONF_CALLS_PER_MONTH,
    CONF_CANCEL_AFTER,
    CONF_CANCEL_WITH,
    CONF_DARK_BELOW,
    CONF_IGNORE,
    CONF_INTERVAL,
    CONF_LIGHT,
    CONF_LIGHT_MODE,
    CONF_MAX_PAUSES,
    CONF_MESSAGES,
    CONF_MORE_CAMERAS,
    CONF_ON_FAILURE,
    CONF_ON_MAYBE,
    CONF_PAUSE_WHEN_BLIND,
    CONF_PAUSE_WITH,
    CONF_PICTURE_ENTITY,
    CONF_QUORUM,
    CONF_RESUME_WITH,
    CONF_RULES,
    CONF_STATUS_ENTITY,
    CONF_VETO,
    DEFAULT_DARK_BELOW,
    DEFAULT_INTERVAL,
)
from ..engine.judging.rules import RULE_SETS
from ..engine.watch.policy import Action
from .entities import others_entity
from .message_forms import MESSAGES

PICTURE_DOMAINS: Final = ["camera", "image"]
STATUS_DOMAINS: Final = ["sensor", "binary_sensor", "input_boolean", "input_select", "select", "switch"]

SOURCE_KEYS: Final = frozenset(
    {
        CONF_PICTURE_ENTITY,
        CONF_MORE_CAMERAS,
        CONF_STATUS_ENTITY,
        CONF_LIGHT,
        CONF_LIGHT_MODE,
        CONF_DARK_BELOW,
    }
)
"""Every setting that the first page asks for."""

PRESSABLE = EntitySelector(EntitySelectorConfig(domain=list(CARRIERS)))
ACTION = SelectSelector(
    SelectSelectorConfig(
        options=[action.value for action in Action],
        translation_key="action",
        mode=SelectSelectorMode.DROPDOWN,
    )
)


def _seconds(lowest: float, highest: float, unit: str = "s") -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=lowest, max=highest, step=1, unit_of_measurement=unit, mode=NumberSelectorMode.BOX
        )
    )


COUNT = NumberSelector(NumberSelectorConfig(min=0, step=1, mode=NumberSelectorMode.BOX))

JUDGEMENT = vol.Schema(
    {
        vol.Optional(CONF_NAME): TextSelector(),
        vol.Required(CONF_INTERVAL, default=DEFAULT_INTERVAL): _seconds(2, 600),
        vol.Required(CONF_RULES): SelectSelector(
            SelectSelectorConfig(options=list(RULE_SETS), translation_key="rule_set")
        ),
        vol.Optional(CONF_IGNORE): TextSelector(TextSelectorConfig(multiline=True)),
        vol.Optional(CONF_CALLS_PER_HOUR): COUNT,
        vol.Optional(CONF_CALLS_PER_MONTH): COUNT,
        vol.Required(CONF_ACTIONS): section(
            vol.Schema(
                {
                    vol.Required(CONF_ON_MAYBE, default=Action.NOTIFY.value): ACTION,
                    vol.Required(CONF_ON_FAILURE, default=Action.NOTIFY.value): ACTION,
                    vol.Optional(CONF_PAUSE_WITH): PRESSABLE,
                    vol.Optional(CONF_RESUME_WITH): PRESSABLE,
                    vol.Optional(CONF_CANCEL_WITH): PRESSABLE,
                    vol.Required(CONF_VETO, default=0): _seconds(0, 3600),
                    vol.Required(CONF_CANCEL_AFTER, default=0): _seconds(0, 1440, "min"),
                    vol.Required(CONF_PAUSE_WHEN_BLIND, default=0): _seconds(0, 1440, "min"),
                    vol.Optional(CONF_MAX_PAUSES): COUNT,
                }
            ),
            {"collapsed": False},
        ),
        vol.Optional(CONF_MESSAGES): section(MESSAGES, {"collapsed": False}),
    }
)

SECTIONS: Final = frozenset({CONF_ACTIONS, CONF_MESSAGES})
"""The last page's sections, of which only the content is kept."""

JUDGEMENT_KEYS: Final = frozenset(
    {
        CONF_QUORUM,
        *map(str, JUDGEMENT.schema),
        *(str(key) for name in SECTIONS for key in JUDGEMENT.schema[name].schema.schema),
    }
    - {*SECTIONS, CONF_NAME}
)
"""Every setting that the last page asks for, in its section or out of it."""


def sources_form(hass: HomeAssistant) -> vol.Schema:
    """Return the form for where to look, and at what."""
    return vol.Schema(
        {
            vol.Required(CONF_PICTURE_ENTITY): others_entity(hass, PICTURE_DOMAINS),
            vol.Optional(CONF_MORE_CAMERAS): others_entity(hass, PICTURE_DOMAINS, multiple=True),
            vol.Required(CONF_STATUS_ENTITY): others_entity(hass, STATUS_DOMAINS),
            vol.Optional(CONF_LIGHT): EntitySelector(EntitySelectorConfig(domain=["light"])),
            vol.Required(CONF_LIGHT_MODE, default=LightMode.PRINTING.value): SelectSelector(
                SelectSelectorConfig(options=[mode.value for mode in LightMode], translation_key="light_mode")
            ),
            vol.Required(CONF_DARK_BELOW, default=DEFAULT_DARK_BELOW): NumberSelector(
                NumberSelectorConfig(min=1, max=100, step=1, unit_of_measurement="%")
            ),
        }
    )


def judgement_form(cameras: int) -> vol.Schema:
    """Return the form for how to judge; with several cameras it asks how many must agree."""
    if cameras < 2:
        return JUDGEMENT
    agreeing = NumberSelector(NumberSelectorConfig(min=1, max=cameras, step=1, mode=NumberSelectorMode.BOX))
    return JUDGEMENT.extend({vol.Required(CONF_QUORUM, default=1): agreeing})
