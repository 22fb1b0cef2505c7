"""What is shown of an error beside its translated text: a place or a service's own words, never a library's."""

from collections.abc import Mapping
from typing import Any, Final

from yarl import URL

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
