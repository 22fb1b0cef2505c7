"""Train a model from your own history."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress as Bar

from ...engine.clients.hacarus import Hacarus
from ...engine.clients.hacarus.types import Model
from ...learning.examples import examples
from ...learning.hacarus import Progress, teach
from ..shared.detector_options import write_setting
from ..shared.options import Finite, find_printer, history_option, open_history
from ..shared.tables import json_option, show
from .asking import ask, interval_option


@click.command("learn")
@history_option
@click.option("--printer", help="Only prints of this printer (id or name).")
@click.option(
    "--most",
    default=100,
    show_default=True,
    type=click.IntRange(1),
    help="Good and bad pictures at most, each.",
)
@click.option(
    "--algorithm", "algorithm_id", help="See `failwatch hacarus algorithms`; needed if there are several."
)
@click.option("--name", help="Name of the model. [FailWatch and the date]")
@click.option(
    "--use/--no-use", default=True, help="Write the model into the file that --detector names. [yes]"
)
@click.option(
    "--timeout",
    type=Finite(min=0),
    default=3600.0,
    show_default=True,
    help="Seconds to wait for the training.",
)
@interval_option
@json_option
@click.pass_obj
def learn(
    options: dict[str, Any],
    history: Path,
    printer: str | None,
    most: int,
    algorithm_id: str | None,
    name: str | None,
    use: bool,
    timeout: float,
    interval: float,
    as_json: bool,
) -> None:
    """Train a model with the pictures of labelled prints, wait for it, and use it from then on.

    Pictures of good prints, and of failed ones before they failed, are what the model learns from. Those
    of failures are uploaded as bad, with the places marked.
    """
    opened = open_history(history, must_exist=True)
    try:
        printer_id = None if printer is None else find_printer(opened, printer)
        chosen = examples(opened, printer_id=printer_id, most=most)
        console = Console(stderr=True)
        with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("Uploading", total=len(chosen))

            def told(now: Progress) -> None:
                bar.update(task, description=f"{now.doing} {now.says}", completed=now.done, total=now.of)

            async def call(client: Hacarus) -> Model:
                return await teach(
                    client,
                    opened,
                    chosen,
                    name=name or f"FailWatch {datetime.now().astimezone():%Y-%m-%d %H:%M}",
                    algorithm_id=algorithm_id,
                    timeout=timeout,
                    interval=interval,
                    told=told,
                )

            model = ask(options, call)
    finally:
        opened.close()
    settings_file = options["settings_file"]
    if use and settings_file is not None:
        write_setting(settings_file, "model_id", model.model_id)
    show(model, as_json)


COMMANDS = (learn,)
