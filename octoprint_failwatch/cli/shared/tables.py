"""Output of commands: tables and charts for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

from ...engine import serialization

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
output_option = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write."
)


def picture_option(help_text: str) -> Callable[[Command], Command]:
    """Add the option `picture`, the file of a chart, or None."""

    def drawable(_: click.Context, __: click.Parameter, picture: Path | None) -> Path | None:
        if picture is not None:
            from ..chart.canvas import check_kind

            check_kind(picture)
            if not picture.absolute().parent.is_dir():
                raise click.BadParameter(f"There is no folder {picture.parent}.")
        return picture

    path = click.Path(dir_okay=False, path_type=Path)
    return click.option("--picture", type=path, callback=drawable, help=help_text)


def console() -> Console:
    """Return the standard output for tables; names in them are shown as they are, brackets and all."""
    return Console(markup=False, emoji=False)


def show(found: Any, as_json: bool, columns: Sequence[str] = ()) -> None:
    """Show an object, or several as a table of the given fields."""
    told = serialization.to_json(found)
    if as_json:
        click.echo(json.dumps(told))
    elif isinstance(told, list):
        console().print(_table(told, columns))
    elif isinstance(told, Mapping):
        console().print(_card(told))
    else:
        click.echo(told)


def confirm(question: str, yes: bool) -> None:
    """Ask before doing what cannot be undone, unless --yes was given."""
    if not yes:
        click.confirm(f"{question} This cannot be undone.", abort=True)


def write(output: Path, content: bytes) -> None:
    """Write a file, and say so."""
    output.write_bytes(content)
    click.echo(f"{click.format_filename(output)}: {len(content)} bytes")


def _table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    table = Table(*(column.replace("_", " ") for column in columns), box=None, header_style="bold")
    for row in rows:
        table.add_row(*(_text(row.get(column)) for column in columns))
    return table


def _card(thing: Mapping[str, Any]) -> Table:
    table = Table("", "", box=None, show_header=False)
    for key, value in thing.items():
        table.add_row(key.replace("_", " "), _text(value))
    return table


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(_text(one) for one in value) or "-"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(one)}" for key, one in value.items() if one is not None) or "-"
    return str(value)
