"""Check that training saw no picture that is measured on, and none like it: `training/duplicates --data DIR`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .duplicates import likeness, looks
from .features import describer
from .network import with_backbone
from .pictures import BACKBONE, ordinary, read
from .split import fixed, measurable, to_measure, to_train

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Print what was found; exit with 1 if there is a near-duplicate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=ROOT / ".cache/training/data", help="folder with train and eval"
    )
    asked = parser.parse_args()
    torch.set_num_threads(1)
    found = apart(asked.data)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    sys.exit(bool(found["near-duplicates"]) or found["pictures to measure on"] < len(fixed()["pictures"]))


def apart(data: Path) -> dict[str, Any]:
    """Return how near the pictures to measure on are to those to train on; raises ValueError for the same file."""
    fitted, kept = [*to_train(data), *ordinary(data)], to_measure(measurable(data))
    if to_measure(fitted):
        raise ValueError("A picture that is kept for measuring is among those to train on.")
    describe = describer(with_backbone(data / BACKBONE))
    near = likeness(*(looks((read(one.path) for one in some), describe) for some in (kept, fitted)))
    alike = [one for one, known in zip(kept, near.either, strict=True) if known]
    return {
        "pictures to train on": len(fitted),
        "pictures to measure on": len(kept),
        "near-duplicates": [str(one.path.relative_to(data)) for one in alike],
        "fewest bits of 64 that differ": int(np.min(near.bits)),
        "largest cosine": round(float(np.max(near.cosines)), 3),
    }


if __name__ == "__main__":
    main()
