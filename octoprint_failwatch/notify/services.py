"""The ten services whose messages are set up by a form, and the Apprise address that each form stands for.

Settings keep addresses only. `address` writes one from a filled-in form, `form` reads it back; an address
that no form writes exactly so is Apprise's own, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from ..engine.errors import BadSetting
from .service_addresses import MAIL_PORTS, NOTATIONS, Server, Values

OTHER = "other"
"""The service of an address that somebody wrote for Apprise."""


class FieldType(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    SERVER = "url"
    SECRET = "secret"  # noqa: S105 - a name
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. Secrets stay only as long as no `leads` field changes: those say where a message goes."""

    key: str
    type: FieldType = FieldType.TEXT
    required: bool = True
    default: str = ""
    options: tuple[str, ...] = ()
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A filled-in form."""

    kind: str
    values: Values

    def without_secrets(self) -> Form:
        """Return the form without its secrets."""
        secrets = {field.key for field in FORMS[self.kind] if field.type is FieldType.SECRET}
        return replace(self, values={key: text for key, text in self.values.items() if key not in secrets})

    def stored_secrets(self) -> list[str]:
        """Return the keys of the secrets that are filled in."""
        return [
            field.key
            for field in FORMS[self.kind]
            if field.type is FieldType.SECRET and self.values.get(field.key)
        ]


def address(kind: str, values: Mapping[str, object]) -> str:
    """Return the address of a filled-in form; raises BadSetting if something is missing."""
    fields = FORMS.get(kind)
    if fields is None:
        raise BadSetting("Choose a service.")
    filled = {field.key: _text(values.get(field.key)) or field.default for field in fields}
    for field in fields:
        if (field.required and not filled[field.key]) or (
            field.options and filled[field.key] not in field.options
        ):
            raise BadSetting("Fill in %(key)s.", key=f"{kind}.{field.key}")
    return filled["url"] if kind == OTHER else NOTATIONS[kind].write(filled)


def form(url: str) -> Form:
    """Return the filled-in form of an address."""
    for kind, notation in NOTATIONS.items():
        with suppress(BadSetting, ValueError, KeyError, IndexError):
            parts = urlsplit(url)
            if parts.scheme in notation.schemes:
                values = notation.read(parts)
                if notation.write(values) == url:
                    return Form(kind, values)
    return Form(OTHER, {"url": url})


def completed(kind: str, values: Mapping[str, object], stored: str) -> dict[str, object]:
    """Return a changed form with the secrets of the stored address, if its messages go where they went."""
    before = form(stored)
    complete = dict(values)
    if before.kind != kind or not _same_destination(before, values):
        return complete
    for key in before.stored_secrets():
        complete[key] = _text(values.get(key)) or before.values[key]
    return complete


def _same_destination(before: Form, values: Mapping[str, object]) -> bool:
    return all(
        _as_used(field, _text(values.get(field.key)) or field.default)
        == _as_used(field, before.values.get(field.key, ""))
        for field in FORMS[before.kind]
        if field.leads
    )


def _as_used(field: FormField, text: str) -> object:
    return Server.of(text) if field.type is FieldType.SERVER else text


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError("Every field of a form must be a text.")
    text = str(value).strip()
    if not text.isprintable():
        raise BadSetting("A field holds a character that cannot be used.")
    return text


def _server(default: str = "") -> FormField:
    return FormField("server", FieldType.SERVER, default=default, leads=True)


def _secret(key: str, *, required: bool = True) -> FormField:
    return FormField(key, FieldType.SECRET, required=required)


FORMS: Mapping[str, tuple[FormField, ...]] = {
    "ntfy": (_server("https://ntfy.sh"), FormField("topic"), _secret("token", required=False)),
    "telegram": (_secret("token"), FormField("chat", required=False)),
    "discord": (_secret("webhook"),),
    "pushover": (_secret("user"), _secret("token")),
    "gotify": (_server(), _secret("token")),
    "email": (
        FormField("server", leads=True),
        FormField("security", FieldType.CHOICE, default="starttls", options=tuple(MAIL_PORTS), leads=True),
        FormField("port", FieldType.NUMBER, required=False, leads=True),
        FormField("user", required=False, leads=True),
        _secret("password", required=False),
        FormField("sender"),
        FormField("to"),
    ),
    "slack": (_secret("webhook"),),
    "matrix": (_server(), _secret("token"), FormField("room")),
    "signal": (_server(), FormField("sender"), FormField("to")),
    "home_assistant": (_server(), _secret("token"), FormField("target", required=False)),
    OTHER: (_secret("url"),),
}
"""The fields of each kind of service, in the order in which they are offered."""
