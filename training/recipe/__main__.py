"""Draws, fits, calibrates and exports: `python -m training.recipe --data DIR`."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import cv2
import torch

from . import samples
from .calibration import calibrated
from .drawings import drawings
from .export import export
from .fit import Plan, fit
from .network import with_backbone
from .pictures import BACKBONE, HELD_OUT, Picture, by_group, marked, series_of

ROOT = Path(__file__).resolve().parents[2]
PIXELS = 256 * 448
"""Pixels of the net's input: a webcam's 16:9 picture is 448 wide."""
PHASES = (
    Plan(steps=900, mix=(0.42, 0.22, 0.36)),
    Plan(steps=600, mix=(0.66, 0.12, 0.22), whole=0.3, head_rate=5e-4, body_rate=7e-5, seed=1),
)
"""First the shapes that drawings teach, then more of what photographs look like."""
FOR_CALIBRATION = 10
"""One in so many photographs is kept from the fit, for the calibration."""


def main() -> None:
    """Make the model."""
    asked = _arguments()
    torch.set_num_threads(asked.threads)
    cv2.setNumThreads(1)
    photographs = [picture for picture in marked(asked.data, ["train"]) if series_of(picture) not in HELD_OUT]
    drawn = drawings(asked.cache, asked.drawn, photographs, asked.threads)
    to_fit = [picture for picture in photographs if not _is_for_calibration(picture)]
    held_back = [picture for picture in photographs if _is_for_calibration(picture)]
    pools = (
        [[samples.of_picture(picture) for picture in copies] for copies in by_group(to_fit).values()],
        [[samples.of_drawing(*paths)] for paths in drawn[0::2]],
        [[samples.of_drawing(*paths)] for paths in drawn[1::2]],
    )
    print(f"Fitting on {len(pools[0])} photographs and {len(drawn)} drawings …", flush=True)
    torch.manual_seed(0)
    network = with_backbone(asked.data / BACKBONE)
    for phase in PHASES:
        network = fit(network, pools, phase)
    asked.cache.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), asked.cache / "network.pt")
    calibration = calibrated(network, held_back, PIXELS)
    export(network, calibration, PIXELS, asked.out)
    print(f"Written to {asked.out}", flush=True)


def _is_for_calibration(picture: Picture) -> bool:
    """Return whether a photograph, and with it all copies of it, is kept from the fit."""
    return hashlib.sha256(picture.group.encode()).digest()[0] % FOR_CALIBRATION == 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    built_in = ROOT / "custom_components/failwatch/engine/detectors/built_in/model"
    parser.add_argument(
        "--data",
        type=Path,
        default=ROOT / ".cache/training/data",
        help="folder with train, backbone and eval",
    )
    parser.add_argument(
        "--cache", type=Path, default=ROOT / ".cache/training", help="folder for drawings and weights"
    )
    parser.add_argument("--out", type=Path, default=built_in, help="folder to write the model into")
    parser.add_argument("--drawn", type=int, default=1260, help="pictures to draw")
    parser.add_argument("--threads", type=int, default=2, help="processor cores to use")
    return parser.parse_args()


if __name__ == "__main__":
    main()
