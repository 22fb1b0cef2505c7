"""A server in a test: the real application behind a real socket, with a scripted detector."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import EllipsisType
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient, TestServer

from octoprint_failwatch.engine.detectors import Detector
from octoprint_failwatch.server.application import RUNNER_OPTIONS, create_application
from octoprint_failwatch.server.connections import Connections
from octoprint_failwatch.server.settings import ServerSettings
from octoprint_failwatch.server.sqlite_printers import SqlitePrinters
from octoprint_failwatch.server.storage import Storage, opened_storage
from tests.core.watching import ScriptedDetector, picture
from tests.patience import eventually

PREDICT = "/ent/partners/api/predict/"
TOKEN = "a-token"
JPEG = picture(1)

_numbers = itertools.count()


def another(jpeg: bytes = JPEG) -> bytes:
    """Return the same picture in other bytes, as every picture of a camera has."""
    return jpeg + b"%d" % next(_numbers)


@dataclass
class Served:
    """A running server and a client that holds its token."""

    client: TestClient
    detector: Detector
    storage: Storage

    async def predict(
        self,
        printer_id: str | None = "printer",
        print_id: str | None = "print",
        img: bytes | EllipsisType | None = ...,
        *,
        token: str | None = TOKEN,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> aiohttp.ClientResponse:
        """Ask for a prediction; whatever is None is left out. Every picture is another unless one is given."""
        img = another() if img is ... else img
        form = aiohttp.FormData(quote_fields=False)
        if printer_id is not None:
            form.add_field("printer_id", printer_id)
        if print_id is not None:
            form.add_field("print_id", print_id)
        if img is not None:
            form.add_field("img", img, filename="snapshot.jpg", content_type="image/jpeg")
        form.add_field("extra", "ignored", content_type="text/plain")
        sent = {"Authorization": f"Token {token}"} if token is not None else {}
        return await self.client.post(PREDICT, data=form, headers={**sent, **(headers or {})}, params=query)

    async def result(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Return the result of a prediction that succeeds."""
        answer = await self.predict(*args, **options)
        assert answer.status == 200, await answer.text()
        body = await answer.json()
        assert set(body) == {"result"}
        return body["result"]

    async def waiting(self, count: int) -> None:
        """Wait until that many frames wait for an answer."""

        async def waiting() -> int:
            return (await (await self.client.get("/healthz")).json())["waiting"]

        await eventually(waiting, lambda now: now == count)


@asynccontextmanager
async def serving(
    data_dir: Path,
    detector: Detector | Iterable[float | Exception] = (0.5,),
    *more_detectors: Detector,
    **settings: Any,
) -> AsyncIterator[Served]:
    """Run a server for the length of a test."""
    if not hasattr(detector, "detect"):
        detector = ScriptedDetector(detector)
    chosen = ServerSettings(**{"data_dir": data_dir, "tokens": (TOKEN,), **settings})
    async with opened_storage(chosen) as storage:
        connections = Connections(chosen.connections, chosen.connections_per_address)
        application = create_application(chosen, [detector, *more_detectors], connections, storage)
        server = TestServer(application)
        # The test server sets the other option itself.
        await server.start_server(auto_decompress=RUNNER_OPTIONS["auto_decompress"])
        async with TestClient(server) as client:
            yield Served(client, detector, storage)


@asynccontextmanager
async def printers_of(folder: Path, **options: Any) -> AsyncIterator[SqlitePrinters]:
    """Open the printers in a folder for the length of a test."""

    async def no_room() -> None:
        """There is nothing that could make room."""

    chosen = {"forget_after": 365 * 86400.0, "make_room": no_room, **options}
    printers = SqlitePrinters(folder / "printers.sqlite", **chosen)
    try:
        yield printers
    finally:
        await printers.close()
