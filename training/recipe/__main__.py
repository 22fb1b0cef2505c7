"""Draw, fit, calibrate and export: `python -m training.recipe --data DIR`."""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import torch

from octoprint_failwatch.engine.detectors.built_in import BUILT_IN, ModelFolder

from . import golden, samples
from .between import between
from .calibration import calibrated, pieces
from .drawings import drawings
from .export import export
from .fit import Plan, fit
from .network import Network, with_backbone
from .pictures import BACKBONE, Picture, by_group, ordinary
from .samples import Source
from .second_tail import DRAWINGS, with_second_tail
from .split import to_train

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/data/golden"
"""Drawn pictures whose p every runtime and processor is held against."""
PIXELS = 256 * 448
"""Pixels of the net's input: a webcam's 16:9 picture is 448 wide."""
PHASES = (
    Plan(steps=900, mix=(0.42, 0.22, 0.36)),
    Plan(steps=600, mix=(0.66, 0.12, 0.22), whole=0.3, head_rate=5e-4, body_rate=7e-5, seed=1),
)
"""First the shapes that drawings teach, then more of what photographs look like."""
QUICK_STEPS, QUICK_DRAWN = 5, 20
"""Steps of each phase, and drawings, of a fit that only tries whether everything is in place."""
FOR_CALIBRATION = 10
"""One in so many photographs is kept from the fit, for the calibration."""


def main() -> None:
    """Make the model."""
    asked = _arguments()
    phases = PHASES
    if asked.quick:
        phases = tuple(replace(phase, steps=QUICK_STEPS) for phase in PHASES)
    torch.set_num_threads(asked.threads)
    cv2.setNumThreads(1)
    stage = Stage()
    photographs = to_train(asked.data)
    drawn = drawings(asked.cache, asked.drawn, photographs, asked.threads)
    stage.done("drawings")
    to_fit = [picture for picture in photographs if not _is_for_calibration(picture)]
    held_back = [picture for picture in photographs if _is_for_calibration(picture)]
    marked_ones = [
        [samples.of_picture(picture) for picture in copies] for copies in by_group(to_fit).values()
    ]
    first = _first(asked, marked_ones, drawn, phases)
    stage.done("first fit")
    untouched = with_backbone(asked.data / BACKBONE)
    network = with_second_tail(
        between(first, untouched),
        untouched,
        [copies[0] for copies in marked_ones],
        [samples.of_drawing(*paths) for paths in drawn[:DRAWINGS]],
        pieces(held_back),
        PIXELS,
    )
    stage.done("second tail")
    torch.save(network.state_dict(), asked.cache / "network.pt")
    calibration = calibrated(network, held_back, ordinary(asked.data), PIXELS)
    export(network, calibration, PIXELS, asked.out)
    if asked.out == BUILT_IN:
        golden.write(network, ModelFolder.read(asked.out), GOLDEN)
    stage.done("calibration and export")
    print(f"Written to {asked.out}", flush=True)


class Stage:
    """Says how long each stage took."""

    def __init__(self) -> None:
        """Begin to count."""
        self._began = time.monotonic()

    def done(self, name: str) -> None:
        """Print the time since the last stage was done."""
        now = time.monotonic()
        print(f"{name}: {now - self._began:.0f} s", flush=True)
        self._began = now


def _first(
    asked: argparse.Namespace,
    marked_ones: list[list[Source]],
    drawn: Sequence[tuple[Path, Path]],
    phases: Sequence[Plan],
) -> Network:
    """Return the net that is fitted whole; it is kept, so that what follows can be tried again."""
    file = asked.cache / ("fitted-quick.pt" if asked.quick else "fitted.pt")
    torch.manual_seed(0)  # for the head's first weights as well
    network = with_backbone(asked.data / BACKBONE)
    if file.exists():
        print(f"The first net is that of {file}", flush=True)
        network.load_state_dict(torch.load(file))
        return network
    pools = (
        marked_ones,
        [[samples.of_drawing(*paths)] for paths in drawn[0::2]],
        [[samples.of_drawing(*paths)] for paths in drawn[1::2]],
    )
    print(f"Fitting on {len(marked_ones)} photographs and {len(drawn)} drawings …", flush=True)
    for phase in phases:
        network = fit(network, pools, phase)
    torch.save(network.state_dict(), file)
    return network


def _is_for_calibration(picture: Picture) -> bool:
    """Return whether a photograph, and with it all copies of it, is kept from the fit."""
    return hashlib.sha256(picture.group.encode()).digest()[0] % FOR_CALIBRATION == 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        default=ROOT / ".cache/training/data",
        help="folder with train, backbone and eval",
    )
    parser.add_argument(
        "--cache", type=Path, default=ROOT / ".cache/training", help="folder for drawings and weights"
    )
    parser.add_argument("--out", type=Path, default=BUILT_IN, help="folder to write the model into")
    parser.add_argument("--drawn", type=int, default=1260, help="pictures to draw")
    parser.add_argument("--threads", type=int, default=2, help="processor cores to use")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="learn next to nothing, in minutes: whether everything is in place; needs --out",
    )
    asked = parser.parse_args()
    if asked.quick and asked.out == BUILT_IN:
        parser.error("--quick makes a model that is good for nothing: name a folder for it by --out")
    if asked.quick:
        asked.drawn = QUICK_DRAWN
    return asked


if __name__ == "__main__":
    main()
