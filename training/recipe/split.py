"""Split the pictures: those measured on are fixed by hash, and training never sees them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from .pictures import BACKBONE, HELD_OUT, SERIES, Picture, marked, ordinary, others, own, read, series_of

FILE = Path(__file__).resolve().parents[1] / "split.json"


def to_train(data: Path) -> list[Picture]:
    """Return the marked photographs to train on; raises ValueError if one of them is kept for measuring."""
    photographs = _failures(data)
    taken = to_measure([*photographs, *own(data)])
    if taken:
        raise ValueError(f"{taken[0].path} is kept for measuring, and {len(taken) - 1} more are.")
    return photographs


def _failures(data: Path) -> list[Picture]:
    """Return the photographs of failures that are there to be trained on."""
    photographs = [picture for picture in marked(data, ["train"]) if series_of(picture) not in HELD_OUT]
    return photographs + [picture for picture in own(data) if picture.failed]


def to_measure(pictures: Iterable[Picture]) -> list[Picture]:
    """Return those of some pictures that are kept for measuring."""
    kept = fixed()["pictures"]
    return [picture for picture in pictures if digest(picture) in kept]


@cache
def fixed() -> dict[str, Any]:
    """Return the split: `pictures`, file by hash, and how many were `left out` and why."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


def digest(picture: Picture) -> str:
    """Return the hash of a picture's file."""
    return hashlib.sha256(picture.path.read_bytes()).hexdigest()


def choose(data: Path) -> dict[str, Any]:
    """Return the split anew: of all pictures that training leaves alone, those that it saw nothing like."""
    from .duplicates import likeness, looks
    from .features import describer
    from .network import with_backbone

    fitted = [*_failures(data), *ordinary(data)]
    # Pictures of one failing print are as good as copies of one another, whatever their hashes say.
    seen = set(SERIES) - set(HELD_OUT)
    every = measurable(data)
    apart = [picture for picture in every if series_of(picture) not in seen]
    describe = describer(with_backbone(data / BACKBONE))
    alike = likeness(*(looks((read(one.path) for one in some), describe) for some in (apart, fitted)))
    kept = [picture for picture, known in zip(apart, alike.either, strict=True) if not known]
    return {
        "training pictures": len(fitted),
        "left out": {
            "of a print that training saw": len(every) - len(apart),
            "same perceptual hash as a training picture": int(alike.by_hash.sum()),
            "same features as a training picture": int(alike.by_features.sum()),
        },
        "pictures": {digest(picture): str(picture.path.relative_to(data)) for picture in kept},
    }


def measurable(data: Path) -> Sequence[Picture]:
    """Return all pictures that are not there to be trained on."""
    return [*marked(data, ["valid", "test"]), *others(data)]
