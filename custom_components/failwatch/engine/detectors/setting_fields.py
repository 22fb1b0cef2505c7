"""Describe the settings of every kind of detector as data, from which the hosts make forms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..clients import clouds
from ..errors import BadSetting


class FieldType(StrEnum):
    """How a setting is entered."""

    URL = "url"
    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - never given back by a host, only replaced
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class Field:
    """One setting.

    `options` are the fixed values of a choice. Where `offered` is set, the values come from
    `offers`, once the settings before this one are filled in; a value that is not among them may
    still be typed.
    """

    key: str
    type: FieldType
    required: bool = True
    default: Any = None
    options: tuple[str, ...] = ()
    offered: bool = False


FIELDS: Mapping[str, tuple[Field, ...]] = {
    "built_in": (Field("model", FieldType.TEXT, required=False),),
    "super_api": (
        Field("url", FieldType.URL, default=clouds.OBICO),
        Field("token", FieldType.SECRET, required=False),
    ),
    "ml_api": (
        Field("url", FieldType.URL, default="http://127.0.0.1:3333"),
        Field("token", FieldType.SECRET, required=False),
    ),
    "obico_printer": (
        Field("url", FieldType.URL, default=clouds.OBICO),
        Field("token", FieldType.SECRET),
        Field("printer", FieldType.TEXT),
    ),
    "hacarus": (
        Field("url", FieldType.URL, default=clouds.HACARUS),
        Field("client_id", FieldType.TEXT),
        Field("client_secret", FieldType.SECRET),
        Field("dialect", FieldType.CHOICE, default="auto", options=("auto", "check", "saas", "sdk")),
        Field("model_id", FieldType.CHOICE, default="active", offered=True),
        Field("threshold", FieldType.NUMBER, default=0.1),
        Field("answer_within", FieldType.NUMBER, default=8.0),
    ),
    "deepomatic": (
        Field("url", FieldType.URL, default=clouds.DEEPOMATIC),
        Field("api_key", FieldType.SECRET),
        Field("spec", FieldType.CHOICE, offered=True),
        Field("labels", FieldType.CHOICES, offered=True),
        Field("combine", FieldType.CHOICE, default="max", options=("max", "sum")),
        Field("answer_within", FieldType.NUMBER, default=8.0),
    ),
}
"""Kind of detector to its settings, in the order in which a form shows them."""


def above_zero(settings: Mapping[str, Any], key: str, default: float) -> float:
    """Return a setting that must be a number above 0, the default where it is empty; raises BadSetting."""
    value = settings.get(key)
    if value in (None, ""):
        return default
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 < number < math.inf:
        raise BadSetting("%(key)s must be a number above 0, not %(value)r.", key=key, value=value)
    return number
