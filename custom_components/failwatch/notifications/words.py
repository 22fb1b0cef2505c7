"""Texts of messages and of the logbook in Home Assistant's language."""

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations, async_get_translations

from ..const import DOMAIN

CATEGORY: Final = "common"
CATEGORIES: Final = (CATEGORY, "exceptions")


async def async_load_words(hass: HomeAssistant) -> None:
    """Load the texts, so that they can be had without waiting."""
    for category in CATEGORIES:
        await async_get_translations(hass, hass.config.language, category, [DOMAIN])


@callback
def async_word(hass: HomeAssistant, key: str, values: Mapping[str, str] | None = None) -> str:
    """Return a text with its values in it; a print without a name is called so."""
    texts = async_get_cached_translations(hass, hass.config.language, CATEGORY, DOMAIN)
    prefix = f"component.{DOMAIN}.{CATEGORY}."
    filled = dict(values or {})
    if "print" in filled and not filled["print"]:
        filled["print"] = texts.get(f"{prefix}the_print", "")
    text = texts.get(prefix + key, key)
    for name, value in filled.items():
        text = text.replace(f"{{{name}}}", value)
    return text
