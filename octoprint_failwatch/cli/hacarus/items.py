"""Upload, judge, mark and delete pictures."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from ...engine.clients.hacarus import Hacarus, HacarusCheck, HacarusSaas, Item, ItemType, NewAnnotation
from ..shared.tables import confirm, json_option, show, yes_option
from .asking import ask, ask_one

Options = dict[str, Any]
AT_ONCE = 8
"""Pictures in one upload."""


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--good", "kind", flag_value="good", help="Training pictures of good prints.")
@click.option("--bad", "kind", flag_value="bad", help="Training pictures of bad prints.")
@click.option("--predict", "kind", flag_value="predict", help="Pictures to judge. [default]")
@json_option
@click.pass_obj
def upload(options: Options, files: tuple[Path, ...], kind: str | None, as_json: bool) -> None:
    """Upload pictures and print their items."""
    # Releases of click disagree on the default of an option with several flags, so it has none.
    good = {"good": True, "bad": False}.get(kind or "")
    training = good is not None

    async def call(client: Hacarus) -> list[str]:
        added: list[str] = []
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("Uploading", total=len(files))
            named = list(_named(files).items())
            for start in range(0, len(named), AT_ONCE):
                some = named[start : start + AT_ONCE]
                pictures = {name: path.read_bytes() for name, path in some}
                added += await client.add_items(pictures, training=training, good=good)
                progress.advance(task, len(some))
        return added

    added = ask(options, call)
    if as_json:
        show(added, as_json)
    else:
        click.echo("\n".join(added))


@click.command()
@click.argument("model_id")
@click.argument("item_ids", nargs=-1, required=True)
@json_option
@click.pass_obj
def predict(options: Options, model_id: str, item_ids: tuple[str, ...], as_json: bool) -> None:
    """Let a model judge items; "active" is the active model."""
    show(ask(options, lambda client: client.predict(model_id, item_ids)), as_json)


@click.command()
@click.argument("item_id")
@click.option(
    "--box", "boxes", multiple=True, required=True, metavar="X0,Y0,X1,Y1[,LABEL]", help="In pixels."
)
@click.option("--notes", default="", help="Notes on it.")
@click.pass_obj
def annotate(options: Options, item_id: str, boxes: tuple[str, ...], notes: str) -> None:
    """Mark places in an item's picture."""
    marks = [_mark(box, notes) for box in boxes]
    ask(options, lambda client: client.annotate_item(item_id, marks))
    click.echo(f"{len(marks)} marked in {item_id}.")


@click.group()
def items() -> None:
    """Manage uploaded pictures."""


@items.command("ls")
@click.option("--training", "kind", flag_value="training", help="Items to train with.")
@click.option("--predict", "kind", flag_value="prediction", help="Items to judge. [default]")
@click.option("--model", "model_id", help="Include this model's results.")
@json_option
@click.pass_obj
def list_items(options: Options, kind: str | None, model_id: str | None, as_json: bool) -> None:
    """List items."""
    training = kind == "training"

    async def call(client: Hacarus) -> list[Item]:
        if isinstance(client, HacarusSaas):
            item_type = ItemType.TRAINING if training else ItemType.PREDICTION
            return [item async for item in client.items(item_type, model_id=model_id)]
        found = await client.items()
        return list(found.training if training else found.predict)

    show(ask(options, call), as_json, ("item_id", "status", "name", "is_training_data"))


@items.command("show")
@click.argument("item_id")
@click.option("--model", "model_id", help="Only results of this model.")
@json_option
@click.pass_obj
def show_item(options: Options, item_id: str, model_id: str | None, as_json: bool) -> None:
    """Show an item with its findings."""

    async def call(client: Hacarus) -> Item:
        if isinstance(client, HacarusSaas):
            return await client.item(item_id, model_id=model_id)
        return await client.item(item_id)

    show(ask(options, call), as_json)


@items.command("rm")
@click.argument("item_ids", nargs=-1, required=True)
@yes_option
@click.pass_obj
def delete_items(options: Options, item_ids: tuple[str, ...], yes: bool) -> None:
    """Delete items (CHECK only)."""
    confirm(f"Delete {', '.join(item_ids)}?", yes)
    ask_one(HacarusCheck, options, lambda client: client.delete_items(item_ids))
    click.echo(f"Deleted: {', '.join(item_ids)}")


def _mark(text: str, notes: str) -> NewAnnotation:
    try:
        numbers = [int(part) for part in text.split(",", 4)]
        x_min, y_min, x_max, y_max = numbers[:4]
        label = numbers[4] if len(numbers) == 5 else None
    except ValueError:
        raise click.BadParameter(
            "Four or five whole numbers with commas between them.", param_hint="--box"
        ) from None
    return NewAnnotation(x_min, y_min, x_max, y_max, label, notes)


def _named(files: Iterable[Path]) -> dict[str, Path]:
    """Return the files by name, numbered where several share one."""
    named: dict[str, Path] = {}
    for file in files:
        name, number = file.name, 1
        while name in named:
            number += 1
            name = f"{file.stem}-{number}{file.suffix}"
        named[name] = file
    return named


COMMANDS = (upload, predict, annotate, items)
