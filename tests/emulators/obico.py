"""Obico, emulated: the Super Detection API, the self-hosted ml_api, and the printers' API."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from .judging import Judge, Sighting, by_colour

TOKEN = "super-token-41"
ML_API_FLOOR = 0.2


@dataclass
class PrinterRecord:
    """What the server keeps of a printer. The constants of the means are those of the documentation."""

    print_id: str | None = None
    filename: str | None = None
    ewm: float = 0.0
    short: float = 0.0
    long: float = 0.0
    predictions: int = 0
    lifetime: int = 0

    def forget_print(self) -> None:
        """Begin a print: all but the long mean begins anew."""
        self.ewm = self.short = 0.0
        self.predictions = 0

    def take(self, p: float) -> None:
        """Take one more p into the statistics."""
        self.predictions += 1
        self.lifetime += 1
        self.ewm += (p - self.ewm) * 2 / 13
        self.short += (p - self.short) / min(310, self.predictions + (self.predictions < 310))
        self.long += (p - self.long) / min(7200, self.lifetime + (self.lifetime < 7200))


@dataclass
class Obico:
    """A server's state. `boxes` says whether it answers as later releases do."""

    judge: Judge = by_colour
    token: str = TOKEN
    boxes: bool = False
    too_hot: bool = False
    fetches: bool = True
    printers: dict[str, PrinterRecord] = field(default_factory=dict)
    requests: list[Mapping[str, Any]] = field(default_factory=list)
    finished: list[tuple[str, str]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def application(self) -> web.Application:
        """Return the server."""
        app = web.Application(client_max_size=20 * 2**20)
        app.add_routes(
            [
                web.post("/ent/partners/api/predict/", self.super_predict),
                web.get("/tagged/{name}", self.tagged),
                web.get("/hc/", self.health),
                web.get("/p/", self.ml_predict),
                web.get("/api/v1/printers/{id}/", self.of_printer(self.show)),
                web.post("/api/v1/printers/{id}/start_print/", self.of_printer(self.start_print)),
                web.post("/api/v1/printers/{id}/predict/", self.of_printer(self.predict)),
                web.post("/api/v1/printers/{id}/finish_print/", self.of_printer(self.finish_print)),
            ]
        )
        return app

    # The Super Detection API

    async def super_predict(self, request: web.Request) -> web.Response:
        """Answer as the page "Super Detection API" says."""
        if request.headers.get("Authorization") != f"Token {self.token}":
            body = {"error": "Invalid or Inactive Token", "is_authenticated": "False"}
            return web.json_response(body, status=401)
        if self.too_hot:
            body = {"error": "You are running too hot! Take it easy buddy..."}
            return web.json_response(body, status=429)
        form = await request.post()
        for key in ("printer_id", "print_id"):
            if not isinstance(form.get(key), str) or not 0 < len(str(form[key])) <= 256:
                return web.json_response({"error": f"{key} is missing or too long"}, status=400)
        picture = form.get("img")
        if not isinstance(picture, web.FileField):
            return web.json_response({"error": "img is missing"}, status=400)
        jpeg = picture.file.read()
        try:
            seen = await self.judge(jpeg)
        except ValueError:
            return web.json_response({"error": "img is not a JPEG"}, status=400)
        self.requests.append({"printer_id": form["printer_id"], "print_id": form["print_id"]})
        record = self.printers.setdefault(str(form["printer_id"]), PrinterRecord())
        if record.print_id != form["print_id"]:
            record.print_id = str(form["print_id"])
            record.forget_print()
        result = _result(record, seen)
        if self.boxes:
            result["detections"] = [_box(one)[1:] for one in seen]
        else:
            name = f"{next(self._numbers)}.jpg"
            self.pictures[name] = jpeg
            result["tagged_img_url"] = str(request.url.with_path(f"/tagged/{name}"))
        return web.json_response({"result": result})

    async def tagged(self, request: web.Request) -> web.Response:
        """Serve a picture that was judged."""
        picture = self.pictures.get(request.match_info["name"])
        if picture is None:
            raise web.HTTPNotFound
        return web.Response(body=picture, content_type="image/jpeg")

    # ml_api

    async def health(self, request: web.Request) -> web.Response:
        """Say that the model is loaded."""
        return web.Response(text="ok")

    async def ml_predict(self, request: web.Request) -> web.Response:
        """Fetch the picture and answer; a release with `fetches` off hides that it could not."""
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            raise web.HTTPUnauthorized
        address = request.query.get("img")
        if address is None:
            return web.json_response({"detections": [], "message": "img is required"}, status=400)
        if not self.fetches:
            return web.json_response({"detections": []})
        try:
            async with aiohttp.ClientSession() as session, session.get(address) as response:
                response.raise_for_status()
                seen = await self.judge(await response.read())
        except (aiohttp.ClientError, ValueError):
            body = {"detections": [], "message": "Failed to get the image"}
            return web.json_response(body, status=422)
        return web.json_response({"detections": [_box(one) for one in seen if one.score >= ML_API_FLOOR]})

    # The printers' API

    def of_printer(
        self, answer: Callable[[PrinterRecord, web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return a handler for a printer of the token's owner."""

        async def handler(request: web.Request) -> web.Response:
            if request.headers.get("Authorization") != f"Bearer {self.token}":
                detail = "Authentication credentials were not provided."
                return web.json_response({"detail": detail}, status=401)
            record = self.printers.get(request.match_info["id"])
            if record is None:
                return web.json_response({"detail": "Not found."}, status=404)
            return await answer(record, request)

        return handler

    async def show(self, record: PrinterRecord, request: web.Request) -> web.Response:
        """Return the printer."""
        return web.json_response({"id": int(request.match_info["id"]), "name": "Prusa in the shed"})

    async def start_print(self, record: PrinterRecord, request: web.Request) -> web.Response:
        """Begin a print, and end the one before it."""
        filename = (await request.json()).get("filename")
        if not filename:
            return web.json_response({"filename": ["This field is required."]}, status=400)
        if record.filename:
            self.finished.append((record.filename, "success"))
        record.filename = filename
        record.forget_print()
        return web.json_response({"succeeded": True, "printer": {}})

    async def predict(self, record: PrinterRecord, request: web.Request) -> web.Response:
        """Answer to a picture of the running print."""
        if not record.filename:
            return web.json_response({"detail": "Not found."}, status=404)
        picture = (await request.post()).get("img")
        if not isinstance(picture, web.FileField):
            return web.json_response({"img": "This field is required."}, status=400)
        seen = await self.judge(picture.file.read())
        return web.json_response(
            {"result": {**_result(record, seen), "detections": [_box(one) for one in seen]}}
        )

    async def finish_print(self, record: PrinterRecord, request: web.Request) -> web.Response:
        """End the running print."""
        if not record.filename:
            return web.json_response({"detail": "Not found."}, status=404)
        self.finished.append((record.filename, (await request.json()).get("status", "success")))
        record.filename = None
        return web.json_response({"succeeded": True, "printer": {}})


def _result(record: PrinterRecord, seen: Sequence[Sighting]) -> dict[str, Any]:
    p = sum(one.score for one in seen)
    record.take(p)
    return {
        "p": p,
        "temporal_stats": {
            "ewm_mean": record.ewm,
            "rolling_mean_short": record.short,
            "rolling_mean_long": record.long,
            "prediction_num": record.predictions,
            "prediction_num_lifetime": record.lifetime,
        },
    }


def _box(one: Sighting) -> list[Any]:
    x, y = (one.x_min + one.x_max) / 2, (one.y_min + one.y_max) / 2
    return ["failure", one.score, [x, y, one.x_max - one.x_min, one.y_max - one.y_min]]
