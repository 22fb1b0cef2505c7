"""The net on ncnn."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PIL import Image

from ...errors import ModelUnavailable
from .model_folder import ModelFolder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PROBE_SECONDS = 60


class Network:
    """A net that is ready to answer; for one thread."""

    def __init__(self, model: ModelFolder) -> None:
        """Load it; raises ModelUnavailable."""
        probe()
        import ncnn

        self._ncnn: Any = ncnn
        self._description = model.description
        self._net = ncnn.Net()
        self._net.opt.num_threads = 1
        if self._net.load_param(str(model.param)) or self._net.load_model(str(model.weights)):
            raise ModelUnavailable(f"The model {model.description.name} cannot be loaded.")

    def logits(self, image: Image.Image) -> NDArray[np.float32]:
        """Return the heat map of a picture, as rows of cells."""
        import numpy as np

        wanted = self._description
        resized = image.resize((wanted.width, wanted.height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        pixels = self._ncnn.Mat.from_pixels(
            np.ascontiguousarray(resized), self._ncnn.Mat.PixelType.PIXEL_RGB, wanted.width, wanted.height
        )
        pixels.substract_mean_normalize([wanted.mean] * 3, [wanted.factor] * 3)
        extractor = self._net.create_extractor()
        extractor.input(wanted.input, pixels)
        failed, heat = extractor.extract(wanted.output)
        if failed:
            raise ModelUnavailable(f"The model {wanted.name} gives no answer (ncnn error {failed}).")
        cells: NDArray[np.float32] = np.array(heat, np.float32)
        return cells.reshape(cells.shape[-2:])


@lru_cache(maxsize=1)
def probe() -> None:
    """Load ncnn in another process first: where it cannot run it may end the process that tries.

    Raises ModelUnavailable; a success is remembered.
    """
    command = [sys.executable, "-c", "import numpy, ncnn; ncnn.Net()"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelUnavailable(f"The built-in detector cannot be tried here: {error}") from error
    if done.returncode == 0:
        return
    if done.returncode < 0:
        reason = f"this processor cannot run it (signal {-done.returncode})"
    else:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        reason = lines[-1]
    raise ModelUnavailable(
        f"The built-in detector cannot run here: {reason}. Use a detection service instead, "
        "for example `failwatch serve` on another computer."
    )
