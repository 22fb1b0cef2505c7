"""A model folder for tests whose p is known beforehand: the brighter the picture, the higher."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

from PIL import Image

NET = """7767517
3 3
Input in0 0 1 in0
Pooling cells 1 1 in0 cells 0=1 1=32 2=32
Reduction grey 1 1 cells out0 0=3 1=0 -23303=1,0 4=1 5=1
"""
STEEPNESS = 4.0


def brightness_model(folder: Path) -> Path:
    """Write a model that needs no weights: each cell's logit is its mean brightness."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.ncnn.param").write_text(NET)
    (folder / "model.ncnn.bin").write_bytes(b"")
    description = {
        "name": "brightness",
        "input": {"width": 128, "height": 96, "mean": [128] * 3, "scale": [1 / 128] * 3},
        "output": {"kind": "heat", "share": 0.02, "slope": STEEPNESS, "offset": 0.0},
    }
    (folder / "model.json").write_text(json.dumps(description))
    return folder


def grey(value: int, size: tuple[int, int] = (160, 120)) -> bytes:
    """Return a JPEG of one grey, 0 to 255."""
    out = io.BytesIO()
    Image.new("RGB", size, (value,) * 3).save(out, "JPEG")
    return out.getvalue()


def p_of(value: int) -> float:
    """Return the p that the model gives that grey."""
    return 1 / (1 + math.exp(-STEEPNESS * (value - 128) / 128))
