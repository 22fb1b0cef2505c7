"""Convert the built-in model to ONNX, to try other runtimes and number formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .graph import INPUT, Graph

HALF = 0x01306B47
"""What ncnn writes before weights in half precision; before whole ones stands 0."""

Parameters = Mapping[int, str]
"""A layer's parameters by ncnn's numbers."""


class Weights:
    """A .bin file, read from its beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def tagged(self, count: int) -> NDArray[np.float32]:
        """Return the next weights, whose format is written before them."""
        tag = int(self._next(np.uint32, 1)[0])
        if tag not in (0, HALF):
            raise ValueError(f"Weights of the format {tag:#x} are not known here.")
        values = self._next(np.float16 if tag else np.float32, count)
        self._at += -self._at % 4
        return values.astype(np.float32)

    def plain(self, count: int) -> NDArray[np.float32]:
        """Return the next weights, which are whole."""
        return self._next(np.float32, count)

    def _next(self, kind: type, count: int) -> NDArray:
        values = np.frombuffer(self._data, kind, count, self._at)
        self._at += values.nbytes
        return values


def from_ncnn(folder: Path) -> bytes:
    """Return the net for pictures of any size whose sides are multiples of 32; raises ValueError."""
    graph, weights = Graph(), Weights((folder / "model.ncnn.bin").read_bytes())
    blobs: dict[str, str] = {}
    for line in (folder / "model.ncnn.param").read_text().splitlines()[2:]:
        kind, _, inputs, outputs, *rest = line.split()
        given, made = rest[: int(inputs)], rest[int(inputs) :][: int(outputs)]
        parameters = dict(part.split("=") for part in rest[int(inputs) + int(outputs) :])
        of = {int(key): value for key, value in parameters.items()}
        name = _layer(graph, kind, [blobs[blob] for blob in given], of, weights)
        blobs |= dict.fromkeys(made, name)
    return graph.model(blobs["out0"], (1, 3, "height", "width"))


def _convolution(graph: Graph, given: str, of: Parameters, weights: Weights) -> str:
    outputs, size, groups, left = (
        int(of.get(key, default)) for key, default in ((0, 0), (1, 1), (7, 1), (4, 0))
    )
    top, right = int(of.get(14, left)), int(of.get(15, left))
    kernel = weights.tagged(int(of[6])).reshape(outputs, -1, size, size)
    convolved = graph.add(
        "Conv",
        given,
        graph.constant(kernel),
        graph.constant(weights.plain(outputs)),
        group=groups,
        strides=[int(of.get(3, 1))] * 2,
        pads=[top, left, int(of.get(16, top)), right],
    )
    match of.get(9):
        case "1":
            return graph.add("Relu", convolved)
        case "3":
            bounds = [graph.constant(np.float32(bound)) for bound in of[-23310].split(",")[1:]]
            return graph.add("Clip", convolved, *bounds)
    return convolved


def _layer(graph: Graph, kind: str, given: Sequence[str], of: Parameters, weights: Weights) -> str:
    """Add a layer, and return the name of its output; ncnn's copies are the blob itself here."""
    match kind:
        case "Input":
            return INPUT
        case "Split":
            return given[0]
        case "Convolution" | "ConvolutionDepthWise":
            return _convolution(graph, given[0], of, weights)
        case "Padding":
            top, bottom, left, right = (int(of.get(key, 0)) for key in range(4))
            return graph.add(
                "Pad", given[0], graph.constant(np.array([0, 0, top, left, 0, 0, bottom, right]))
            )
        case "Interp":
            scales = graph.constant(np.array([1, 1, float(of[1]), float(of[2])], np.float32))
            how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
            return graph.add("Resize", given[0], "", scales, **how)
        case "BinaryOp":
            return graph.add("Add", *given)
        case "Concat":
            return graph.add("Concat", *given, axis=1)
        case "ReLU":
            return graph.add("Relu", given[0])
    raise ValueError(f"A layer {kind} is not known here.")
