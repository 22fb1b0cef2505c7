"""List the pictures on disk, their marks, and whether training may see them."""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""Height, width, RGB."""
Rectangle: TypeAlias = tuple[float, float, float, float]
"""x_min, y_min, x_max, y_max as shares of width and height."""

MARKED = Path("train/roboflow-3dprinting-v6")
"""Photographs and frames of failures with boxes (Roboflow, additive-manufacturing-qa/3dprinting v6)."""
SERIES = {
    "rf-yellow-disc": range(379, 466),
    "rf-blue-red-prusa": range(474, 486),
    "rf-orange-bench": range(502, 539),
    "rf-pink": range(573, 583),
    "rf-grey-bed": range(594, 612),
    "rf-basket": range(615, 622),
}
"""Runs of captures (numbers in the file names) that show one failing print each."""
HELD_OUT = ("rf-blue-red-prusa", "rf-orange-bench", "rf-grey-bed")
"""Failing prints that are kept for evaluation; nothing of them is ever trained on."""
ORDINARY = (
    "train/lorenzozaccomer/*/NoDefects",
    "train/palmtrey/ender_91",
    "train/hightemplar",
)
"""Folders with licensed pictures of prints that go well; most of one machine, turned, with black corners."""
OWN = Path("train/own")
"""Folder with a user's own pictures, a folder for each source: `SOURCES.md`, `images`, and `labels` where there is mess."""
OTHERS = Path("eval")
SOURCES = "SOURCES.md"
ENDINGS = {".jpg", ".jpeg", ".png"}
BACKBONE = Path("backbone/mobilenet_v2_1.0_224_quant.tflite")


@dataclass(frozen=True, slots=True)
class Picture:
    """A file, what is marked in it, and the scene or print that it belongs to."""

    path: Path
    failed: bool
    source: str
    group: str
    boxes: tuple[Rectangle, ...] = ()


def read(path: Path, longest: int = 640) -> Pixels:
    """Return a picture as RGB, made smaller if a side is longer than that."""
    import cv2

    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"{path} is no picture")
    scale = longest / max(image.shape[:2])
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8)


def marked(data: Path, parts: Iterable[str]) -> list[Picture]:
    """Return the photographs of some parts (train, valid, test); copies of one original share a group."""
    pictures = []
    for part in parts:
        for path in sorted((data / MARKED / part / "images").iterdir()):
            boxes = _marks(data / MARKED / part, path)
            group = path.name.split(".rf.")[0]
            pictures.append(Picture(path, bool(boxes), f"marked-{part}", group, boxes))
    return pictures


def ordinary(data: Path) -> list[Picture]:
    """Return the pictures of prints that go well, of which there may be none; a user's own are among them."""
    folders = [folder for pattern in ORDINARY for folder in sorted(data.glob(pattern))]
    return [
        Picture(path, False, f"ordinary-{folder.relative_to(data).parts[1]}", path.stem)
        for folder in folders
        for path in sorted(folder.rglob("*.jp*g"))
    ] + [picture for picture in own(data) if not picture.failed]


def own(data: Path) -> list[Picture]:
    """Return a user's own pictures: those with boxes show failures, the others prints that go well.

    Pictures whose names differ only in the number at their end are of one print. Raises ValueError for a source
    of which nothing says who took the pictures, and under which licence they are.
    """
    pictures = []
    for folder in sorted(path for path in (data / OWN).glob("*") if path.is_dir()):
        if not (folder / SOURCES).is_file():
            raise ValueError(
                f"{folder / SOURCES} is missing: say who took the pictures, and under which licence."
            )
        for path in sorted(path for path in (folder / "images").glob("*") if path.suffix.lower() in ENDINGS):
            boxes = _marks(folder, path)
            print_name = re.sub(r"[-_ ]?\d+$", "", path.stem) or path.stem
            pictures.append(Picture(path, bool(boxes), "own", f"{folder.name}/{print_name}", boxes))
    return pictures


def series_of(picture: Picture) -> str | None:
    """Return the failing print that a picture belongs to, if it is one of several frames."""
    if picture.group in SERIES:
        return picture.group
    number = re.search(r"Capture-d-ecran--(\d+)-", picture.path.name)
    names = [name for name, run in SERIES.items() if number and int(number[1]) in run]
    return names[0] if names else None


def others(data: Path) -> list[Picture]:
    """Return the pictures kept for evaluation."""
    with (data / OTHERS / "index.csv").open(newline="") as file:
        return [
            Picture(
                data / OTHERS / row["file"],
                row["label"] == "fail",
                row["subset"],
                row["group"] or row["file"],
            )
            for row in csv.DictReader(file)
        ]


def by_group(pictures: Iterable[Picture]) -> dict[str, list[Picture]]:
    """Return the pictures by their group."""
    groups = defaultdict(list)
    for picture in pictures:
        groups[picture.group].append(picture)
    return dict(groups)


def _marks(folder: Path, picture: Path) -> tuple[Rectangle, ...]:
    """Return the boxes of a picture, none if nothing is marked in it."""
    label = folder / "labels" / f"{picture.stem}.txt"
    return tuple(_boxes(label.read_text())) if label.exists() else ()


def _boxes(text: str) -> Iterable[Rectangle]:
    """Yield the boxes of a YOLO label, or the hull where a polygon is given."""
    for line in text.splitlines():
        numbers = [float(part) for part in line.split()[1:]]
        if len(numbers) == 4:
            x, y, width, height = numbers
            yield x - width / 2, y - height / 2, x + width / 2, y + height / 2
        elif len(numbers) > 4:
            yield min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])


def without_mess(picture: Picture, chance: random.Random) -> Pixels | None:
    """Return a piece of a picture that no box touches, at least a third as wide and high, if there is one."""
    for _ in range(30):
        width, height = chance.uniform(0.33, 1.0), chance.uniform(0.33, 1.0)
        left, top = chance.uniform(0, 1 - width), chance.uniform(0, 1 - height)
        right, bottom = left + width, top + height
        if all(x1 <= left or right <= x0 or y1 <= top or bottom <= y0 for x0, y0, x1, y1 in picture.boxes):
            image = read(picture.path)
            rows, columns = image.shape[:2]
            piece = image[
                round(top * rows) : round(bottom * rows), round(left * columns) : round(right * columns)
            ]
            return np.ascontiguousarray(piece)
    return None
