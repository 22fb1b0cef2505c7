"""Shared by the tests of detection services: a detector context and a frame."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from octoprint_failwatch.engine.detectors import DetectorContext, SingleUsePictures
from octoprint_failwatch.engine.models import Frame
from tests.emulators.judging import red_spot
from tests.emulators.running import running


def frame(redness: float = 0.8, print_id: str = "print-1", printer_id: str = "printer-1") -> Frame:
    """Return a frame in which emulators see a failure with about that score."""
    return Frame(red_spot(redness), 1_700_000_000.0, printer_id, print_id)


@asynccontextmanager
async def host() -> AsyncIterator[DetectorContext]:
    """Lend what a host lends, single-use pictures on a web server of its own included."""

    async def give(request: web.Request) -> web.Response:
        picture = pictures.take(request.match_info["name"])
        if picture is None:
            raise web.HTTPNotFound
        return web.Response(body=picture, content_type="image/jpeg")

    app = web.Application()
    app.router.add_get("/once/{name}", give)
    async with running(app) as url, aiohttp.ClientSession() as session:
        pictures = SingleUsePictures(lambda name: str(url / "once" / name))
        yield DetectorContext(session, publish=pictures.publish)
