"""Serve pictures to services that fetch them."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from yarl import URL

from ...engine.detectors import SingleUsePictures


@asynccontextmanager
async def lent_pictures(url: str) -> AsyncIterator[SingleUsePictures]:
    """Serve single-use pictures on the address of this machine that faces the service."""

    async def give(request: web.Request) -> web.Response:
        picture = pictures.take(request.match_info["name"])
        if picture is None:
            raise web.HTTPNotFound
        return web.Response(body=picture, content_type="image/jpeg")

    host = _own_address(url)
    app = web.Application()
    app.router.add_get("/{name}", give)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, 0).start()
        base = URL.build(scheme="http", host=host, port=runner.addresses[0][1])
        pictures = SingleUsePictures(lambda name: str(base / name))
        yield pictures
    finally:
        await runner.cleanup()


def _own_address(url: str) -> str:
    """Return this machine's address as the service sees it. No packet is sent for that."""
    try:
        other = URL(url)
        family, kind, protocol, _, address = socket.getaddrinfo(
            other.host or "", other.port or 80, type=socket.SOCK_DGRAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.connect(address)
            return str(probe.getsockname()[0])
    except (OSError, ValueError):
        return "127.0.0.1"
