"""Find where in a print file a layer begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

MARKER = re.compile(rb"^;\s*(LAYER:\s*-?\d+|LAYER_CHANGE|layer \d+\b|CHANGE_LAYER)", re.IGNORECASE)
"""How Cura, PrusaSlicer and its kin, Simplify3D and Bambu Studio mark layers."""
MOVE = re.compile(rb"^G[0123]\s", re.IGNORECASE)
AXIS = re.compile(rb"([ZE])\s*(-?\d*\.?\d+)", re.IGNORECASE)
STEP = 0.01


def layer_position(path: Path, layer: int) -> int | None:
    """Return the byte at which the layer (1 is the first) begins, None if the file has not that many.

    Layers are found by the slicer's comments, else by the heights at which filament comes out.
    Reads the file up to there; raises OSError.
    """
    for finder in (_by_markers, _by_height):
        with path.open("rb") as file:
            for number, position in enumerate(finder(file), 1):
                if number == layer:
                    return position
    return None


def _by_markers(lines: Iterable[bytes]) -> Iterator[int]:
    position = 0
    for line in lines:
        if MARKER.match(line):
            yield position
        position += len(line)


def _by_height(lines: Iterable[bytes]) -> Iterator[int]:
    """Yield where filament first comes out at each new height: a hop of the head is no layer."""
    position, height, top = 0, 0.0, float("-inf")
    for line in lines:
        if MOVE.match(line):
            values = {axis.upper(): float(value) for axis, value in AXIS.findall(line.split(b";")[0])}
            height = values.get(b"Z", height)
            if b"E" in values and values[b"E"] > 0 and height > top + STEP:
                top = height
                yield position
        position += len(line)
