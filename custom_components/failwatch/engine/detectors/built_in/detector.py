"""Detect failures with a net on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from PIL import Image

from ...errors import BadSetting, ModelUnavailable
from ...imaging.jpeg import decode
from ...imaging.regions import Polygon
from ...models import Detection, Frame
from .box_and_class_outputs import BoxOutput, ClassOutput
from .camera_baseline import CameraBaseline
from .camera_baseline_store import CameraBaselineStore, Evidence
from .compatibility import probe
from .explanation import explained
from .heat_map import HeatMap
from .heat_output import HeatOutput
from .letterbox import Letterbox, placed
from .model_folder import BUILT_IN, ModelFolder
from .net import Net, load
from .outline import Outline

if TYPE_CHECKING:
    from ..context import DetectorContext

NICENESS = 10
"""How much less urgent than a print the net is."""
BASELINES = "camera_normals.json"
DECODED_SIDE = 640
"""Pixels of the longer side that pictures are opened at, unless the net takes larger ones."""


class BuiltInDetector:
    """Answers frames on a thread of its own, niced, one at a time.

    The net is loaded by the first frame; ModelUnavailable says why it cannot be, and is tried again
    by the next one.
    """

    returns_boxes = True
    metered: ClassVar[bool] = False

    def __init__(self, model: ModelFolder | None = None, *, data_dir: Path | None = None) -> None:
        """Prepare to answer; reads no more than a small file. Raises BadSetting for a bad description."""
        self._model = model or ModelFolder.read(BUILT_IN)
        try:
            self._output = _OUTPUTS[self._model.output["kind"]](self._model.output)
        except (KeyError, TypeError, ValueError) as error:
            raise BadSetting(
                "The model %(name)s: %(what)s in its output is missing or wrong.",
                name=self._model.name,
                what=error,
            ) from error
        self.combines_by_sum = isinstance(self._output, BoxOutput) and self._output.by_sum
        self.returns_boxes = not isinstance(self._output, ClassOutput)
        self.masks_regions = isinstance(self._output, HeatOutput)
        self._baselines_file = data_dir / BASELINES if data_dir else None
        self._store: CameraBaselineStore | None = None
        self._net: Net | None = None
        self._one_at_a_time = threading.RLock()
        self._thread = ThreadPoolExecutor(1, "failwatch-net", _be_nice)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], host: DetectorContext) -> BuiltInDetector:
        """Return the detector that the settings describe; raises BadSetting."""
        folder = str(settings.get("model") or "").strip()
        model = ModelFolder.read(Path(folder).expanduser()) if folder else None
        return cls(model, data_dir=host.data_dir)

    async def detect(self, frame: Frame) -> Detection:
        """Return the answer to a frame, compared with its camera's baseline. Raises DetectionError."""
        return await self.detect_outside(frame, ())

    async def detect_outside(self, frame: Frame, regions: Sequence[Polygon]) -> Detection:
        """Return the answer to what a frame shows outside the regions. Raises DetectionError."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.look, frame, regions)

    async def detect_alone(self, picture: bytes) -> Detection:
        """Return the answer to a single picture, without a baseline and without learning. Raises DetectionError."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.answer, picture)

    def answer(self, picture: bytes) -> Detection:
        """Return the answer to a single picture. Raises DetectionError; blocks while it computes."""
        with self._one_at_a_time:
            return self._see(picture)

    def look(self, frame: Frame, regions: Sequence[Polygon] = ()) -> Detection:
        """Return what `detect_outside` does, but block while it computes."""
        key = (frame.printer_id, frame.camera)

        def explain(
            picture: Image.Image, letterbox: Letterbox, output: HeatOutput, heat: HeatMap
        ) -> Detection:
            moved = self._baselines().was_moved(key, Outline.of(picture), frame.taken_at)
            baseline = self._baselines().of(key, heat)
            counts = output.outside(heat, letterbox.laid(regions)) if regions else heat
            detection = (
                output.detection(counts)
                if baseline is None
                else explained(output, counts, baseline, frame.print_id)
            )
            return replace(detection, evidence=Evidence(key, frame.print_id, heat, detection.p), moved=moved)

        with self._one_at_a_time:
            return self._see(frame.jpeg, explain)

    async def check(self) -> str:
        """Return a sentence on what runs here and how fast; raises ModelUnavailable."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._check)

    async def close(self) -> None:
        """Keep what was learned, and end the thread."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._save)
        self._thread.shutdown(wait=False)

    async def baselines(self) -> dict[tuple[str, str], CameraBaseline]:
        """Return the baseline of each camera, by printer id and camera name."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: self._baselines().all())

    async def forget(self, printer_id: str, camera: str | None = None) -> None:
        """Delete the baseline of one of a printer's cameras, or of all."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, lambda: self._baselines().forget(printer_id, camera))

    def learn(self, evidence: Evidence | None) -> None:
        """Learn from a look at a good print, soon."""
        if evidence is not None:
            self._soon(lambda: self._baselines().learn(evidence))

    def note_opening(self, evidence: Evidence | None) -> None:
        """Take note of one of the first looks of a print, soon."""
        if evidence is not None:
            self._soon(lambda: self._baselines().note_opening(evidence))

    def end_print(self, printer_id: str, print_id: str, *, good: bool) -> None:
        """Keep what a good print began with as how its cameras look, soon."""
        self._soon(lambda: self._baselines().end_print(printer_id, print_id, good=good))

    def rename(self, printer_id: str, old: str, new: str) -> None:
        """Let the baseline of one of a printer's cameras follow its new name, soon."""
        self._soon(lambda: self._baselines().rename(printer_id, old, new))

    def unlearn(self, printer_id: str, print_id: str) -> None:
        """Take back what was learned in a print that failed, soon."""
        self._soon(lambda: self._baselines().unlearn(printer_id, print_id))

    def _see(
        self,
        picture: bytes,
        explain: Callable[[Image.Image, Letterbox, HeatOutput, HeatMap], Detection] | None = None,
    ) -> Detection:
        wanted = self._model.input
        side = max(DECODED_SIDE, *(wanted.size or (0, 0)))
        image = decode(picture, max_side=side)
        net = self._loaded()
        size = wanted.size_for(*image.size)
        laid, letterbox = placed(image, size) if wanted.letterbox else (image, Letterbox())
        outputs = net.run(laid.resize(size, Image.Resampling.BOX))
        held = None if explain is None else partial(explain, image, letterbox)
        return letterbox.undone(self._found(outputs, size, held))

    def _found(
        self,
        outputs: Sequence[memoryview[float]],
        size: tuple[int, int],
        explain: Callable[[HeatOutput, HeatMap], Detection] | None = None,
    ) -> Detection:
        if isinstance(self._output, ClassOutput):
            return self._output.detection(outputs)
        if isinstance(self._output, BoxOutput):
            return self._output.detection(outputs, *size)
        heat = HeatMap.of(outputs[0])
        return explain(self._output, heat) if explain else self._output.detection(heat)

    def _loaded(self) -> Net:
        if self._net is None:
            probe(self._model)
            self._net = load(self._model)
        return self._net

    def _soon(self, work: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # closed: the host changes its set-up, or goes down
            self._thread.submit(work)

    def _baselines(self) -> CameraBaselineStore:
        if self._store is None:
            self._store = CameraBaselineStore(self._baselines_file)
        return self._store

    def _save(self) -> None:
        if self._store is not None:
            self._store.save()

    def _check(self) -> str:
        with self._one_at_a_time:
            net, size = self._loaded(), self._model.input.size_for(1280, 720)
            empty = Image.new("RGB", size)
            began = time.perf_counter()
            try:
                outputs = net.run(empty)
            except Exception as error:
                raise ModelUnavailable(f"The model {self._model.name} does not run: {error}") from error
            spent = (time.perf_counter() - began) * 1000
            self._found(outputs, size)
        return f"{self._model.name} runs here: {spent:.0f} ms a picture."


def rename_camera(folder: Path, printer_id: str, old: str, new: str) -> None:
    """Let a camera's baseline follow its new name in a folder that no detector uses; blocks."""
    CameraBaselineStore(folder / BASELINES).rename(printer_id, old, new)


_OUTPUTS: Mapping[str, Callable[[Mapping[str, Any]], HeatOutput | BoxOutput | ClassOutput]] = {
    "heat": HeatOutput.read,
    "boxes": BoxOutput.read,
    "class": ClassOutput.read,
}


def _be_nice() -> None:
    """Let everything else on the machine go first; only Linux has this for a single thread."""
    if sys.platform != "linux":
        return
    thread = threading.get_native_id()
    # A host that is humbler already stays so; a sandbox may forbid any change, which is no reason to fail.
    with contextlib.suppress(OSError):
        if os.getpriority(os.PRIO_PROCESS, thread) < NICENESS:
            os.setpriority(os.PRIO_PROCESS, thread, NICENESS)
