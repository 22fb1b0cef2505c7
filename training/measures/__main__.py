"""Measure a model and print all figures: `python -m training.measures --data DIR`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from octoprint_failwatch.engine.detectors.built_in import BUILT_IN, BuiltInDetector, ModelFolder

from ..recipe import split
from ..recipe.apart import apart
from . import lapses, room, series, singles
from .eye import Eye
from .report import as_text, write_claims

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "training/figures.json"


def main() -> None:
    """Measure, and print or write what was found."""
    asked = _arguments()
    torch.set_num_threads(1)
    if asked.split:
        split.FILE.write_text(json.dumps(split.choose(asked.data), indent=2) + "\n", "utf-8")
        return
    model = ModelFolder.read(asked.out)
    detector, eye = BuiltInDetector(model), Eye.of(model)
    answers = singles.ask(detector, singles.chosen(asked.data))
    learned = series.learning(answers, eye)
    found = {
        "pictures": {**singles.counts(), "apart": apart(asked.data)},
        "single pictures": singles.measured(answers),
        "camera's normal": series.normal_effect(answers, learned),
        "rendered pairs": room.measured(room.pairs(eye, asked.data)),
        "rendered time-lapses": lapses.measured(lapses.lapses(eye, asked.time_lapses), eye),
        "over time": series.measured(answers, learned, eye, detector),
    }
    if asked.write:
        FIGURES.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")
        write_claims(found)
    print(json.dumps(found, indent=2, ensure_ascii=False) if asked.json else as_text(found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        default=ROOT / ".cache/training/data",
        help="folder with train, backbone and eval",
    )
    parser.add_argument("--out", "--model", type=Path, default=BUILT_IN, help="folder of the model")
    parser.add_argument(
        "--time-lapses",
        type=Path,
        default=ROOT / ".cache/training/time-lapses",
        help="folder that training/time-lapses wrote",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", action="store_true", help="write the figures where they are claimed")
    parser.add_argument(
        "--split", action="store_true", help="choose the pictures anew that are kept for measuring"
    )
    parser.add_argument("--after-training", action="store_true", help=argparse.SUPPRESS)
    # `training/train` hands its own arguments on; those of the fit say nothing here.
    asked, unknown = parser.parse_known_args()
    if unknown and not asked.after_training:
        parser.error(f"unknown: {' '.join(unknown)}")
    return asked


if __name__ == "__main__":
    main()
