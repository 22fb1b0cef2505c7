"""A camera and a detection service for which all is well, and the secrets that nobody may see."""

from __future__ import annotations

import io
import itertools
import random
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from PIL import Image, ImageDraw

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
