"""Texts in Home Assistant's language, for what no page translates: messages, the logbook, attributes, issues."""

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations, async_get_translations

from ..const import DOMAIN

COMMON: Final = "common"
CARD: Final = "config_panel"
"""What the card says as well."""
CATEGORIES: Final = (COMMON, CARD, "entity", "exceptions")


async def async_load_words(hass: HomeAssistant) -> None:
    """Load the texts, so that they can be had without waiting."""
    for category in CATEGORIES:
        await async_get_translations(hass, hass.config.language, category, [DOMAIN])


@callback
def async_text(
    hass: HomeAssistant, category: str, key: str, values: Mapping[str, str] | None = None
) -> str | None:
    """Return the text of a category's key with its values in it, None where there is none."""
    texts = async_get_cached_translations(hass, hass.config.language, category, DOMAIN)
    text = texts.get(f"component.{DOMAIN}.{category}.{key}")
    for name, value in (values or {}).items():
        text = text and text.replace(f"{{{name}}}", value)
    return text


@callback
def async_word(hass: HomeAssistant, key: str, values: Mapping[str, str] | None = None) -> str:
    """Return a text of messages or the logbook; a print without a name is called so."""
    filled = dict(values or {})
    if "print" in filled and not filled["print"]:
        filled["print"] = async_text(hass, COMMON, "the_print") or ""
    return async_text(hass, COMMON, key, filled) or key


@callback
def async_number(hass: HomeAssistant, value: float) -> str:
    """Return a number with two decimals, as the language writes it."""
    return f"{value:.2f}".replace(".", async_word(hass, "decimal_sign"))
