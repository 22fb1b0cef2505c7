"""The built-in detector as hosts use it."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

from ...detection import Detection
from ...frame import Frame
from ...pictures import decode
from ..host import DetectorHost
from .heat import boxes, probabilities, top_mean
from .model_folder import SHIPPED, ModelFolder
from .runtime import Network

LOWEST_PRIORITY = 19


class BuiltInDetector:
    """Answers frames on this machine. Nothing is loaded before the first answer."""

    returns_boxes = True
    combines_by_sum = False
    metered = False

    def __init__(self, folder: Path = SHIPPED) -> None:
        """Use the model in a folder, by default the one that comes along."""
        self._folder = folder
        self._network: Network | None = None
        self._model: ModelFolder | None = None
        self._executor = ThreadPoolExecutor(1, "failwatch-detector", initializer=_step_back)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], host: DetectorHost) -> Self:  # noqa: ARG003
        """Use `model`, the folder of an own model, if it is given."""
        folder = settings.get("model")
        return cls(Path(str(folder)) if folder else SHIPPED)

    async def detect(self, frame: Frame) -> Detection:
        """Return the answer to a frame. Raises BadPicture or ModelUnavailable."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self.answer, frame.jpeg)

    async def check(self) -> str:
        """Return the model's name; raises ModelUnavailable."""
        _, model = await asyncio.get_running_loop().run_in_executor(self._executor, self._load)
        return f"The built-in detector runs here ({model.description.name})."

    async def close(self) -> None:
        """End the thread once it is done."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def answer(self, picture: bytes) -> Detection:
        """Return the answer to a picture. Takes tens of milliseconds, and longer the first time.

        Raises BadPicture or ModelUnavailable. For one thread at a time.
        """
        network, model = self._load()
        wanted = model.description
        image = decode(picture, max_side=2 * max(wanted.width, wanted.height))
        cells = probabilities(network.logits(image), wanted.heat_map)
        p = top_mean(cells, round(cells.size * wanted.heat_map.top_share))
        return Detection(p, boxes(cells, wanted.heat_map))

    def _load(self) -> tuple[Network, ModelFolder]:
        if self._network is None or self._model is None:
            self._model = ModelFolder.read(self._folder)
            self._network = Network(self._model)
        return self._network, self._model


def _step_back() -> None:
    """Give everything else on the machine precedence over this thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST_PRIORITY)
