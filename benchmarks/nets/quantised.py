"""Quantise a net to 8-bit integers with onnxruntime."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_dynamic, quantize_static

from .graph import INPUT

Floats = NDArray[np.float32]


def with_ranges_beforehand(model: bytes, typical: Iterable[Floats]) -> bytes:
    """Return the model in eight bits, the ranges of all numbers taken from typical pictures."""

    class Reader(CalibrationDataReader):
        def __init__(self) -> None:
            self._left: Iterator[Floats] = iter(typical)

        def get_next(self) -> dict[str, Floats] | None:
            picture = next(self._left, None)
            return None if picture is None else {INPUT: picture}

    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.onnx"), Path(folder, "small.onnx")
        whole.write_bytes(model)
        quantize_static(whole, small, Reader(), per_channel=True, weight_type=QuantType.QInt8)
        return small.read_bytes()


def with_ranges_as_they_come(model: bytes) -> bytes:
    """Return the model with weights of eight bits; the ranges are those of each picture."""
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.onnx"), Path(folder, "small.onnx")
        whole.write_bytes(model)
        quantize_dynamic(whole, small, weight_type=QuantType.QUInt8)
        return small.read_bytes()


# It says at length that a preprocessing is missing, which does not change what is measured here.
logging.getLogger().setLevel(logging.ERROR)
