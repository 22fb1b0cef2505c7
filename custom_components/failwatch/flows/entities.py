"""Entity selectors for the forms."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig

from ..const import DOMAIN


def others_entity(hass: HomeAssistant, domains: list[str], *, multiple: bool = False) -> EntitySelector:
    """Return a choice of entities that are not FailWatch's own: its pictures and states are no news to it."""
    own = [
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN and entity.domain in domains
    ]
    return EntitySelector(EntitySelectorConfig(domain=domains, exclude_entities=own, multiple=multiple))
