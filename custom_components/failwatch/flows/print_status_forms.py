"""Forms for when a print runs: what the printing entity's words mean, and what tells one print from another."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..cameras.proposals import STATE_SETTINGS, Proposal
from ..const import (
    CONF_JOB_ENTITY,
    CONF_PAUSED_STATES,
    CONF_POWER_ABOVE,
    CONF_POWER_CUT,
    CONF_PRINTING_STATES,
    CONF_PROGRESS_ENTITY,
    CONF_SETTLING,
    CONF_START_ENTITY,
    DEFAULT_POWER_CUT,
)
from .entities import others_entity

SECTION_JOB: Final = "job"
SECTION_TIMES: Final = "times"
JOB_KEYS: Final = (CONF_JOB_ENTITY, CONF_PROGRESS_ENTITY, CONF_START_ENTITY)
TIME_KEYS: Final = (CONF_SETTLING, CONF_POWER_CUT)
STATUS_KEYS: Final = frozenset({*STATE_SETTINGS, CONF_POWER_ABOVE, *JOB_KEYS, *TIME_KEYS})
"""Every setting that these forms ask for."""


def _number(lowest: float, highest: float, unit: str) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=lowest, max=highest, step=1, unit_of_measurement=unit, mode=NumberSelectorMode.BOX
        )
    )


def _times(proposal: Proposal) -> section:
    return section(
        vol.Schema(
            {
                vol.Required(CONF_SETTLING, default=proposal.preset.settling): _number(0, 3600, "s"),
                vol.Required(CONF_POWER_CUT, default=DEFAULT_POWER_CUT): _number(1, 168, "h"),
            }
        ),
        {"collapsed": True},
    )


def states_form(hass: HomeAssistant, proposal: Proposal) -> vol.Schema:
    """Return the form that sorts the entity's words; others than those it offers can be typed."""
    states = SelectSelector(
        SelectSelectorConfig(
            options=proposal.options, multiple=True, custom_value=True, mode=SelectSelectorMode.DROPDOWN
        )
    )
    sensor = others_entity(hass, ["sensor"])
    return vol.Schema(
        {
            **{
                (vol.Required if key == CONF_PRINTING_STATES else vol.Optional)(key): states
                for key in STATE_SETTINGS
            },
            vol.Optional(SECTION_JOB): section(
                vol.Schema({vol.Optional(key): sensor for key in JOB_KEYS}), {"collapsed": True}
            ),
            vol.Optional(SECTION_TIMES): _times(proposal),
        }
    )


def power_form(proposal: Proposal) -> vol.Schema:
    """Return the form for a plug that measures what the printer draws."""
    return vol.Schema(
        {
            vol.Required(CONF_POWER_ABOVE): _number(1, 5000, "W"),
            vol.Optional(SECTION_TIMES): _times(proposal),
        }
    )


def suggested_status(proposal: Proposal, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the forms show at first: what is set, and what is proposed where nothing is."""
    values = {**proposal.states, **proposal.entities, **known}
    return {
        **values,
        SECTION_JOB: {key: values[key] for key in JOB_KEYS if key in values},
        SECTION_TIMES: {key: values[key] for key in TIME_KEYS if key in values},
    }


def status_settings(entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that were entered, out of their sections."""
    return {
        **{key: value for key, value in entered.items() if key not in (SECTION_JOB, SECTION_TIMES)},
        **entered.get(SECTION_JOB, {}),
        **entered.get(SECTION_TIMES, {}),
    }


def status_error(settings: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the field and the error of words that cannot be sorted like this."""
    seen: set[str] = set()
    for key in STATE_SETTINGS:
        words = set(settings.get(key, ()))
        if seen & words:
            return key, "states_overlap"
        seen |= words
    if not settings[CONF_PRINTING_STATES]:
        return CONF_PRINTING_STATES, "no_states"
    return None


def status_question(proposal: Proposal, settings: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Return the field, the key and the words of what is worth asking about: it may well be meant so."""
    if proposal.is_binary:
        return None
    if not settings.get(CONF_PAUSED_STATES):
        return CONF_PAUSED_STATES, "no_paused_states", ""
    sorted_in = {word for key in STATE_SETTINGS for word in settings.get(key, ())}
    unlisted = [word for word in proposal.unknown if word not in sorted_in]
    return ("base", "unlisted_states", ", ".join(unlisted)) if unlisted else None
