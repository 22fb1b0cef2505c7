"""The server as an aiohttp application: what it holds, and what answers where."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from aiohttp import web

from ..engine.detectors import Detector
from ..version import __version__
from .connections import Connections
from .detector_queue import DetectorQueue
from .ml_api import MlApi
from .printer_statistics import Printers
from .rate_limit import Throttle
from .request import Intake
from .responses import errors_as_json
from .settings import ServerSettings
from .super_api import SuperApi
from .tagged_pictures import TaggedPictures
from .tokens import Tokens
from .urls import Addresses

MAX_INTAKE = 256 * 2**20
"""Bytes of all forms that are being received or waiting."""

RUNNER_OPTIONS: Mapping[str, Any] = {
    # A few compressed bytes would become many on the event loop; `errors_as_json` refuses them.
    "auto_decompress": False,
    # Whoever goes away gives up its place.
    "handler_cancellation": True,
}
"""What the application needs of the runner that it is served by."""


def create_application(
    settings: ServerSettings,
    detectors: Sequence[Detector],
    connections: Connections,
) -> web.Application:
    """Return the server's application. Raises BadSetting where its data cannot be used.

    The detectors are the caller's, and outlive the application.
    """
    queue, tokens = DetectorQueue(detectors), Tokens(settings.tokens)
    printers = Printers(settings.data_dir / "printers.sqlite")
    pictures = TaggedPictures(settings.data_dir / "pictures.sqlite", settings.keep_pictures)
    super_api = SuperApi(
        queue,
        printers,
        pictures,
        tokens,
        Throttle(settings.rate_limit),
        Addresses(settings.public_url, settings.behind_proxy),
        Intake(settings.max_picture, MAX_INTAKE),
    )

    async def health(_: web.Request) -> web.Response:
        return web.json_response(
            {
                "status": "ok",
                "version": __version__,
                "printers": await printers.count(),
                "waiting": queue.waiting,
            }
        )

    async def close(_: web.Application) -> AsyncIterator[None]:
        yield
        await printers.close()
        await pictures.close()

    application = web.Application(middlewares=[connections.watch, errors_as_json])
    application.add_routes([*super_api.routes(), web.get("/healthz", health)])
    if settings.obico is not None:
        ml_api = MlApi(queue, tokens, settings.obico, settings.max_picture)
        application.add_routes(ml_api.routes())
    application.cleanup_ctx.append(close)
    return application
