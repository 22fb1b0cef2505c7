"""Call a HACARUS server in any of its dialects."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import click

from ...engine.clients.hacarus import Hacarus, connect
from ...engine.detectors.hacarus_settings import hacarus_connection, hacarus_dialect, name_of
from ...engine.errors import BadSetting
from ..shared.detector_context import lending
from ..shared.detector_options import gather
from ..shared.options import Finite

T = TypeVar("T")
C = TypeVar("C")

interval_option = click.option(
    "--interval",
    type=Finite(min=0, min_open=True),
    default=5.0,
    show_default=True,
    help="Seconds between requests.",
)
"""How often the server is asked whether a model is trained."""


def ask(options: Mapping[str, Any], call: Callable[[Hacarus], Awaitable[T]]) -> T:
    """Return the result of a call to the server."""

    async def run() -> T:
        settings = gather("hacarus", **options)
        async with lending(settings) as host:
            connection = hacarus_connection(settings, host)
            return await call(await connect(connection, hacarus_dialect(settings)))

    return asyncio.run(run())


def ask_one(kind: type[C], options: Mapping[str, Any], call: Callable[[C], Awaitable[T]]) -> T:
    """Return the result of a call that only some dialects have; raises BadSetting for the others."""

    async def run(client: Hacarus) -> T:
        if not isinstance(client, kind):
            raise BadSetting(f"HACARUS {name_of(client)} at {client.where} cannot do this.")
        return await call(client)

    return ask(options, run)
