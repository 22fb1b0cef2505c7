"""What a command lends to its detector."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from ...engine.detectors import DetectorHost


@asynccontextmanager
async def lending(settings: Mapping[str, Any]) -> AsyncIterator[DetectorHost]:
    """Lend a session, and to a service that fetches pictures itself a web server to fetch them from.

    The built-in detector needs nothing, and nothing is loaded for it.
    """
    if settings["kind"] == "built_in":
        yield DetectorHost()
        return
    import aiohttp

    from .picture_server import lent_pictures

    async with aiohttp.ClientSession() as session:
        if settings["kind"] != "ml_api":
            yield DetectorHost(session)
            return
        async with lent_pictures(str(settings.get("url") or "")) as pictures:
            yield DetectorHost(session, publish=pictures.publish)
