"""Run nets with ncnn or ONNX Runtime: a picture in, floats out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ...errors import ModelUnavailable
from .model_folder import ModelFolder, Runtime

if TYPE_CHECKING:
    from PIL import Image


NCNN_OPTIONS: Mapping[str, int] = {
    "num_threads": 1,
    "use_vulkan_compute": False,
    # Processors that count or keep numbers in half precision would answer with another p than the rest.
    "use_fp16_arithmetic": False,
    "use_fp16_packed": False,
    "use_fp16_storage": False,
}
"""How ncnn runs a net here, and how it is measured."""


class Net(Protocol):
    """A loaded net."""

    def run(self, picture: Image.Image) -> Sequence[memoryview[float]]:
        """Return the outputs for an RGB picture of the input's size: floats, without the batch dimension."""


def load(model: ModelFolder) -> Net:
    """Return the model's net; raises ModelUnavailable. Call `probe` before."""
    try:
        return NcnnNet(model) if model.runtime is Runtime.NCNN else OnnxNet(model)
    except ImportError as error:
        raise ModelUnavailable(f"{model.runtime} cannot be imported: {error}") from error


class NcnnNet:
    """A net run by ncnn on one thread. It needs no numpy, which would take as much memory as the net."""

    def __init__(self, model: ModelFolder) -> None:
        """Load the files."""
        import ncnn

        self._ncnn: Any = ncnn
        self._wanted = model.input
        self._input, *self._outputs = model.names
        self._net = ncnn.Net()
        for option, value in NCNN_OPTIONS.items():
            setattr(self._net.opt, option, value)
        param, weights = model.files
        if self._net.load_param(str(param)) or self._net.load_model(str(weights)):
            raise ModelUnavailable(f"The files of the model {model.name} do not load.")
        present = set(self._net.output_names())
        self._outputs = [name for name in self._outputs if name in present]
        if not self._outputs:
            raise ModelUnavailable(f"The model {model.name} has no output of the names given.")

    def run(self, picture: Image.Image) -> Sequence[memoryview[float]]:
        """Return the outputs for an RGB picture of the input's size."""
        mat = self._ncnn.Mat
        pixels = mat.from_pixels(picture.tobytes(), mat.PixelType.PIXEL_RGB, *picture.size)
        pixels.substract_mean_normalize(self._wanted.mean, self._wanted.scale)
        return self.outputs(pixels)

    def outputs(self, pixels: Any) -> Sequence[memoryview[float]]:
        """Return the outputs for a Mat of 3 channels."""
        with self._net.create_extractor() as extractor:
            extractor.input(self._input, pixels)
            return [self._extracted(extractor, name) for name in self._outputs]

    def _extracted(self, extractor: Any, name: str) -> memoryview[float]:
        """Return an output's floats apart from the net, whose memory the next picture overwrites."""
        failed, output = extractor.extract(name)
        if failed:
            raise ModelUnavailable(f"The model gives no output {name} for this picture.")
        view = memoryview(output)
        return memoryview(view.tobytes()).cast("f", view.shape or ())


class OnnxNet:
    """A net run by onnxruntime on one thread."""

    def __init__(self, model: ModelFolder) -> None:
        """Load the file."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(model.files[0]), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has no public base for its errors
            raise ModelUnavailable(f"The model {model.name} does not load: {error}") from error
        self._wanted = model.input
        self._input = self._session.get_inputs()[0].name

    def run(self, picture: Image.Image) -> Sequence[memoryview[float]]:
        """Return the outputs for an RGB picture of the input's size."""
        import numpy as np

        wanted = self._wanted
        pixels = np.asarray(picture, np.float32)
        floats = (pixels - np.array(wanted.mean, np.float32)) * np.array(wanted.scale, np.float32)
        given = np.ascontiguousarray(floats.transpose(2, 0, 1)[None])
        outputs = self._session.run(None, {self._input: given})
        answers = [np.asarray(output[0], np.float32) for output in outputs]
        return [memoryview(answer.tobytes()).cast("f", answer.shape) for answer in answers]
