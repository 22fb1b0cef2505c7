"""JSON values that are nearly right: examples in which a few places are something else, as bytes choose."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from typing import Any

LEAVES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 0.5, -0.5, 1e300, -1e300, math.nan, math.inf, 10**400, 2**63),
    *("", "1", "nan", "high", "http://[", "failure", "idle", "\ud800", "x" * 300),
    *([], {}, [[]], [None], {"a": 1}, {"": None}, [1, 2, 3, 4]),
)


MOST_CHANGES = 12
"""Further ones would take most of the time, and what many of them do a few do as well."""


def nearly(examples: Sequence[Any], data: bytes) -> Any:
    """Return the example that the first byte chooses, changed where each further pair of bytes says."""
    if not data:
        return examples[0]
    value = {"": copy.deepcopy(examples[data[0] % len(examples)])}
    for where, what in zip(data[1 : 2 * MOST_CHANGES : 2], data[2::2], strict=False):
        places = list(_places(value))
        holder, key = places[where % len(places)]
        if what < len(LEAVES):
            holder[key] = copy.deepcopy(LEAVES[what])
        elif what < 2 * len(LEAVES) or key == "" or isinstance(holder, list):
            other, its_key = places[what % len(places)]
            holder[key] = copy.deepcopy(other[its_key])
        else:
            del holder[key]
    return value[""]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what holds each value, and by which key."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in list(inner):
        yield value, key
        yield from _places(one)
