"""Options and settings that choose a command's detector.

Settings come from a JSON file, from environment variables FAILWATCH_URL, FAILWATCH_TOKEN and so on,
and from options. Secrets cannot be given as options: everybody on the machine could read them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from ...engine.detectors import FIELDS, Field, FieldType
from ...engine.errors import BadSetting
from ...engine.storage import replace_file

Command = TypeVar("Command", bound=Callable[..., Any])

FILE = click.option(
    "--detector",
    "settings_file",
    envvar="FAILWATCH_DETECTOR",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON file with the settings of a detector.",
)
URL_OPTION = click.option("--url", help="Address of the service.")
SET = click.option(
    "--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Another setting, except secrets."
)


def service_options(command: Command) -> Command:
    """Add the options that choose a service: `kind`, `settings_file`, `url` and `pairs`."""
    kinds = click.Choice(list(FIELDS))
    service = click.option("--service", "kind", type=kinds, help="The service to ask.")
    return service(connection_options(command))


def connection_options(command: Command) -> Command:
    """Add the options that say how to reach a service: `settings_file`, `url` and `pairs`."""
    return FILE(URL_OPTION(SET(command)))


def gather(
    kind: str | None, settings_file: Path | None, url: str | None, pairs: Iterable[str]
) -> dict[str, Any]:
    """Return a detector's settings. Options override the environment, which overrides the file.

    Raises BadSetting.
    """
    settings = read_settings(settings_file) if settings_file else {}
    kind = kind or settings.get("kind") or "built_in"
    if kind != settings.get("kind"):
        settings = {"kind": kind}
    if kind not in FIELDS:
        raise BadSetting(f"There is no detector {kind!r}, but: {', '.join(FIELDS)}.")
    fields = {field.key: field for field in FIELDS[kind]}
    for key, field in fields.items():
        settings.setdefault(key, field.default)
        if from_environment := os.environ.get(f"FAILWATCH_{key.upper()}"):
            settings[key] = _value(field, from_environment)
    if url:
        settings["url"] = url
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or key not in fields:
            raise BadSetting(
                f"{pair!r} is no setting of {kind}: KEY=VALUE, with a key of {', '.join(fields)}."
            )
        if fields[key].type is FieldType.SECRET:
            raise BadSetting(
                f"Give {key} in the file or as FAILWATCH_{key.upper()}: options can be seen by others."
            )
        settings[key] = _value(fields[key], text)
    return {key: value for key, value in settings.items() if value is not None}


def read_settings(path: Path) -> dict[str, Any]:
    """Return the settings in a file; raises BadSetting."""
    try:
        settings = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise BadSetting(f"{path} is no JSON: {error}.") from error
    if not isinstance(settings, dict):
        raise BadSetting(f"{path} holds no settings: it must be a JSON object.")
    return settings


def write_setting(path: Path, key: str, value: Any) -> None:
    """Change one setting in a file. The file is replaced in one step and keeps its permissions."""
    replace_file(path, json.dumps({**read_settings(path), key: value}, indent=2) + "\n")


def _value(field: Field, text: str) -> Any:
    if field.type is FieldType.NUMBER:
        try:
            return float(text)
        except ValueError:
            raise BadSetting(f"{field.key} must be a number.") from None
    if field.type is FieldType.CHOICES:
        return [part.strip() for part in text.split(",") if part.strip()]
    if field.options and text not in field.options:
        raise BadSetting(f"{field.key} must be one of {', '.join(field.options)}.")
    return text
