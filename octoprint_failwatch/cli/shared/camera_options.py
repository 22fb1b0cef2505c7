"""Options for reading a network camera."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ...engine.sources.address import Login
from ...engine.sources.source import TIMEOUT, ReadOptions
from ...engine.sources.tls import Trust
from .options import Finite

_OPTIONS = (
    click.option(
        "--login",
        metavar="NAME:PASSWORD",
        envvar="FAILWATCH_LOGIN",
        help="The camera's log-in, basic or digest; also from FAILWATCH_LOGIN, or in the address.",
    ),
    click.option(
        "--certificate",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Trust the camera certificate, or its issuer, in this file (PEM).",
    ),
    click.option("--insecure", is_flag=True, help="Do not check the camera's certificate."),
    click.option(
        "--timeout",
        default=TIMEOUT,
        type=Finite(min=0.5),
        help=f"Seconds for which the camera may be silent. [{TIMEOUT:g}]",
    ),
)


def camera_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options and pass their values as `camera`."""

    @functools.wraps(command)
    def wrapped(
        *args: Any,
        login: str | None,
        certificate: Path | None,
        insecure: bool,
        timeout: float,
        **options: Any,
    ) -> None:
        if certificate is not None and insecure:
            raise click.UsageError("--certificate and --insecure contradict each other.")
        name, _, password = (login or "").partition(":")
        camera = ReadOptions(
            timeout=timeout,
            trust=Trust(verify=not insecure, certificate=certificate),
            login=Login(name, password) if login else None,
        )
        command(*args, camera=camera, **options)

    return functools.reduce(lambda wrapping, option: option(wrapping), reversed(_OPTIONS), wrapped)
