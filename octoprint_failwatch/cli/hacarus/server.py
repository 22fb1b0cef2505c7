"""Show and set targets, algorithms, licence and logs of the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ...engine.clients.hacarus import HacarusSaas, HacarusSdk
from ..shared.tables import json_option, output_option, show, write
from .asking import ask, ask_one

Options = dict[str, Any]


@click.command()
@json_option
@click.pass_obj
def targets(options: Options, as_json: bool) -> None:
    """List the targets of inspection."""
    found = ask_one(HacarusSaas, options, lambda client: client.targets())
    show(found, as_json, ("target_id", "name", "preprocessing"))


@click.command()
@click.argument("target_id", type=int)
@click.option("--default", "make_default", is_flag=True, help="Make it the default target.")
@json_option
@click.pass_obj
def target(options: Options, target_id: int, make_default: bool, as_json: bool) -> None:
    """Show a target, or make it the default."""

    def call(client: HacarusSaas) -> Any:
        return client.set_default_target(target_id) if make_default else client.target(target_id)

    show(ask_one(HacarusSaas, options, call), as_json)


@click.command()
@click.argument("algorithm_id", required=False)
@json_option
@click.pass_obj
def algorithms(options: Options, algorithm_id: str | None, as_json: bool) -> None:
    """List the algorithms, or the parameters of one."""
    if algorithm_id is None:
        found = ask(options, lambda client: client.algorithms())
        show(found, as_json, ("algorithm_id", "name", "type", "version"))
        return
    one = ask_one(HacarusSaas, options, lambda client: client.algorithm(algorithm_id))
    if as_json:
        show(one, as_json)
    else:
        columns = ("algorithm_parameter_id", "name", "data_type", "value", "range_lower", "range_upper")
        show(one.parameters, as_json, columns)


@click.command("license")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def set_license(options: Options, file: Path) -> None:
    """Upload a licence."""
    expiry = ask(options, lambda client: client.set_license(file.read_bytes()))
    click.echo(f"The licence is good until {expiry}." if expiry else "The licence is taken.")


@click.command("node-hash")
@json_option
@click.pass_obj
def node_hash(options: Options, as_json: bool) -> None:
    """Print the machine's identifier, which a licence is made for."""
    show(ask_one(HacarusSaas, options, lambda client: client.node_hash()), as_json)


@click.command()
@output_option
@click.pass_obj
def logs(options: Options, output: Path) -> None:
    """Save the server's logs as a ZIP file."""
    write(output, ask_one(HacarusSaas, options, lambda client: client.logs()))


@click.command()
@json_option
@click.pass_obj
def version(options: Options, as_json: bool) -> None:
    """Print the server's version (Visual Inspection SDK only)."""
    show(ask_one(HacarusSdk, options, lambda client: client.version()), as_json)


@click.command()
@json_option
@click.pass_obj
def processes(options: Options, as_json: bool) -> None:
    """Show what the server is busy with (Visual Inspection SDK only)."""
    show(ask_one(HacarusSdk, options, lambda client: client.processes()), as_json)


COMMANDS = (targets, target, algorithms, set_license, node_hash, logs, version, processes)
