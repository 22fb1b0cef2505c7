"""Give a detector its HTTP session and, if needed, a picture server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from ...engine.detectors import DetectorContext


@asynccontextmanager
async def lending(settings: Mapping[str, Any]) -> AsyncIterator[DetectorContext]:
    """Provide a session, and a web server for a service that fetches the pictures itself.

    The built-in detector needs neither, so neither is loaded for it.
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
