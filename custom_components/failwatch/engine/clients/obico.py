"""Obico's interfaces: the Super Detection API, the self-hosted ml_api, and the printers' API (OAuth)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from ..errors import BadAnswer, BadRequest, ServerFailed, WrongAddress
from ..models import MAX_ID_LENGTH
from .http import Endpoint
from .reading import mapping, number, score, sequence, text, web_address

SUPER_PREDICT = "/ent/partners/api/predict/"


@dataclass(frozen=True, slots=True)
class Found:
    """One box of Obico's: centre and size in pixels of the picture that was sent."""

    label: str
    score: float
    x_center: float
    y_center: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class TemporalStats:
    """The statistics that the service keeps of a printer."""

    ewm_mean: float
    rolling_mean_short: float
    rolling_mean_long: float
    prediction_num: int
    prediction_num_lifetime: int


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer to one picture; what a release of the server does not send is None or empty."""

    p: float
    temporal_stats: TemporalStats | None = None
    tagged_img_url: str | None = None
    detections: tuple[Found, ...] = ()
    raw: Any = field(default=None, repr=False, compare=False)


class SuperApi:
    """The Super Detection API: Obico's for partners, and every FailWatch server's."""

    def __init__(self, session: aiohttp.ClientSession, url: URL, token: str) -> None:
        """Use the service at `url`; the token is Obico's super auth token or the server's own."""
        path = url.path.removesuffix("/").removesuffix(SUPER_PREDICT.removesuffix("/"))
        headers = {"Authorization": f"Token {token}"} if token else {}
        self._endpoint = Endpoint(session, url.with_path(path or "/"), headers, (token,))

    @property
    def where(self) -> str:
        """The service's host."""
        return self._endpoint.where

    async def predict(self, printer_id: str, print_id: str, jpeg: bytes) -> Prediction:
        """Return the answer to one picture of a print. Every call counts in the printer's statistics."""
        if not 0 < len(printer_id) <= MAX_ID_LENGTH or not 0 < len(print_id) <= MAX_ID_LENGTH:
            raise BadRequest(f"printer_id and print_id must have 1 to {MAX_ID_LENGTH} characters.")
        form = aiohttp.FormData({"printer_id": printer_id, "print_id": print_id})
        form.add_field("img", jpeg, filename="snapshot.jpg", content_type="image/jpeg")
        reply = await self._endpoint.call("POST", SUPER_PREDICT, data=form)
        return _prediction(reply.json(), self._endpoint.base)

    async def check(self) -> None:
        """Raise DetectionError unless the service answers and accepts the token.

        The API has no harmless call, and a prediction would change statistics. So the request leaves
        out the picture: a service that takes the token then answers 400, one that does not, 401.
        """
        form = aiohttp.FormData({"printer_id": "failwatch-check", "print_id": "failwatch-check"})
        reply = await self._endpoint.call("POST", SUPER_PREDICT, data=form, accept=(400,))
        answer = mapping(reply.json(), "result")
        if "error" not in answer and "result" not in answer:
            raise WrongAddress(f"What answers at {self.where} is no Super Detection API.")


def _prediction(answer: Any, base: URL) -> Prediction:
    result = mapping(mapping(answer, "result").get("result"), "result")
    return Prediction(
        p=score(result.get("p"), "p"),
        temporal_stats=_temporal_stats(result.get("temporal_stats")),
        tagged_img_url=web_address(result.get("tagged_img_url"), base),
        detections=found(result.get("detections", [])),
        raw=answer,
    )


def _temporal_stats(value: Any) -> TemporalStats | None:
    """Return the statistics, None where a server keeps none."""
    if value is None:
        return None
    stats = mapping(value, "temporal_stats")
    return TemporalStats(
        number(stats.get("ewm_mean"), "ewm_mean"),
        number(stats.get("rolling_mean_short"), "rolling_mean_short"),
        number(stats.get("rolling_mean_long"), "rolling_mean_long"),
        int(number(stats.get("prediction_num"), "prediction_num")),
        int(number(stats.get("prediction_num_lifetime"), "prediction_num_lifetime")),
    )


