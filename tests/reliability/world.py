"""A working camera and detection service, and the secrets that must not leak."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from PIL import Image, ImageDraw

from tests.emulators.running import running

from .certificates import certificates
from .proxy import FaultProxy, fault_proxy

PASSWORD, TOKEN = "a-password-nobody-may-see", "a-token-nobody-may-see"


@dataclass
class World:
    """A camera and a service for which all is well: what is seen is never a failure."""

    seed: int
    answered: list[float] = field(default_factory=list)
    _numbers: Any = field(default_factory=itertools.count)

    def application(self) -> web.Application:
        app = web.Application(client_max_size=20_000_000)
        app.router.add_get("/snapshot.jpg", self._snapshot)
        app.router.add_post("/ent/partners/api/predict/", self._predict)
        return app

    async def _snapshot(self, _request: web.Request) -> web.Response:
        number = next(self._numbers)
        image = Image.new("RGB", (160, 120), (110,) * 3)
        ImageDraw.Draw(image).rectangle(
            (number * 7 % 140, 20, number * 7 % 140 + 18, 60), fill=(240, 160, 40)
        )
        out = io.BytesIO()
        image.save(out, "JPEG")
        return web.Response(body=out.getvalue(), content_type="image/jpeg")

    async def _predict(self, request: web.Request) -> web.Response:
        await request.post()
        p = random.Random(self.seed * 100_000 + len(self.answered)).uniform(0.0, 0.12)
        self.answered.append(p)
        return web.json_response({"result": {"p": p, "detections": []}})


@asynccontextmanager
async def breakable(world: World, folder: Path) -> AsyncIterator[Mapping[str, FaultProxy]]:
    """Run the world, and give a proxy before its `camera` and one before its `detector`.

    Programs that are to trust the proxies' https find their authority in `authority.pem`.
    """
    shown = certificates(folder / "authority.pem")
    async with (
        running(world.application()) as url,
        fault_proxy(url, shown) as camera,
        fault_proxy(url, shown) as detector,
    ):
        yield {"camera": camera, "detector": detector}
