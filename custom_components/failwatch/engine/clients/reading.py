"""Read a service's JSON strictly: a value of the wrong type is a BadAnswer, never guessed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from yarl import URL

from ..errors import BadAnswer


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    """Return the value if it is a JSON object."""
    if not isinstance(value, Mapping):
        raise BadAnswer(f"The answer has no {what}.")
    return value


def sequence(value: Any, what: str) -> Sequence[Any]:
    """Return the value if it is a JSON array."""
    if not isinstance(value, list):
        raise BadAnswer(f"The answer has no list of {what}.")
    return value


def text(value: Any, what: str) -> str:
    """Return the value if it is a text, or a number that serves as an identifier."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadAnswer(f"The answer has no {what}.")
    return str(value)


def number(value: Any, what: str) -> float:
    """Return the value as a finite number; numbers written as text are accepted."""
    found = optional_number(value)
    if found is None:
        raise BadAnswer(f"The answer has no {what}.")
    return found


def score(value: Any, what: str) -> float:
    """Return the value as a finite number, 0 or more."""
    found = number(value, what)
    if found < 0:
        raise BadAnswer(f"The answer has a {what} below 0.")
    return found


def optional_number(value: Any) -> float | None:
    """Return the value as a finite number, None if it is anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def web_address(value: Any, base: URL) -> str | None:
    """Return the value as an address for a browser, None if it is not one. It may be relative to `base`."""
    if not isinstance(value, str) or not value:
        return None
    try:
        address = base.join(URL(value))
    except ValueError:
        return None
    return str(address) if address.scheme in ("http", "https") else None