def found(detections: Any) -> tuple[Found, ...]:
    """Return the boxes of `[["failure", score, [xc, yc, w, h]], …]`, the label of which may be missing."""
    boxes = []
    for detection in sequence(detections, "detections"):
        parts = sequence(detection, "detections")
        if len(parts) not in (2, 3):
            raise BadAnswer("The answer has a detection that is no box.")
        label = text(parts[0], "label") if len(parts) == 3 else "failure"
        edges = [number(edge, "box") for edge in sequence(parts[-1], "box edges")]
        if len(edges) != 4:
            raise BadAnswer("The answer has a box without four numbers.")
        boxes.append(Found(label, score(parts[-2], "score"), *edges))
    return tuple(boxes)


class MlApi:
    """Obico's self-hosted ml_api, which fetches the picture itself and keeps no statistics."""

    def __init__(self, session: aiohttp.ClientSession, url: URL, token: str) -> None:
        """Use the service at `url`; the token is its ML_API_TOKEN, if it has one."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._endpoint = Endpoint(session, url, headers, (token,))

    @property
    def where(self) -> str:
        """The service's host."""
        return self._endpoint.where

    async def predict(self, picture_url: str) -> Prediction:
        """Return what is found in the picture at an address that the service can reach."""
        reply = await self._endpoint.call("GET", "/p/", params={"img": picture_url})
        answer = reply.json()
        detections = found(mapping(answer, "detections").get("detections"))
        return Prediction(sum(box.score for box in detections), detections=detections, raw=answer)

    async def check(self) -> None:
        """Raise DetectionError unless the service answers, has loaded its model, and accepts the token.

        A request without a picture is refused by a service that takes the token, or, by older
        releases, answered with nothing found.
        """
        health = await self._endpoint.call("GET", "/hc/")
        if health.body.strip() == b"error":
            raise ServerFailed(f"The ml_api at {self.where} has not loaded its model.")
        if health.body.strip() != b"ok":
            raise WrongAddress(f"What answers at {self.where} is no ml_api.")
        try:
            await self._endpoint.call("GET", "/p/")
        except BadRequest:
            return


class PrinterApi:
    """Obico's API for one of its own printers, for applications that manage prints themselves."""

    def __init__(self, session: aiohttp.ClientSession, url: URL, token: str, printer: str) -> None:
        """Use the API of the printer with that id; the token is an OAuth access token of its owner."""
        self._endpoint = Endpoint(session, url, {"Authorization": f"Bearer {token}"}, (token,))
        self._path = f"/api/v1/printers/{quote(printer, safe='')}"

    @property
    def where(self) -> str:
        """The service's host."""
        return self._endpoint.where

    async def printer(self) -> Mapping[str, Any]:
        """Return what Obico knows of the printer."""
        reply = await self._endpoint.call("GET", f"{self._path}/")
        return mapping(reply.json(), "printer")

    async def start_print(self, filename: str) -> None:
        """Begin a print; one that still runs is finished by this."""
        await self._endpoint.call("POST", f"{self._path}/start_print/", json={"filename": filename})

    async def predict(self, jpeg: bytes) -> Prediction:
        """Return the answer to a picture of the running print; raises NotFound where none runs."""
        form = aiohttp.FormData()
        form.add_field("img", jpeg, filename="snapshot.jpg", content_type="image/jpeg")
        reply = await self._endpoint.call("POST", f"{self._path}/predict/", data=form)
        return _prediction(reply.json(), self._endpoint.base)

    async def finish_print(self, *, cancelled: bool = False) -> None:
        """End the running print; raises NotFound where none runs."""
        status = "cancelled" if cancelled else "success"
        await self._endpoint.call("POST", f"{self._path}/finish_print/", json={"status": status})
