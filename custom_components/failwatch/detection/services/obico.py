"""Obico's interfaces: the Super Detection API, the self-hosted ml_api, and the printers' API (OAuth)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from ..errors import BadAnswer, BadRequest
from ..frame import MAX_ID_LENGTH
from .http import REQUEST_TIMEOUT, Endpoint
from .reading import mapping, number, sequence, text

CLOUD = "https://app.obico.io"
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
        """Speak to the service at `url`; the token is Obico's super auth token or the server's own."""
        path = url.path.removesuffix("/").removesuffix(SUPER_PREDICT.removesuffix("/"))
        headers = {"Authorization": f"Token {token}"} if token else {}
        self._endpoint = Endpoint(session, url.with_path(path or "/"), headers, (token,))

    @property
    def where(self) -> str:
        """The service's host."""
        return self._endpoint.where

    async def predict(
        self, printer_id: str, print_id: str, jpeg: bytes, *, timeout: float = REQUEST_TIMEOUT
    ) -> Prediction:
        """Return the answer to one picture of a print. Every call counts in the printer's statistics."""
        if not 0 < len(printer_id) <= MAX_ID_LENGTH or not 0 < len(print_id) <= MAX_ID_LENGTH:
            raise BadRequest(f"printer_id and print_id must have 1 to {MAX_ID_LENGTH} characters.")
        form = aiohttp.FormData({"printer_id": printer_id, "print_id": print_id})
        form.add_field("img", jpeg, filename="snapshot.jpg", content_type="image/jpeg")
        reply = await self._endpoint.call("POST", SUPER_PREDICT, data=form, timeout=timeout)
        return _prediction(reply.json(), self._endpoint.base)

    async def check(self) -> None:
        """Raise DetectionError unless the service is there and takes the token.

        The API has no harmless call, and a prediction would change statistics. So the request leaves
        out the picture: a service that takes the token then answers 400, one that does not, 401.
        """
        form = aiohttp.FormData({"printer_id": "failwatch-check", "print_id": "failwatch-check"})
        try:
            reply = await self._endpoint.call("POST", SUPER_PREDICT, data=form)
        except BadRequest:
            return
        mapping(reply.json(), "result")


def _prediction(answer: Any, base: URL) -> Prediction:
    result = mapping(mapping(answer, "result").get("result"), "result")
    tagged = result.get("tagged_img_url")
    return Prediction(
        p=_p(result.get("p")),
        temporal_stats=_temporal_stats(result.get("temporal_stats")),
        tagged_img_url=str(base.join(URL(tagged))) if isinstance(tagged, str) and tagged else None,
        detections=found(result.get("detections") or []),
        raw=answer,
    )


def _p(value: Any) -> float:
    p = number(value, "p")
    if p < 0:
        raise BadAnswer("The answer has a p below 0.")
    return p


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
        boxes.append(Found(label, number(parts[-2], "score"), *edges))
    return tuple(boxes)
