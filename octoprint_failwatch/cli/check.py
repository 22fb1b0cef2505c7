"""The command `failwatch check`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from ..engine.detectors import ServiceInfo, query_service
from .shared.detector_context import lending
from .shared.detector_options import gather, service_options
from .shared.tables import json_option, show


@click.command("check")
@service_options
@json_option
def command(as_json: bool, **options: Any) -> None:
    """Check that a detection service answers and accepts the credentials, and show what it offers.

    Secrets come from the file, or from FAILWATCH_TOKEN, FAILWATCH_CLIENT_SECRET, FAILWATCH_API_KEY.
    """
    found = asyncio.run(_query_service(**options))
    if as_json:
        show(found, as_json)
        return
    click.echo(found.says)
    for key, choices in found.choices.items():
        click.echo(f"\n{key}:")
        show(choices, as_json, ("value", "title"))


async def _query_service(
    kind: str | None, settings_file: Path | None, url: str | None, pairs: tuple[str, ...]
) -> ServiceInfo:
    settings = gather(kind, settings_file, url, pairs)
    async with lending(settings) as host:
        return await query_service(settings, host)
