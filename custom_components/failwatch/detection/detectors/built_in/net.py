"""The runtimes: a net takes a picture as floats and gives its outputs as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ...errors import ModelUnavailable
from .model_folder import ModelFolder, Runtime

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Net(Protocol):
    """A loaded net."""

    def run(self, picture: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs for a picture of shape (3, height, width)."""


def load(model: ModelFolder) -> Net:
    """Return the model's net; raises ModelUnavailable. Call `probe` before."""
    try:
        return NcnnNet(model) if model.runtime is Runtime.NCNN else OnnxNet(model)
    except ImportError as error:
        raise ModelUnavailable(f"{model.runtime} cannot be imported: {error}") from error


class NcnnNet:
    """A net run by ncnn on one thread."""

    def __init__(self, model: ModelFolder) -> None:
        """Load the files."""
        import ncnn
        import numpy as np

        self._ncnn: Any = ncnn
        self._numpy = np
        self._input, *self._outputs = model.names
        self._net = ncnn.Net()
        self._net.opt.num_threads = 1
        self._net.opt.use_vulkan_compute = False
        param, weights = model.files
        if self._net.load_param(str(param)) or self._net.load_model(str(weights)):
            raise ModelUnavailable(f"The files of the model {model.name} do not load.")
        present = set(self._net.output_names())
        self._outputs = [name for name in self._outputs if name in present]
        if not self._outputs:
            raise ModelUnavailable(f"The model {model.name} has no output of the names given.")

    def run(self, picture: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs for a picture of shape (3, height, width)."""
        with self._net.create_extractor() as extractor:
            extractor.input(self._input, self._ncnn.Mat(picture))
            return [self._numpy.array(extractor.extract(name)[1]) for name in self._outputs]


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
        self._input = self._session.get_inputs()[0].name

    def run(self, picture: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs for a picture of shape (3, height, width), without the batch dimension."""
        return [output[0] for output in self._session.run(None, {self._input: picture[None]})]
