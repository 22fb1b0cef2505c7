"""Rendered pairs: the same printer seen without and with mess, by how much mess there is, and in which light."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import figures
from .eye import Camera, Eye

FOLDER = Path("print-room")
SIZES = (0.005, 0.02, 0.06, 1.0)
"""Shares of a picture up to which the mess that can be seen counts as of one size."""
LEARNED = 60
"""Looks at the picture without mess that the camera's normal is learned from: ten minutes."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The scores of a scene without and with mess, and p of both once the first picture was learned."""

    share: float
    kind: str
    light: str
    good: float
    mess: float
    good_learned: float
    mess_learned: float


def pairs(eye: Eye, data: Path) -> list[Pair]:
    """Return the scenes in which there is mess to be seen; none where the folder is missing."""
    index = data / FOLDER / "index.csv"
    if not index.exists():
        return []
    with index.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if float(row["visible_share"]) > 0]
    return [_pair(eye, data / FOLDER, row) for row in rows]


def _pair(eye: Eye, folder: Path, row: dict[str, str]) -> Pair:
    good, mess = (eye.heat((folder / f"{row['scene']}-{kind}.jpg").read_bytes()) for kind in ("good", "mess"))
    camera = Camera(eye, good)
    for _ in range(LEARNED):
        camera.learn(good, row["scene"])
    return Pair(
        float(row["visible_share"]),
        row["mess"],
        row["light"],
        good=eye.score(good),
        mess=eye.score(mess),
        good_learned=camera.p(good),
        mess_learned=camera.p(mess),
    )


def measured(scenes: Sequence[Pair]) -> dict[str, Any]:
    """Return how well mess is told from none: across all scenes, and beside the same scene without it."""
    if not scenes:
        return {"scenes": 0}
    sizes = [
        (f"{low:.1%} to {high:.1%} of the picture", [one for one in scenes if low <= one.share < high])
        for low, high in zip((0.0, *SIZES), SIZES, strict=False)
    ]
    kinds = [
        (kind, [one for one in scenes if one.kind == kind]) for kind in _names(one.kind for one in scenes)
    ]
    lights = [
        (light, [one for one in scenes if one.light == light])
        for light in _names(one.light for one in scenes)
    ]
    return {
        "scenes": len(scenes),
        "all": _told_apart(scenes, scenes),
        "by size": {name: _told_apart(some, scenes) for name, some in sizes if some},
        "by kind": {name: _told_apart(some, scenes) for name, some in kinds},
        # Light is a matter of the camera: what is told apart there is told apart from its like.
        "by light": {name: _told_apart(some, some) for name, some in lights},
    }


def _told_apart(failing: Sequence[Pair], good: Sequence[Pair]) -> dict[str, Any]:
    """Return the figures of some scenes with mess against some without."""
    without, with_mess = (
        [getattr(one, name) for one in some] for some, name in ((good, "good"), (failing, "mess"))
    )
    learned = [one.good_learned for one in good], [one.mess_learned for one in failing]
    scores, failed = _joined(without, with_mess)
    value = figures.auroc(scores, failed)
    low, high = figures.auroc_interval(value, len(failing), len(good))
    return {
        "scenes": len(failing),
        "AUROC": value,
        "AUROC, low": low,
        "AUROC, high": high,
        "recall at 5 % false positives": figures.recall_at(0.05)(scores, failed),
        "above the same scene without": float(np.mean([one.mess > one.good for one in failing])),
        "AUROC, camera learned": figures.auroc(*_joined(*learned)),
    }


def _joined(good: Sequence[float], failed: Sequence[float]) -> tuple[figures.Scores, figures.Truth]:
    return np.array([*good, *failed]), np.arange(len(good) + len(failed)) >= len(good)


def _names(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
