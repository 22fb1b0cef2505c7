"""The command line `failwatch`."""

from __future__ import annotations

import errno
from importlib import import_module
from typing import Any

import click

from ..engine.errors import FailWatchError
from ..version import __version__

COMMANDS = {
    "detect": ".detect",
    "serve": ".serve",
    "watch": ".watch",
    "replay": ".replay",
    "tune": ".tune",
    "history": ".history",
    "check": ".check",
    "hacarus": ".hacarus",
    "deepomatic": ".deepomatic",
    "simulate": "..simulator.command",
}
"""Each command's module, imported only when it is used; it exports `command`."""


class Commands(click.Group):
    """All commands. Their errors become one line for the user here."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order in which the help shows them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of that name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name], __package__).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except FailWatchError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.strerror is None or error.errno == errno.EPIPE:  # whoever read has gone: click knows
                raise
            where = "" if error.filename is None else f"{click.format_filename(error.filename)}: "
            raise click.ClickException(f"{where}{error.strerror}") from error


@click.group("failwatch", cls=Commands)
@click.version_option(__version__, prog_name="failwatch")
def main() -> None:
    """Watch 3D prints for failure."""
