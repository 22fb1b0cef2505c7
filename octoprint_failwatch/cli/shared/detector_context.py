"""What a command lends to its detector."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from ...engine.detectors import DetectorContext


@asynccontextmanager
async def lending(settings: Mapping[str, Any]) -> AsyncIterator[DetectorContext]:
    """Lend a session, and to a service that fetches pictures itself a web server to fetch them from.

    The built-in detector needs nothing, and nothing is loaded for it.
    """
    if settings["kind"] == "built_in":
        yield DetectorContext()
        return
    import aiohttp

    from .picture_server import lent_pictures

    async with aiohttp.ClientSession() as session:
        if settings["kind"] != "ml_api":
            yield DetectorContext(session)
            return
        async with lent_pictures(str(settings.get("url") or "")) as pictures:
            yield DetectorContext(session, publish=pictures.publish)
