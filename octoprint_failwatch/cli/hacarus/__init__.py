"""The commands `failwatch hacarus …`."""

from __future__ import annotations

from typing import Any

import click

from ..shared.detector_options import connection_options
from . import items, learn, models, server


@click.group("hacarus")
@connection_options
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """Manage inspection at HACARUS: pictures, models and the server.

    The credentials come from the file, or from FAILWATCH_CLIENT_ID and FAILWATCH_CLIENT_SECRET. Which
    of the three dialects the server speaks is detected, unless `--set dialect=…` names it.
    """
    context.obj = options


for operation in (*server.COMMANDS, *models.COMMANDS, *items.COMMANDS, *learn.COMMANDS):
    command.add_command(operation)
