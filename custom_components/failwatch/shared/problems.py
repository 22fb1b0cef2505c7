"""Say in Home Assistant's language what went wrong: with a place or a service's own words, never a library's."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_cached_translations
from yarl import URL

from ..const import DOMAIN
from ..engine.errors import (
    BadAnswer,
    FailWatchError,
    NotFound,
    ServerFailed,
    Unavailable,
    UntrustedServer,
    WrongAddress,
)

AT_A_PLACE: Final = (BadAnswer, NotFound, ServerFailed, Unavailable, UntrustedServer, WrongAddress)
"""Errors whose translated text names where they come from."""


def problem_of(error: FailWatchError, settings: Mapping[str, Any]) -> str:
    """Return what completes the error's translated text, for a service with these settings."""
    if not isinstance(error, AT_A_PLACE):
        return str(error)
    try:
        url = URL(str(settings.get("url", "")))
    except ValueError:
        return str(settings.get("url", ""))
    if url.host is None:
        return str(settings.get("url", ""))
    return url.host if url.is_default_port() else f"{url.host}:{url.port}"


@callback
def error_text(hass: HomeAssistant, error: BaseException) -> str:
    """Return the text of an error of FailWatch's in Home Assistant's language, another error's own text."""
    key, values = getattr(error, "kind", None), {"problem": str(error)}
    if isinstance(error, HomeAssistantError) and error.translation_domain == DOMAIN:
        key, values = error.translation_key, error.translation_placeholders or {}
    texts = async_get_cached_translations(hass, hass.config.language, "exceptions", DOMAIN)
    text = texts.get(f"component.{DOMAIN}.exceptions.{key}.message")
    if text is None:
        return str(error) or type(error).__name__
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
