"""The commands `failwatch deepomatic …`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from ..engine.clients.deepomatic import (
    TASK_TIMEOUT,
    Crop,
    Deepomatic,
    Encoding,
    ImageInput,
    Label,
    Output,
    Recognised,
    recognised,
)
from ..engine.detectors.deepomatic import deepomatic_client, spec_id
from .shared.detector_context import lending
from .shared.detector_options import connection_options, gather
from .shared.options import Finite
from .shared.tables import confirm, json_option, show, yes_option

T = TypeVar("T")
SPEC_COLUMNS = ("id", "name", "description", "current_version_id", "update_date")


@click.group("deepomatic")
@connection_options
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """Manage recognition at Deepomatic. The key comes from the file or from FAILWATCH_API_KEY."""
    context.obj = options


@command.group()
def specs() -> None:
    """Recognition specifications."""


@specs.command("ls")
@click.option("--public", is_flag=True, help="Public ones instead of your own.")
@json_option
@click.pass_obj
def list_specs(options: dict[str, Any], public: bool, as_json: bool) -> None:
    """List specifications."""

    async def every(api: Deepomatic) -> list[Any]:
        return [spec async for spec in api.specs(public=public)]

    show(_ask(options, every), as_json, SPEC_COLUMNS)


@specs.command("show")
@click.argument("spec")
@json_option
@click.pass_obj
def show_spec(options: dict[str, Any], spec: str, as_json: bool) -> None:
    """Show a specification with its labels. Your own have a number, public ones a name."""
    show(_ask(options, lambda api: api.spec(spec_id(spec))), as_json)


@specs.command("create")
@click.argument("name")
@click.option("--labels", required=True, metavar="A,B", help="Labels to recognise.")
@click.option("--boxes", is_flag=True, help="Locate it instead of classifying the whole picture.")
@click.option("--exclusive", is_flag=True, help="At most one label applies.")
@click.option("--description", default="")
@click.option("--metadata", metavar="JSON", help="Anything, as a JSON object.")
@json_option
@click.pass_obj
def create_spec(
    options: dict[str, Any],
    name: str,
    labels: str,
    boxes: bool,
    exclusive: bool,
    description: str,
    metadata: str | None,
    as_json: bool,
) -> None:
    """Create a specification with one output."""
    names = [label.strip() for label in labels.split(",") if label.strip()]
    numbered = tuple(Label(number, label) for number, label in enumerate(names))
    output = Output(numbered, exclusive, "BBOX" if boxes else "NONE")
    given = _object(metadata)
    made = _ask(options, lambda api: api.create_spec(name, [output], description=description, metadata=given))
    show(made, as_json)


@specs.command("edit")
@click.argument("spec", type=int)
@click.option("--name")
@click.option("--description", help="New description; Deepomatic may refuse to change it.")
@click.option("--metadata", metavar="JSON", help="Anything, as a JSON object.")
@click.option("--version", type=int, help="The version to use from now on.")
@click.option("--no-version", "unbind", is_flag=True, help="Leave it without a version.")
@json_option
@click.pass_obj
def edit_spec(
    options: dict[str, Any],
    spec: int,
    name: str | None,
    description: str | None,
    metadata: str | None,
    version: int | None,
    unbind: bool,
    as_json: bool,
) -> None:
    """Change the given parts of your own specification and keep the rest."""
    if unbind and version is not None:
        raise click.UsageError("Give either --version or --no-version.")
    given = _object(metadata)
    edited = _ask(
        options,
        lambda api: api.edit_spec(
            spec,
            name=name,
            description=description,
            metadata=given,
            current_version_id=version,
            unbind=unbind,
        ),
    )
    show(edited, as_json)


@specs.command("rm")
@click.argument("spec", type=int)
@yes_option
@click.pass_obj
def delete_spec(options: dict[str, Any], spec: int, yes: bool) -> None:
    """Delete a specification and all its versions."""
    confirm(f"Delete specification {spec} and all its versions?", yes)
    _ask(options, lambda api: api.delete_spec(spec))
    click.echo(f"Specification {spec} is deleted.")


@command.command()
@click.argument("spec")
@click.argument("pictures", nargs=-1, required=True)
@click.option("--crop", metavar="X0,Y0,X1,Y1", help="Only this part, as shares of width and height.")
@click.option("--max", "limit", type=click.IntRange(min=1), default=100, show_default=True)
@click.option("--show-discarded", is_flag=True, help="Include labels below their threshold.")
@click.option(
    "--encoding",
    type=click.Choice([way.value for way in Encoding]),
    help="How files are sent: as files, or as data within JSON (base64) or a form (binary). [file]",
)
@click.option("--base64", "as_base64", is_flag=True, help="The same as --encoding base64.")
@click.option("--timeout", type=Finite(min=0), default=TASK_TIMEOUT, show_default=True, help="Seconds.")
@json_option
@click.pass_obj
def infer(
    options: dict[str, Any],
    spec: str,
    pictures: tuple[str, ...],
    crop: str | None,
    limit: int,
    show_discarded: bool,
    encoding: str | None,
    as_base64: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Recognise what pictures show. Give files, or addresses that the service can reach."""
    box = _crop(crop)
    way = Encoding(encoding or (Encoding.BASE64 if as_base64 else Encoding.FILE))
    inputs = [ImageInput(_source(picture), box, way) for picture in pictures]

    async def run(api: Deepomatic) -> tuple[tuple[Recognised, ...], ...]:
        task = await api.infer(spec_id(spec), inputs, show_discarded=show_discarded, max_predictions=limit)
        with Console(stderr=True).status("Recognising"):
            return recognised(await api.wait(task, timeout=timeout))

    found = _ask(options, run)
    if as_json:
        show(found, as_json)
        return
    for picture, labels in zip(pictures, found, strict=False):
        click.echo(f"{picture}:")
        show(labels, as_json, ("label_name", "score", "threshold", "discarded", "box"))


@command.command()
@click.argument("tasks", nargs=-1, required=True)
@json_option
@click.pass_obj
def task(options: dict[str, Any], tasks: tuple[str, ...], as_json: bool) -> None:
    """Show the progress of tasks."""
    if len(tasks) == 1:
        show(_ask(options, lambda api: api.task(tasks[0])), as_json)
    else:
        show(_ask(options, lambda api: api.tasks(tasks)), as_json, ("id", "status", "error"))


def _ask(options: dict[str, Any], call: Callable[[Deepomatic], Awaitable[T]]) -> T:
    async def run() -> T:
        settings = gather("deepomatic", **options)
        async with lending(settings) as host:
            return await call(deepomatic_client(settings, host))

    return asyncio.run(run())


def _source(picture: str) -> str | bytes:
    return picture if picture.startswith(("http://", "https://")) else Path(picture).read_bytes()


def _crop(text: str | None) -> Crop | None:
    if text is None:
        return None
    try:
        x_min, y_min, x_max, y_max = (float(edge) for edge in text.split(","))
    except ValueError:
        raise click.BadParameter("Four numbers with commas between them.", param_hint="--crop") from None
    return Crop(x_min, y_min, x_max, y_max)


def _object(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise click.BadParameter("A JSON object is needed.", param_hint="--metadata")
    return found
