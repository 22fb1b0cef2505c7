"""Read what comes with a command: JSON of the wrong kind raises ValueError or TypeError, which say what is wanted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def number(data: Mapping[str, Any], key: str, default: float | None = None) -> float:
    """Return a finite number, or the default if it is missing; numbers written as text are accepted."""
    value = data.get(key)
    if value is None and default is not None:
        return default
    try:
        found = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"{key} must be a number.")
    return found


def flag(data: Mapping[str, Any], key: str) -> bool:
    """Return true or false."""
    value = data.get(key)
    if not isinstance(value, bool):
        raise TypeError(f"{key} must be true or false.")
    return value


def text(data: Mapping[str, Any], key: str) -> str:
    """Return a text, "" if it is missing."""
    value = data.get(key)
    if not isinstance(value, str | None):
        raise TypeError(f"{key} must be a text.")
    return storable(value or "")


def storable(value: str) -> str:
    """Return a text that a file can hold: half a pair of surrogates is none. Raises ValueError."""
    value.encode()
    return value


def mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a JSON object, an empty one if it is missing."""
    value = data.get(key)
    if not isinstance(value, Mapping | None):
        raise TypeError(f"{key} must be an object.")
    return value or {}
