"""Single pictures: which are fit for evaluation, and what the detector says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from octoprint_failwatch.engine.detectors.built_in import BuiltInDetector
from octoprint_failwatch.engine.models import Box, Detection, overlap

from ..recipe.pictures import Picture, series_of
from ..recipe.split import fixed, measurable, to_measure
from . import figures

SAME_PLACE = 0.3
"""Intersection over union from which a box counts as found."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A picture and what the detector said of it."""

    picture: Picture
    detection: Detection


def chosen(data: Path) -> list[Picture]:
    """Return the pictures that the split keeps for measuring; raises ValueError if one is missing."""
    found = to_measure(measurable(data))
    missing = len(fixed()["pictures"]) - len(found)
    if missing:
        raise ValueError(f"{missing} of the pictures to measure on are missing or changed.")
    return found


def counts() -> dict[str, Any]:
    """Return how many pictures there are, and how many were left out and why."""
    split = fixed()
    return {
        "training pictures": split["training pictures"],
        "evaluation pictures": len(split["pictures"]),
        "left out": split["left out"],
    }


def ask(detector: BuiltInDetector, pictures: Sequence[Picture]) -> list[Answered]:
    """Return the detector's answers to the files as they are."""
    return [Answered(picture, detector.answer(picture.path.read_bytes())) for picture in pictures]


def source_of(picture: Picture) -> str:
    """Return the source under which a picture is counted."""
    if series_of(picture):
        return "failing time-lapses"
    return {
        "marked-valid": "failure photographs",
        "marked-test": "failure photographs",
        "obico_camera_setups": "camera set-ups",
        "emptydeck_normal": "normal webcam frames",
    }.get(picture.source, "others")


def measured(answers: Sequence[Answered]) -> dict[str, Any]:
    """Return all figures of single pictures: mixed, and each source against all pictures of the other kind."""
    sources = sorted({source_of(one.picture) for one in answers})
    per_source = {}
    for source in sources:
        members = [one for one in answers if source_of(one.picture) == source]
        kinds = {one.picture.failed for one in members}
        against = [one for one in answers if one.picture.failed not in kinds]
        if len(kinds) == 1 and len(members) > 5:
            per_source[source] = {"pictures": len(members), **_figures([*members, *against])}
    p = np.array([one.detection.p for one in answers])
    failed = np.array([one.picture.failed for one in answers])
    good = p[~failed]
    return {
        "mixed": {"failures": int(failed.sum()), "good": int((~failed).sum()), **_figures(answers)},
        "by source": per_source,
        "boxes": _boxes(answers),
        "calibration": {
            "expected calibration error": _as_dict(
                figures.with_interval(figures.calibration_error, p, failed, _groups(answers))
            ),
            "of a p that means what it says": _as_dict(figures.calibration_error_by_chance(p)),
            "reliability": [
                {"p": one.p, "failures": one.failures, "pictures": one.count}
                for one in figures.reliability(p, failed)
            ],
            "p of good pictures": {
                f"percentile {share}": float(np.percentile(good, share)) for share in (50, 90, 99)
            },
        },
    }


def _groups(answers: Sequence[Answered]) -> list[str]:
    return [f"{one.picture.failed} {series_of(one.picture) or one.picture.group}" for one in answers]


def _figures(answers: Sequence[Answered]) -> dict[str, Any]:
    # The logit keeps apart what p rounds to 1.
    p = np.clip(np.array([one.detection.p for one in answers], np.float64), 1e-12, 1 - 1e-12)
    scores = np.log(p / (1 - p))
    failed = np.array([one.picture.failed for one in answers])
    groups = _groups(answers)
    wanted = {
        "AUROC": figures.auroc,
        "average precision": figures.average_precision,
        "recall at 1 % false positives": figures.recall_at(0.01),
        "recall at 5 % false positives": figures.recall_at(0.05),
    }
    found = {name: figures.with_interval(measure, scores, failed, groups) for name, measure in wanted.items()}
    return {name: _as_dict(one) for name, one in found.items()}


def _boxes(answers: Sequence[Answered]) -> dict[str, Any]:
    """Return how many of the marked boxes were found, and how many marked pictures have one found."""
    found, of_print, pictures, of_picture = [], [], [], []
    for one in answers:
        if one.picture.boxes:
            truths = [Box(*edges, 1.0) for edges in one.picture.boxes]
            hits = [any(overlap(truth, box) >= SAME_PLACE for box in one.detection.boxes) for truth in truths]
            group = series_of(one.picture) or one.picture.group
            found += hits
            of_print += [group] * len(hits)
            pictures.append(any(hits))
            of_picture.append(group)
    if not found:
        return {"marked boxes": 0}
    return {
        "marked boxes": len(found),
        f"recall at IoU {SAME_PLACE}": _as_dict(figures.share_with_interval(found, of_print)),
        "pictures with a box found": _as_dict(figures.share_with_interval(pictures, of_picture)),
    }


def _as_dict(one: figures.Figure) -> dict[str, float]:
    return {"value": one.value, "low": one.low, "high": one.high}
