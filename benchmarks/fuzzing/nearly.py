"""JSON values that are nearly right: examples in which a few places are something else, as bytes choose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

LEAVES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 0.5, -0.5, 1e300, -1e300, math.nan, math.inf, 10**400, 2**63),
    *("", "1", "nan", "high", "http://[", "failure", "idle", "\ud800", "x" * 300),
    *([], {}, [[]], [None], {"a": 1}, {"": None}, [1, 2, 3, 4]),
)
GONE = object()
"""What stands where nothing is to be."""
MOST_BYTES = 1 + 2 * 12
"""Bytes that choose: further changes would take most of the time, and what many of them do a few do as well."""


def nearly(examples: Sequence[Any], data: bytes) -> Any:
    """Return the example that the first byte chooses, changed where each further pair of bytes says."""
    if not data:
        return _copied(examples[0])
    value = {"": _copied(examples[data[0] % len(examples)])}
    places = _places(value)
    for where, what in zip(data[1:MOST_BYTES:2], data[2:MOST_BYTES:2], strict=False):
        holder, key = places[where % len(places)]
        before = holder[key]
        after: Any = GONE
        if what < len(LEAVES):
            after = _copied(LEAVES[what])
        elif what < 2 * len(LEAVES) or key == "" or isinstance(holder, list):
            other, its_key = places[what % len(places)]
            after = _copied(other[its_key])
        if after is GONE:
            del holder[key]
        else:
            holder[key] = after
        if after is GONE or isinstance(before, dict | list) or isinstance(after, dict | list):
            places = _places(value)
    return value[""]


def _copied(value: Any) -> Any:
    """Return a copy of a JSON value: most of a case's time went into the copies of a module for any object."""
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return what holds each value, and by which key."""
    places, holders = [], [value]
    for holder in holders:
        for key, one in holder.items() if isinstance(holder, dict) else enumerate(holder):
            places.append((holder, key))
            if isinstance(one, dict | list):
                holders.append(one)
    return places
