"""A net of the shape that Obico's ml_api runs, with random weights, which take the same time as trained ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from .graph import INPUT, Graph

SIDE = 416
ANCHORS = 5
FINE = [(32, 3), "pool", (64, 3), "pool", (128, 3), (64, 1), (128, 3), "pool", (256, 3), (128, 1), (256, 3)]
FINE += ["pool", (512, 3), (256, 1), (512, 3), (256, 1), (512, 3)]
COARSE = ["pool", (1024, 3), (512, 1), (1024, 3), (512, 1), (1024, 3), (1024, 3), (1024, 3)]
"""YOLOv2's layers (Redmon and Farhadi 2016): filters and kernel sizes, and pooling by 2."""


def yolov2() -> bytes:
    """Return a YOLOv2 of one class for 416 by 416 pixels."""
    graph, generator = Graph(), np.random.default_rng(0)

    def convolve(name: str, inputs: int, outputs: int, size: int, *, leaky: bool = True) -> str:
        scale = (2 / (inputs * size * size)) ** 0.5
        kernel = graph.constant(generator.normal(0, scale, (outputs, inputs, size, size)).astype(np.float32))
        bias = graph.constant(np.zeros(outputs, np.float32))
        convolved = graph.add("Conv", name, kernel, bias, pads=[size // 2] * 4)
        return graph.add("LeakyRelu", convolved, alpha=0.1) if leaky else convolved

    def chain(name: str, channels: int, layers: list[Any]) -> tuple[str, int]:
        for layer in layers:
            if layer == "pool":
                name = graph.add("MaxPool", name, kernel_shape=[2, 2], strides=[2, 2])
            else:
                name, channels = convolve(name, channels, *layer), layer[0]
        return name, channels

    fine, channels = chain(INPUT, 3, FINE)
    coarse, _ = chain(fine, channels, COARSE)
    passed = graph.add("SpaceToDepth", convolve(fine, 512, 64, 1), blocksize=2)
    both = graph.add("Concat", passed, coarse, axis=1)
    last = convolve(both, 1024 + 256, 1024, 3)
    return graph.model(convolve(last, 1024, ANCHORS * 6, 1, leaky=False), (1, 3, SIDE, SIDE))
