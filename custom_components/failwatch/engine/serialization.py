"""Convert frozen dataclasses to JSON and back, for the push socket, the API and stored state."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """Return the value as JSON types; bytes and raw service answers are left out."""
    if dataclasses.is_dataclass(value):
        return {
            field.name: to_json(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.repr
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (tuple, list, set, frozenset)):
        return [to_json(item) for item in value]
    return value


def from_json(kind: type[T], data: Any) -> T:
    """Return an instance of a dataclass from what `to_json` made of one.

    Keys that the class does not know are ignored and absent ones take their defaults, so that
    releases of either side understand each other. Raises ValueError where a value does not fit.
    """
    try:
        result: T = _build(kind, data)
    except (TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ValueError(f"This is no {kind.__name__}: {error}") from error
    return result


@cache
def _fields(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind) if field.init}


def _build(kind: Any, data: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        return _build(next(option for option in arguments if option is not type(None)), data)
    if origin is tuple:
        if isinstance(data, str):
            raise TypeError(f"{data!r} is no list")
        return tuple(_build(arguments[0], item) for item in data)
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return {key: _build(arguments[1], item) for key, item in data.items()}
    if dataclasses.is_dataclass(kind):
        known = _fields(kind)  # type: ignore[arg-type]
        return kind(**{key: _build(known[key], item) for key, item in data.items() if key in known})  # type: ignore[operator]
    if kind is Any or not isinstance(kind, type):
        return data
    if issubclass(kind, Enum):
        return kind(data)
    is_truth_as_number = isinstance(data, bool) and kind is not bool
    if kind is float and isinstance(data, int) and not is_truth_as_number:
        return float(data)
    if not isinstance(data, kind) or is_truth_as_number:
        raise TypeError(f"{data!r} is no {kind.__name__}")
    return data
