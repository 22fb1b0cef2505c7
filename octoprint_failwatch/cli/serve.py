"""The command `failwatch serve`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click

from ..engine.clients.http import base_url
from ..server.log import logging_to
from ..server.process import serve
from ..server.settings import ServerSettings
from ..server.tokens import checked, own_token, read_tokens
from .shared.options import Finite

DATA = Path(click.get_app_dir("failwatch")) / "server"


class Workers(click.IntRange):
    """A number of workers; auto means one for each core that the process may use."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        if value == "auto":
            affinity = getattr(os, "sched_getaffinity", None)
            return len(affinity(0)) if affinity else os.cpu_count() or 1
        return super().convert(value, param, ctx)


@click.command("serve", context_settings={"show_default": True})
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option(
    "--port",
    default=8383,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--token",
    "tokens",
    multiple=True,
    envvar="FAILWATCH_TOKEN",
    show_envvar=True,
    help="A token to accept; may be given several times (in the environment: separated by spaces).",
)
@click.option(
    "--token-file",
    envvar="FAILWATCH_TOKEN_FILE",
    show_envvar=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with a token on each line.",
)
@click.option(
    "--data",
    default=DATA,
    envvar="FAILWATCH_DATA",
    show_envvar=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for statistics and tagged pictures.",
)
@click.option(
    "--database",
    envvar="FAILWATCH_DATABASE",
    show_envvar=True,
    metavar="URL",
    help="A PostgreSQL (postgresql://…) for statistics and tagged pictures, shared by several servers.",
)
@click.option(
    "--rate-limit", type=click.IntRange(min=1), metavar="N", help="Requests a minute for each token."
)
@click.option(
    "--keep-pictures",
    default=60.0,
    type=Finite(min=0),
    metavar="MINUTES",
    help="How long tagged pictures are kept.",
)
@click.option(
    "--max-picture",
    default=10,
    type=click.IntRange(1, 100),
    metavar="MIB",
    help="The largest picture to accept.",
)
@click.option("--public-url", metavar="URL", help="Where clients reach the server, for links to pictures.")
@click.option(
    "--behind-proxy",
    is_flag=True,
    help="Trust a reverse proxy's X-Forwarded-For, -Host, -Proto and -Prefix.",
)
@click.option(
    "--obico",
    metavar="URL",
    help="Also serve as ml_api of the self-hosted Obico at this address; pictures are fetched only from there.",
)
@click.option(
    "--workers",
    default="auto",
    type=Workers(1, 256),
    metavar="N|auto",
    help="Pictures to analyse in parallel; auto is one per core.",
)
@click.option(
    "--forget-printers",
    default=365,
    type=click.IntRange(min=1),
    metavar="DAYS",
    help="Days after which an unseen printer is reduced to its lifetime count and mean.",
)
@click.option(
    "--connections",
    default=4096,
    type=click.IntRange(min=1),
    help="Connections that may be open at once.",
)
@click.option(
    "--connections-per-address",
    default=128,
    type=click.IntRange(min=1),
    help="Connections from one address; no limit behind a proxy.",
)
@click.option(
    "--model",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a model to use instead of the built-in one.",
)
def command(
    host: str,
    port: int,
    tokens: tuple[str, ...],
    token_file: Path | None,
    data: Path,
    database: str | None,
    rate_limit: int | None,
    keep_pictures: float,
    max_picture: int,
    public_url: str | None,
    behind_proxy: bool,
    obico: str | None,
    workers: int,
    forget_printers: int,
    connections: int,
    connections_per_address: int,
    model: Path | None,
) -> None:
    """Run a detection server for all your printers.

    It answers the Super Detection API with the built-in detector.

    Without a token it makes one, and keeps it in its data folder. The log goes to standard output,
    one JSON object a line.
    """
    accepted = [*tokens, *(read_tokens(token_file) if token_file else [])]
    own = data / "token"
    settings = ServerSettings(
        data_dir=data,
        tokens=checked(accepted or [own_token(own)]),
        host=host,
        port=port,
        rate_limit=rate_limit,
        keep_pictures=keep_pictures * 60,
        max_picture=max_picture * 2**20,
        public_url=base_url({"url": public_url}) if public_url else None,
        behind_proxy=behind_proxy,
        obico=base_url({"url": obico}) if obico else None,
        model=model,
        workers=workers,
        database=database,
        forget_after=forget_printers * 86400.0,
        connections=connections,
        connections_per_address=connections_per_address,
    )

    def started(address: str) -> None:
        click.echo(f"FailWatch server: {address} (Ctrl-C ends it)", err=True)
        if not accepted:
            secret = settings.tokens[0] if sys.stderr.isatty() else f"the one in {own}"
            click.echo(f"Token: {secret}", err=True)

    with logging_to(sys.stdout):
        asyncio.run(serve(settings, started))
