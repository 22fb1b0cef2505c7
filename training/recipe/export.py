"""Write the net as the built-in detector reads it: ncnn files in half precision, and model.json."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch

from .network import TwoTails
from .parts import in_parts

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


def export(network: TwoTails, calibration: Calibration, pixels: int, folder: Path) -> None:
    """Write the model's files into a folder, and what torch makes of a pattern, to compare a runtime with."""
    folder.mkdir(parents=True, exist_ok=True)
    network = in_half_precision(network)
    network = in_parts(network).eval().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
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
    (folder / "by_torch.json").write_text(json.dumps(_by_torch(network)) + "\n", "utf-8")
    (folder / "model.json").write_text(json.dumps(description, indent=2) + "\n", "utf-8")


def in_half_precision(network: TwoTails) -> TwoTails:
    """Return the net with the weights that the files have, so that what is compared with it computes the same."""
    network = copy.deepcopy(network)
    for parameter in network.parameters():
        # Biases stay as they are in ncnn's files.
        if parameter.dim() > 1:
            parameter.data.copy_(parameter.data.half().float())
    return network


def _by_torch(network: TwoTails) -> dict[str, object]:
    """Return the heat map of a pattern of waves: sin(x / 7 + y / 11 + channel), x and y in pixels."""
    height, width = 96, 128
    x, y, channel = torch.arange(width), torch.arange(height)[:, None], torch.arange(3)[:, None, None]
    with torch.no_grad():
        heat = network(torch.sin(x / 7 + y / 11 + channel)[None].float())[0, 0]
    return {
        "width": width,
        "height": height,
        "heat": [[round(float(cell), 4) for cell in row] for row in heat],
    }
