"""Read the convolutions of Google's quantised MobileNetV2 (TFLite, Apache-2.0) as floats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tflite
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Convolution:
    """Weights as torch wants them (out, in / groups, height, width), and the bias."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


def convolutions(path: Path) -> list[Convolution]:
    """Return the convolutions of a TFLite model in the order in which they run."""
    model = tflite.Model.GetRootAsModel(path.read_bytes(), 0)
    graph = model.Subgraphs(0)
    found = []
    for number in range(graph.OperatorsLength()):
        operator = graph.Operators(number)
        code = model.OperatorCodes(operator.OpcodeIndex()).BuiltinCode()
        if code not in (tflite.BuiltinOperator.CONV_2D, tflite.BuiltinOperator.DEPTHWISE_CONV_2D):
            continue
        weight = _floats(model, graph.Tensors(operator.Inputs(1)))
        bias = _floats(model, graph.Tensors(operator.Inputs(2)))
        # TFLite keeps the channels last; a depthwise kernel has its channels where others have inputs.
        depthwise = code == tflite.BuiltinOperator.DEPTHWISE_CONV_2D
        order = (3, 0, 1, 2) if depthwise else (0, 3, 1, 2)
        found.append(Convolution(np.ascontiguousarray(weight.transpose(order)), bias))
    return found


def _floats(model: Any, tensor: Any) -> NDArray[np.float32]:
    """Return a tensor's values: scale * (stored - zero point), with one scale per tensor."""
    kind = {tflite.TensorType.UINT8: np.uint8, tflite.TensorType.INT32: np.int32}[tensor.Type()]
    stored = model.Buffers(tensor.Buffer()).DataAsNumpy().tobytes()
    quantization = tensor.Quantization()
    scale, zero = quantization.Scale(0), quantization.ZeroPoint(0)
    values = np.frombuffer(stored, kind).reshape(tensor.ShapeAsNumpy()).astype(np.float64)
    return ((values - zero) * scale).astype(np.float32)
