"""Say in the user's language what went wrong: with a place or a service's own words, never a library's."""

import re
from collections.abc import Mapping
from typing import Any, Final, TypedDict

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from yarl import URL

from ..const import DOMAIN
from ..engine.errors import (
    BadAnswer,
    DetectionError,
    FailWatchError,
    NotFound,
    ServerFailed,
    Unavailable,
    UntrustedServer,
    WrongAddress,
)
from .words import async_text

AT_A_PLACE: Final = (BadAnswer, NotFound, ServerFailed, Unavailable, UntrustedServer, WrongAddress)
"""Errors whose translated text names where they come from."""

SETTING_TEXTS: Final[Mapping[str, str]] = {
    "%(part)r is no list of corners.": "bad_regions",
    "%(part)r has fewer than three corners, or one outside the picture.": "bad_regions",
    "The service's address must look like https://example.org.": "bad_address",
    "Home Assistant does not know its own address; set it in Settings, System, Network.": "no_own_address",
    "%(key)s must be a number above 0, not %(value)r.": "not_above_zero",
    "HACARUS needs a client id and its secret.": "hacarus_needs_credentials",
    "The dialect must be one of %(known)s.": "hacarus_needs_dialect",
    "Deepomatic needs an API key.": "deepomatic_needs_key",
    "Deepomatic needs the specification that recognises failures.": "deepomatic_needs_spec",
    "Deepomatic needs the names of the labels that mean failure.": "deepomatic_needs_labels",
    "%(spec)r has no label %(label)r, but: %(known)s.": "deepomatic_label_unknown",
    "Obico's printer API needs a token and the printer's number.": "obico_needs_printer",
    "Obico's printer follows another print: enter one number for each printer, with commas.": "obico_printer_taken",
    "There is no rule set %(name)r; choose one of %(known)s.": "unknown_rule_set",
    "The rule set %(name)s has no number %(key)r; it has %(known)s.": "unknown_rule_number",
    "%(key)s must be a number of at least 0, not %(value)r.": "rule_number_below_zero",
    "%(key)s must be above 0.": "rule_number_is_zero",
}
"""What the engine says of settings, and the keys of these texts here."""

_BESIDE_THE_HOST: Final = re.compile(r"(?<=://)(?:[^\s/?#'\"]*@)?([^\s/?#'\"<>]*)[^\s'\"<>]*")


class Unexpected(FailWatchError):
    """A bug, or what nobody thought of; the log has the rest."""

    kind = "unexpected"


class Translation(TypedDict):
    """What Home Assistant's exceptions take to be translated."""

    translation_domain: str
    translation_key: str
    translation_placeholders: dict[str, str]


def text_key(error: FailWatchError) -> str:
    """Return the key of an error's text."""
    return SETTING_TEXTS.get(error.template, error.kind)


def text_values(error: FailWatchError, settings: Mapping[str, Any]) -> dict[str, str]:
    """Return what completes an error's text, for a service with these settings."""
    values = {name: str(value) for name, value in error.values.items()}
    said = error.said if isinstance(error, DetectionError) and not isinstance(error, AT_A_PLACE) else ""
    return {"problem": said or _place(settings), **values}


def translated(error: FailWatchError, settings: Mapping[str, Any]) -> Translation:
    """Return an error as what an exception of Home Assistant is made with."""
    return Translation(
        translation_domain=DOMAIN,
        translation_key=text_key(error),
        translation_placeholders=text_values(error, settings),
    )


@callback
def error_text(hass: HomeAssistant, error: BaseException) -> str:
    """Return the text of an error of FailWatch's in Home Assistant's language, another error's own text."""
    key, values = getattr(error, "kind", None), {"problem": str(error)}
    if isinstance(error, HomeAssistantError) and error.translation_domain == DOMAIN:
        key, values = error.translation_key, error.translation_placeholders or {}
    return async_text(hass, "exceptions", f"{key}.message", values) or foreign_text(error)


def foreign_text(error: BaseException) -> str:
    """Return what another integration's error says. Of an address only the host: the rest may open something."""
    return _BESIDE_THE_HOST.sub(r"\1", str(error)) or type(error).__name__


def _place(settings: Mapping[str, Any]) -> str:
    """Return where a service is: its host, and a port that is not the usual one."""
    entered = str(settings.get("url", ""))
    try:
        url = URL(entered)
    except ValueError:
        return entered
    if url.host is None:
        return entered
    return url.host if url.is_default_port() else f"{url.host}:{url.port}"
