"""Detect failures with Obico's self-hosted ml_api, which fetches each frame from the host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from ..clients.http import base_url
from ..clients.obico import MlApi
from ..errors import BadSetting, Unavailable
from ..models import Detection, Frame
from .context import DetectorContext, Publisher
from .super_api import detection_of


class MlApiDetector:
    """Lends each frame to the service under a single-use address, and sums the scores of the boxes."""

    returns_boxes = True
    combines_by_sum = True
    metered = False

    def __init__(self, api: MlApi, publish: Publisher) -> None:
        """Ask that service; it fetches the frames from where `publish` puts them."""
        self._api = api
        self._publish = publish

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], host: DetectorContext) -> Self:
        """Use `url` and `token`; raises BadSetting."""
        if host.publish is None:
            raise BadSetting("An ml_api fetches the pictures itself, and nothing here can serve them to it.")
        api = MlApi(host.network(), base_url(settings), str(settings.get("token") or ""))
        return cls(api, host.publish)

    async def detect(self, frame: Frame) -> Detection:
        """Return the service's answer to a frame. Raises DetectionError.

        Some releases answer "nothing found" where they could not fetch the picture, so it counts
        only if it was fetched.
        """
        with self._publish(frame.jpeg) as published:
            prediction = await self._api.predict(published.url)
        if not published.fetched:
            host = published.url.split("/")[2]
            raise Unavailable(f"The ml_api answered without fetching the picture: can it reach {host}?")
        return await detection_of(prediction, frame.jpeg)

    async def check(self) -> str:
        """Return a sentence on what answers there; raises DetectionError."""
        await self._api.check()
        return f"Obico's ml_api answers at {self._api.where}, its model is loaded and it accepts the token."

    async def close(self) -> None:
        """Hold nothing."""
