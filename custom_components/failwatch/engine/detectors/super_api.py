"""Detect failures with a Super Detection API: Obico's, or a FailWatch server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from ..clients import clouds
from ..clients.http import base_url
from ..clients.obico import Prediction, SuperApi, TemporalStats
from ..models import Detection, Frame
from ..statistics import TemporalStatistics
from .context import DetectorContext
from .pixel_boxes import boxes_of


class SuperApiDetector:
    """Sends each frame, and takes the statistics that the service keeps."""

    returns_boxes = False
    combines_by_sum = True
    metered = True

    def __init__(self, api: SuperApi) -> None:
        """Ask that service."""
        self._api = api

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], host: DetectorContext) -> Self:
        """Use `url` and `token`."""
        url = base_url(settings, clouds.OBICO)
        return cls(SuperApi(host.network(), url, str(settings.get("token") or "")))

    async def detect(self, frame: Frame) -> Detection:
        """Return the service's answer to a frame. Raises DetectionError."""
        prediction = await self._api.predict(frame.printer_id, frame.print_id, frame.jpeg)
        return await detection_of(prediction, frame.jpeg)

    async def check(self) -> str:
        """Return a sentence on what answers there; raises DetectionError."""
        await self._api.check()
        return f"The Super Detection API answers at {self._api.where} and accepts the token."

    async def close(self) -> None:
        """Hold nothing."""


async def detection_of(prediction: Prediction, jpeg: bytes) -> Detection:
    """Return what any of Obico's interfaces says of a picture."""
    stats = prediction.temporal_stats
    return Detection(
        p=prediction.p,
        boxes=await boxes_of(prediction.detections, jpeg),
        statistics=None if stats is None else _statistics(stats),
        tagged_image_url=prediction.tagged_img_url,
        raw=prediction.raw,
    )


def _statistics(stats: TemporalStats) -> TemporalStatistics:
    return TemporalStatistics(
        stats.ewm_mean,
        stats.rolling_mean_short,
        stats.rolling_mean_long,
        stats.prediction_num,
        stats.prediction_num_lifetime,
        frames=float(stats.prediction_num),
        frames_lifetime=float(stats.prediction_num_lifetime),
    )
