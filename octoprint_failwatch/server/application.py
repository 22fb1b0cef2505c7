"""The server as an aiohttp application: what it holds, and what answers where."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from ..engine.detectors import Detector
from ..version import __version__
from .detector_queue import OneByOne
from .ml_api import MlApi
from .printer_statistics import Printers
from .rate_limit import Throttle
from .responses import errors_as_json
from .settings import ServerSettings
from .super_api import SuperApi
from .tagged_pictures import TaggedPictures
from .tokens import Tokens
from .urls import Addresses


def create_application(
    settings: ServerSettings, detector: Detector, session: aiohttp.ClientSession
) -> web.Application:
    """Return the server's application. Raises BadSetting where its data cannot be used.

    The detector and the session are the caller's, and outlive the application.
    """
    one_by_one, tokens = OneByOne(detector), Tokens(settings.tokens)
    printers = Printers(settings.data_dir / "printers.sqlite")
    pictures = TaggedPictures(settings.data_dir / "pictures.sqlite", settings.keep_pictures)
    super_api = SuperApi(
        one_by_one,
        printers,
        pictures,
        tokens,
        Throttle(settings.rate_limit),
        Addresses(settings.public_url, settings.behind_proxy),
        settings.max_picture,
    )

    async def health(_: web.Request) -> web.Response:
        return web.json_response(
            {
                "status": "ok",
                "version": __version__,
                "printers": await printers.count(),
                "waiting": one_by_one.waiting,
            }
        )

    async def close(_: web.Application) -> AsyncIterator[None]:
        yield
        await printers.close()
        await pictures.close()

    # The largest body is checked while it is read, part by part.
    application = web.Application(middlewares=[errors_as_json], client_max_size=2 * settings.max_picture)
    application.add_routes([*super_api.routes(), web.get("/healthz", health)])
    if settings.obico is not None:
        ml_api = MlApi(one_by_one, tokens, session, settings.obico, settings.max_picture)
        application.add_routes(ml_api.routes())
    application.cleanup_ctx.append(close)
    return application
