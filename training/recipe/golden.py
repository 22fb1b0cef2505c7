"""Keep a few drawn pictures with the p that torch gives them, to compare other runtimes and processors with."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from octoprint_failwatch.engine.detectors.built_in import ModelFolder
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.detectors.built_in.heat_output import HeatOutput
from octoprint_failwatch.engine.imaging.jpeg import decode

from . import scenes
from .export import in_half_precision
from .network import TwoTails

PICTURES = 8
"""Pictures kept, every other one a failure."""
SIDE = 640
"""Pixels of the longer side that pictures are opened at, as by the detector."""
ANSWERS = "golden.json"


@torch.no_grad()
def write(network: TwoTails, model: ModelFolder, folder: Path) -> None:
    """Draw the pictures that are missing in a folder, and write p of all of them beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    output, network, answers = HeatOutput.read(model.output), in_half_precision(network).eval(), {}
    for number in range(PICTURES):
        path = folder / f"{number}.jpg"
        if not path.exists():
            path.write_bytes(_drawn(number))
        image = decode(path.read_bytes(), max_side=SIDE)
        pixels = np.asarray(image.resize(model.input.size_for(*image.size), Image.Resampling.BOX), np.float32)
        heat = network((torch.from_numpy(pixels.transpose(2, 0, 1).copy())[None] - 128) / 128)
        answers[path.name] = round(output.detection(HeatMap.of(memoryview(heat[0].numpy()))).p, 5)
    (folder / ANSWERS).write_text(json.dumps(answers, indent=2) + "\n", "utf-8")


def _drawn(number: int) -> bytes:
    """Return a drawn picture as JPEG."""
    image, out = Image.fromarray(scenes.draw(f"golden {number}", failed=number % 2 == 0).image), io.BytesIO()
    image.thumbnail((SIDE, SIDE))
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
