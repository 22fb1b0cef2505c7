"""Forms for the settings of detection services, made from the core's description of them."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Final

import voluptuous as vol
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..const import CONF_KIND
from ..engine.detectors import FIELDS, Choice, Field, FieldType
from ..engine.errors import FailWatchError, NotAuthorised, NotFound, Unavailable, WrongAddress

MODEL_KEY: Final = "model"
"""A folder of one's own; Home Assistant's users have no use for it."""

URL_KEY: Final = "url"


def first_fields(kind: str) -> list[Field]:
    """Return what must be known before the service can be asked for the rest."""
    fields = [field for field in FIELDS[kind] if field.key != MODEL_KEY]
    offered = [field.offered for field in fields]
    return fields[: offered.index(True)] if True in offered else fields


def open_fields(settings: Mapping[str, Any], choices: Mapping[str, Sequence[Choice]]) -> list[Field]:
    """Return what is still to be filled in: what the service offers now, and what then needs no offer."""
    kind = settings[CONF_KIND]
    known = {field.key for field in first_fields(kind)} | settings.keys() | {MODEL_KEY}
    missing = [field for field in FIELDS[kind] if field.key not in known]
    offered = [field for field in missing if field.offered]
    if not offered:
        return missing
    answerable = [field for field in offered if choices.get(field.key)] or offered[:1]
    rest = [field for field in missing if not field.offered] if len(answerable) == len(offered) else []
    return answerable + rest


def secret_fields(kind: str) -> list[Field]:
    """Return the credentials, which expire."""
    return [field for field in FIELDS[kind] if field.type is FieldType.SECRET]


def schema(
    fields: Iterable[Field],
    settings: Mapping[str, Any],
    choices: Mapping[str, Sequence[Choice]] | None = None,
    kept: Container[str] = (),
) -> vol.Schema:
    """Return a form with the settings filled in, except secrets, which are never shown again.

    The secrets that are `kept` where they are left empty need not be entered.
    """
    markers: dict[vol.Marker, Selector[Any]] = {}
    for field in fields:
        shown = None if field.type is FieldType.SECRET else settings.get(field.key, field.default)
        description = {} if shown is None else {"suggested_value": shown}
        marker: vol.Marker
        if field.required and not (field.type is FieldType.SECRET and field.key in kept):
            default = vol.UNDEFINED if field.default is None else field.default
            marker = vol.Required(field.key, default=default, description=description)
        else:
            marker = vol.Optional(field.key, description=description)
        markers[marker] = _selector(field, (choices or {}).get(field.key, ()))
    return vol.Schema(markers)


def error_place(error: FailWatchError, fields: Sequence[Field]) -> str:
    """Return which of a form's fields an error is about, "base" for the form as a whole."""
    place = str(error.values.get("key", ""))
    if isinstance(error, NotAuthorised):
        place = next((field.key for field in fields if field.type is FieldType.SECRET), "")
    elif isinstance(error, (Unavailable, WrongAddress, NotFound)):
        place = URL_KEY
    return place if place in (field.key for field in fields) else "base"


def _selector(field: Field, choices: Sequence[Choice]) -> Selector[Any]:
    match field.type:
        case FieldType.FLAG:
            return BooleanSelector()
        case FieldType.NUMBER:
            return NumberSelector(NumberSelectorConfig(min=0, step="any", mode=NumberSelectorMode.BOX))
        case FieldType.CHOICE | FieldType.CHOICES:
            options: list[str] | list[SelectOptionDict] = list(field.options)
            if field.offered:
                options = [SelectOptionDict(value=one.value, label=one.title) for one in choices]
            config = SelectSelectorConfig(
                options=options,
                multiple=field.type is FieldType.CHOICES,
                custom_value=field.offered,
                mode=SelectSelectorMode.DROPDOWN,
            )
            if not field.offered:
                config["translation_key"] = field.key
            return SelectSelector(config)
        case FieldType.SECRET:
            return TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
        case FieldType.URL:
            return TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
        case _:
            return TextSelector()
