"""Write the report: each picture once it is answered, the page at the end."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import click

from ...engine.detectors.built_in import ModelFolder
from ...engine.detectors.built_in.camera_baseline_store import Evidence
from ...engine.detectors.built_in.heat_map import HeatMap
from ...engine.detectors.built_in.heat_output import HeatOutput
from ...engine.imaging.annotation import tagged
from ...engine.imaging.jpeg import decode, encode
from ...engine.judging.failwatch_rules import FailWatchRules
from ...engine.models import Detection
from .camera import Explained, explain, finding
from .page import MARK, CameraSheets, Sheet, page

PAGE = "index.html"
PICTURES = "pictures"
SIDE = 640
"""Pixels of the longer side of the pictures on the page."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """A picture that was answered, and its file on the page."""

    path: Path
    file: str
    size: tuple[int, int]
    detection: Detection
    heat: HeatMap | None


class Report:
    """A report in the making."""

    def __init__(self, folder: Path, model: ModelFolder | None) -> None:
        """Prepare to write into a folder; `model` is what answers, if it is on this machine."""
        self._folder = folder
        heats = model is not None and model.output["kind"] == "heat"
        self._output = HeatOutput.read(model.output) if model is not None and heats else None
        self._answered: list[_Answered] = []
        self._unanswered: list[tuple[str, str]] = []

    def add(self, path: Path, picture: bytes, detection: Detection) -> None:
        """Take in a picture with its answer, and write its copy. Raises OSError; takes tens of milliseconds."""
        file = f"{PICTURES}/{len(self._answered) + 1:04}.jpg"
        image = decode(tagged(picture, detection.boxes), max_side=SIDE)
        target = self._folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encode(image, quality=80))
        evidence = detection.evidence
        heat = evidence.heat if isinstance(evidence, Evidence) else None
        self._answered.append(_Answered(path, file, image.size, detection, heat))

    def add_unanswered(self, path: Path, why: str) -> None:
        """Take in a picture that got no answer."""
        self._unanswered.append((click.format_filename(path), why))

    def write(self) -> Path:
        """Write the page and return its path. Raises OSError."""
        cameras = defaultdict(list)
        for one in self._answered:
            cells = (one.heat.columns, one.heat.rows) if one.heat else (0, 0)
            cameras[one.path.parent, cells].append(one)
        rules = FailWatchRules()
        content = page(
            [self._camera(folder, members, rules.maybe) for (folder, _), members in cameras.items()],
            self._unanswered,
            rules.maybe,
            rules.failure,
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / PAGE
        path.write_text(content, "utf-8")
        return path

    def _camera(self, folder: Path, members: list[_Answered], maybe: float) -> CameraSheets:
        known = [Explained()] * len(members)
        heats = [one.heat for one in members if one.heat is not None]
        if self._output and len(heats) == len(members):
            known = explain(self._output, heats)
        sheets = [
            Sheet(
                click.format_filename(one.path.name),
                one.file,
                one.size,
                one.detection.p,
                len(one.detection.boxes),
                each.normal,
                each.cells,
            )
            for one, each in zip(members, known, strict=True)
        ]
        found = finding([one.p for one in sheets], [one.normal for one in sheets], maybe)
        return CameraSheets(click.format_filename(folder.resolve().name or folder), found, sheets)


def refuse_unless_ours(folder: Path) -> None:
    """Raise a usage error if a report would be written among things that are no earlier report."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    earlier = folder / PAGE
    if not earlier.is_file() or MARK not in earlier.read_text("utf-8", errors="replace")[:200]:
        raise click.UsageError(f"--report: {click.format_filename(folder)} is not empty. Name a new folder.")
