"""Writes the net as the built-in detector reads it: ncnn files in half precision, and model.json."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch

from .network import Network

NAME = "FailWatch built-in"
STEP = 32
SHAPES = ((256, 448), (320, 320))
"""Two shapes of input that tell pnnx which sides may change."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How p follows from the heat map: see the detector's `HeatOutput`."""

    share: float
    slope: float
    offset: float


def export(network: Network, calibration: Calibration, pixels: int, folder: Path) -> None:
    """Write the model's three files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    network = network.eval().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    with tempfile.TemporaryDirectory() as scratch:
        traced = torch.jit.trace(network, torch.zeros(1, 3, *SHAPES[0]))
        traced.save(f"{scratch}/net.pt")
        shapes = [
            f"inputshape{suffix}=[1,3,{h},{w}]" for suffix, (h, w) in zip(("", "2"), SHAPES, strict=True)
        ]
        program = Path(sys.executable).parent / "pnnx"
        subprocess.run(
            [program, "net.pt", *shapes, "fp16=1"], cwd=scratch, check=True, stdout=subprocess.DEVNULL
        )
        shutil.copyfile(f"{scratch}/net.ncnn.param", folder / "model.ncnn.param")
        shutil.copyfile(f"{scratch}/net.ncnn.bin", folder / "model.ncnn.bin")
    description = {
        "name": NAME,
        "input": {"pixels": pixels, "step": STEP, "mean": [128] * 3, "scale": [1 / 128] * 3},
        "output": {
            "kind": "heat",
            "share": calibration.share,
            "slope": round(calibration.slope, 5),
            "offset": round(calibration.offset, 5),
        },
    }
    (folder / "model.json").write_text(json.dumps(description, indent=2) + "\n", "utf-8")
