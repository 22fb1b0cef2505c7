"""Propose what a printing entity's words mean, and which entities of the same printer tell and do what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import (
    CONF_CANCEL_WITH,
    CONF_ENDED_STATES,
    CONF_JOB_ENTITY,
    CONF_PAUSE_WITH,
    CONF_PAUSED_STATES,
    CONF_PREPARING_STATES,
    CONF_PRINTING_STATES,
    CONF_PROGRESS_ENTITY,
    CONF_RESUME_WITH,
    CONF_START_ENTITY,
)
from .print_status import SILENT_STATES
from .print_status_listener import is_power
from .printers import Meaning, Preset, preset_meaning, preset_of

STATE_SETTINGS: Final = {
    CONF_PRINTING_STATES: Meaning.PRINTING,
    CONF_PAUSED_STATES: Meaning.PAUSED,
    CONF_PREPARING_STATES: Meaning.PREPARING,
    CONF_ENDED_STATES: Meaning.ENDED,
}
"""The settings that list words, and what those words mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed for a printing entity."""

    preset: Preset
    options: list[str]
    """The words that it can say, as far as is known."""
    state: str
    """What it says now."""
    states: dict[str, list[str]]
    entities: dict[str, str]
    """Entities of the same printer, by the setting that they are proposed for."""
    unknown: list[str]
    """Words that it can say and whose meaning nobody knows."""

    @property
    def is_binary(self) -> bool:
        """Whether it says on and off only, and so knows no pause."""
        return set(self.options) <= {STATE_ON, STATE_OFF}


@callback
def async_propose(hass: HomeAssistant, entity_id: str) -> Proposal:
    """Return what is proposed for a printing entity, by its integration and what it says of itself."""
    registry = er.async_get(hass)
    registered = registry.async_get(entity_id)
    state = hass.states.get(entity_id)
    preset = preset_of(registered.platform if registered else None, is_power=is_power(hass, entity_id))
    options = _options(entity_id, state.attributes.get("options") if state else None)
    options = options or list(preset.words)
    present = "" if state is None else state.state
    if present not in SILENT_STATES and present not in options and preset.words:
        options.append(present)
    meanings = {word: preset_meaning(preset, word) for word in options}
    siblings = (
        er.async_entries_for_device(registry, registered.device_id)
        if registered is not None and registered.device_id is not None
        else []
    )
    return Proposal(
        preset=preset,
        options=options,
        state=present,
        states={
            setting: [word for word in options if meanings[word] is meaning]
            for setting, meaning in STATE_SETTINGS.items()
        },
        entities={
            setting: found
            for setting, domain, keys in (
                (CONF_JOB_ENTITY, "sensor", preset.job),
                (CONF_PROGRESS_ENTITY, "sensor", preset.progress),
                (CONF_START_ENTITY, "sensor", preset.started),
                (CONF_PAUSE_WITH, "button", preset.pause),
                (CONF_RESUME_WITH, "button", preset.resume),
                (CONF_CANCEL_WITH, "button", preset.cancel),
            )
            if (found := _find(siblings, domain, keys)) is not None
        },
        unknown=[word for word in options if meanings[word] is Meaning.UNKNOWN],
    )


def _options(entity_id: str, listed: Sequence[object] | None) -> list[str]:
    options = [str(option) for option in listed or ()]
    if not options and entity_id.split(".", 1)[0] in ("binary_sensor", "input_boolean", "switch"):
        return [STATE_ON, STATE_OFF]
    return options


def _find(siblings: Sequence[er.RegistryEntry], domain: str, keys: Sequence[str]) -> str | None:
    """Return the entity whose unique id begins or ends with one of the keys, the first key first."""
    for key in keys:
        for entity in siblings:
            unique_id = str(entity.unique_id).casefold()
            fits = unique_id.startswith(key.casefold()) or unique_id.endswith(key.casefold())
            if entity.domain == domain and entity.disabled_by is None and fits:
                return entity.entity_id
    return None
