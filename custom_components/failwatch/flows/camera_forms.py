"""Forms for a watched camera: where to look, when to look, how to judge."""

from collections.abc import Mapping
from typing import Final

import voluptuous as vol
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import entity_registry as er
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

from ..cameras.print_control import CARRIERS
from ..const import (
    CONF_ACTIONS,
    CONF_CALLS_PER_MONTH,
    CONF_CANCEL_AFTER,
    CONF_CANCEL_WITH,
    CONF_IGNORE,
    CONF_INTERVAL,
    CONF_JOB_ENTITY,
    CONF_LIGHT,
    CONF_ON_FAILURE,
    CONF_ON_MAYBE,
    CONF_PAUSE_WITH,
    CONF_PAUSED_STATES,
    CONF_PICTURE_ENTITY,
    CONF_PRINTING_STATES,
    CONF_RULES,
    CONF_STATUS_ENTITY,
    CONF_VETO,
    DEFAULT_INTERVAL,
    DOMAIN,
)
from ..engine.judging.rules import RULE_SETS
from ..engine.watch.policy import Action

PICTURE_DOMAINS: Final = ["camera", "image"]
STATUS_DOMAINS: Final = ["sensor", "binary_sensor", "input_boolean", "input_select", "select", "switch"]

PRINTING_WORDS: Final = ("printing", "print", "running", "busy", "in_progress", STATE_ON)
PAUSED_WORDS: Final = ("paused", "pausing", "pause", "resuming")

SOURCE_KEYS: Final = frozenset({CONF_PICTURE_ENTITY, CONF_STATUS_ENTITY, CONF_JOB_ENTITY, CONF_LIGHT})
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


JUDGEMENT = vol.Schema(
    {
        vol.Required(CONF_INTERVAL, default=DEFAULT_INTERVAL): _seconds(2, 600),
        vol.Required(CONF_RULES): SelectSelector(
            SelectSelectorConfig(options=list(RULE_SETS), translation_key="rule_set")
        ),
        vol.Optional(CONF_IGNORE): TextSelector(TextSelectorConfig(multiline=True)),
        vol.Optional(CONF_CALLS_PER_MONTH): NumberSelector(
            NumberSelectorConfig(min=0, step=1, mode=NumberSelectorMode.BOX)
        ),
        vol.Required(CONF_ACTIONS): section(
            vol.Schema(
                {
                    vol.Required(CONF_ON_MAYBE, default=Action.NOTIFY.value): ACTION,
                    vol.Required(CONF_ON_FAILURE, default=Action.NOTIFY.value): ACTION,
                    vol.Optional(CONF_PAUSE_WITH): PRESSABLE,
                    vol.Optional(CONF_CANCEL_WITH): PRESSABLE,
                    vol.Required(CONF_VETO, default=0): _seconds(0, 3600),
                    vol.Required(CONF_CANCEL_AFTER, default=0): _seconds(0, 1440, "min"),
                }
            ),
            {"collapsed": False},
        ),
    }
)

JUDGEMENT_KEYS: Final = frozenset(
    {*map(str, JUDGEMENT.schema), *map(str, JUDGEMENT.schema[CONF_ACTIONS].schema.schema)} - {CONF_ACTIONS}
)
"""Every setting that the last page asks for, in its section or out of it."""


def others_entity(hass: HomeAssistant, domains: list[str]) -> EntitySelector:
    """Return a choice of entities that are not FailWatch's own: its pictures and states are no news to it."""
    own = [
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN and entity.domain in domains
    ]
    return EntitySelector(EntitySelectorConfig(domain=domains, exclude_entities=own))


def sources_form(hass: HomeAssistant) -> vol.Schema:
    """Return the form for where to look, and at what."""
    return vol.Schema(
        {
            vol.Required(CONF_PICTURE_ENTITY): others_entity(hass, PICTURE_DOMAINS),
            vol.Required(CONF_STATUS_ENTITY): others_entity(hass, STATUS_DOMAINS),
            vol.Optional(CONF_JOB_ENTITY): others_entity(hass, ["sensor"]),
            vol.Optional(CONF_LIGHT): EntitySelector(EntitySelectorConfig(domain=["light"])),
        }
    )


def states_form(options: list[str]) -> vol.Schema:
    """Return the form for the states that mean printing and paused; others than the options can be typed."""
    states = SelectSelector(
        SelectSelectorConfig(
            options=options, multiple=True, custom_value=True, mode=SelectSelectorMode.DROPDOWN
        )
    )
    return vol.Schema({vol.Required(CONF_PRINTING_STATES): states, vol.Optional(CONF_PAUSED_STATES): states})


def guessed_states(options: list[str]) -> Mapping[str, list[str]]:
    """Return which of the options probably mean printing and paused."""
    return {
        CONF_PRINTING_STATES: _guess(options, PRINTING_WORDS),
        CONF_PAUSED_STATES: _guess(options, PAUSED_WORDS),
    }


def _guess(options: list[str], words: tuple[str, ...]) -> list[str]:
    return [option for option in options if option.lower().replace(" ", "_") in words]
