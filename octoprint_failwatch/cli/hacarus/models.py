"""Train, use, export and import models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ...engine.clients.hacarus import (
    Hacarus,
    HacarusCheck,
    HacarusSaas,
    ItemType,
    Model,
    PredictCallback,
    PredictParameters,
)
from ...engine.errors import BadSetting
from ..shared.detector_options import write_setting
from ..shared.options import Finite
from ..shared.tables import confirm, json_option, output_option, show, write, yes_option
from .asking import ask, ask_one, interval_option

Options = dict[str, Any]
COLUMNS = ("model_id", "name", "algorithm_id", "status", "active", "ok_img_count", "created_at")


@click.group()
def models() -> None:
    """Models."""


@models.command("ls")
@click.option("--algorithm", "algorithm_id", help="Only those of this algorithm.")
@json_option
@click.pass_obj
def list_models(options: Options, algorithm_id: str | None, as_json: bool) -> None:
    """List the models."""

    async def call(client: Hacarus) -> tuple[Model, ...]:
        if isinstance(client, HacarusSaas):
            return await client.models(algorithm_id)
        found = await client.models()
        return tuple(model for model in found if algorithm_id in (None, model.algorithm_id))

    show(ask(options, call), as_json, COLUMNS)


@models.command("show")
@click.argument("model_id")
@json_option
@click.pass_obj
def show_model(options: Options, model_id: str, as_json: bool) -> None:
    """Show a model."""
    show(ask(options, lambda client: client.model(model_id)), as_json)


@models.command("rm")
@click.argument("model_ids", nargs=-1, required=True)
@yes_option
@click.pass_obj
def delete_models(options: Options, model_ids: tuple[str, ...], yes: bool) -> None:
    """Delete models."""
    confirm(f"Delete {', '.join(model_ids)}?", yes)
    deleted = ask(options, lambda client: client.delete_models(model_ids))
    click.echo(f"Deleted: {', '.join(deleted)}")


@models.command("export")
@click.argument("model_ids", nargs=-1, required=True)
@output_option
@click.pass_obj
def export_models(options: Options, model_ids: tuple[str, ...], output: Path) -> None:
    """Save models as a ZIP file that another server can import."""
    write(output, ask_one(HacarusSaas, options, lambda client: client.export_models(model_ids)))


@models.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def import_models(options: Options, file: Path, as_json: bool) -> None:
    """Import models from a ZIP file."""
    found = ask_one(HacarusSaas, options, lambda client: client.import_models(file.read_bytes()))
    show(found, as_json, COLUMNS)


@models.command()
@click.argument("model_ids", nargs=-1, required=True)
@output_option
@click.pass_obj
def results(options: Options, model_ids: tuple[str, ...], output: Path) -> None:
    """Save the models' results for all pictures as CSV."""
    write(output, ask_one(HacarusSaas, options, lambda client: client.results(model_ids)))


@click.command()
@click.argument("item_ids", nargs=-1)
@click.option("--algorithm", "algorithm_id", required=True, help="See `failwatch hacarus algorithms`.")
@click.option("--name", required=True, help="Name of the model.")
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="NUMBER=VALUE",
    help="Value for a parameter of the algorithm.",
)
@click.option("--wait/--no-wait", default=True, help="Wait until it is trained.")
@click.option("--timeout", type=Finite(min=0), default=3600.0, show_default=True, help="Seconds to wait.")
@interval_option
@json_option
@click.pass_obj
def train(
    options: Options,
    item_ids: tuple[str, ...],
    algorithm_id: str,
    name: str,
    overrides: tuple[str, ...],
    wait: bool,
    timeout: float,
    interval: float,
    as_json: bool,
) -> None:
    """Train a model with items, or with all good pictures that were uploaded for training."""
    parameters = dict(_parameter(override) for override in overrides)

    async def call(client: Hacarus) -> Model:
        with Console(stderr=True).status("Training") as status:
            chosen = item_ids or await _good_items(client)
            if not chosen:
                raise BadSetting("There are no good pictures to train with: upload some first.")
            model = await client.train(algorithm_id, name, chosen, parameters)
            if not wait:
                return model
            return await client.wait_for_model(
                model.model_id,
                timeout=timeout,
                interval=interval,
                progress=lambda one: status.update(f"{one.name}: {one.status} {one.status_text or ''}"),
            )

    show(ask(options, call), as_json)


@click.command()
@click.argument("model_id")
@click.pass_obj
def use(options: Options, model_id: str) -> None:
    """Use a model from now on: writes it into the file that --detector names."""
    path = options["settings_file"]
    if path is None:
        raise BadSetting("Say with --detector which file of settings the model is for.")
    if model_id != "active":
        ask(options, lambda client: client.model(model_id))
    write_setting(path, "model_id", model_id)
    click.echo(f"{click.format_filename(path)} uses the model {model_id}.")


@click.command()
@click.argument("model_id")
@click.option("--threshold", type=Finite(min=0), help="The score from which a place is abnormal.")
@click.option("--ignore-outer", metavar="(Y, X)", help="Border to ignore, in pixels.")
@click.option("--min-area", type=Finite(min=0), help="The smallest area that counts, in pixels.")
@json_option
@click.pass_obj
def params(
    options: Options,
    model_id: str,
    threshold: float | None,
    ignore_outer: str | None,
    min_area: float | None,
    as_json: bool,
) -> None:
    """Change how a model judges (CHECK only)."""
    wanted = PredictParameters(threshold, ignore_outer, min_area)
    if wanted == PredictParameters():
        raise click.UsageError("Give something to change.")
    found = ask_one(HacarusCheck, options, lambda client: client.set_predict_parameters(model_id, wanted))
    show(found, as_json)


@click.command()
@click.argument("model_id")
@click.argument("url")
@click.option("--method", type=click.Choice(["post", "get"]), default="post", show_default=True)
@json_option
@click.pass_obj
def callback(options: Options, model_id: str, url: str, method: str, as_json: bool) -> None:
    """Report finished predictions of a model to an address (CHECK only)."""
    wanted = PredictCallback(url, method)
    found = ask_one(HacarusCheck, options, lambda client: client.set_predict_callback(model_id, wanted))
    show(found, as_json)


async def _good_items(client: Hacarus) -> tuple[str, ...]:
    """Return the items that were uploaded as good examples."""
    if isinstance(client, HacarusSaas):
        training = [item async for item in client.items(ItemType.TRAINING)]
        good = [item for item in training if item.user_assessment and item.user_assessment.label == "OK"]
    else:
        good = [item for item in (await client.items()).training if item.good]
    return tuple(item.item_id for item in good)


def _parameter(text: str) -> tuple[int, str]:
    number, equals, value = text.partition("=")
    if not equals or not number.isdecimal():
        raise click.BadParameter("NUMBER=VALUE, with the parameter's number.", param_hint="--set")
    return int(number), value


COMMANDS = (models, train, use, params, callback)
