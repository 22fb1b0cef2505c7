"""The server as an aiohttp application: what it holds, and what answers where."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from ..version import __version__
from .connections import Connections
from .detector_queue import Detector, DetectorQueue
from .metrics import Figures
from .ml_api import MlApi
from .printer_statistics import Printers
from .rate_limit import Throttle
from .request import Intake
from .responses import errors_as_json
from .settings import ServerSettings
from .storage import Storage
from .super_api import PREDICT, SuperApi
from .tokens import Tokens
from .urls import Addresses

COUNT_SECONDS = 10.0
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
    storage: Storage,
) -> web.Application:
    """Return the server's application.

    Everything handed over is the caller's, and outlives the application.
    """
    queue, tokens = DetectorQueue(detectors), Tokens(settings.tokens)
    super_api = SuperApi(
        queue,
        storage,
        tokens,
        Throttle(settings.rate_limit),
        Addresses(settings.public_url, settings.behind_proxy),
        Intake(settings.max_picture, MAX_INTAKE),
    )

    known = _KnownPrinters(storage.printers)

    async def health(_: web.Request) -> web.Response:
        return web.json_response(
            {
                "status": "ok",
                "version": __version__,
                "printers": await known.count(),
                "waiting": queue.waiting,
            }
        )

    figures = Figures(PREDICT, queue, connections)
    application = web.Application(middlewares=[connections.watch, figures.watch, errors_as_json])
    if importlib.util.find_spec("prometheus_client"):
        application.add_routes([web.get("/metrics", figures.metrics)])
    application.add_routes([*super_api.routes(), web.get("/healthz", health)])
    if settings.obico is not None:
        ml_api = MlApi(queue, tokens, settings.obico, settings.max_picture)
        application.add_routes(ml_api.routes())
    return application


class _KnownPrinters:
    """Counts the printers now and then: anybody can ask for the number, without a token."""

    def __init__(self, printers: Printers) -> None:
        self._printers = printers
        self._count = 0
        self._counted_at: float | None = None

    async def count(self) -> int:
        """Return how many printers were known some seconds ago."""
        now = time.monotonic()
        if self._counted_at is None or now - self._counted_at > COUNT_SECONDS:
            self._counted_at = now
            self._count = await self._printers.count()
        return self._count
