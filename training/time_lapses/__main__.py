"""Render time-lapses: `training/time-lapses`. What is there already is kept, so it can be stopped at any time."""

from __future__ import annotations

import argparse
import csv
import json
import time
from dataclasses import asdict
from pathlib import Path

from . import blender
from .blender import Camera
from .photograph import Webcam
from .plan import Plan, moments, plan
from .printer import Printer
from .strands import strand

CACHE = Path(__file__).resolve().parents[2] / ".cache/training/time-lapses"
WIDTH, HEIGHT, SAMPLES = 320, 240, 2
INDEX = "looks.csv"


def main() -> None:
    """Render what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=CACHE, help="folder to write into")
    parser.add_argument("--count", type=int, default=30, help="time-lapses; every other one fails")
    parser.add_argument("--looks", type=int, default=60, help="pictures of each")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    asked = parser.parse_args()
    for seed in range(asked.first, asked.first + asked.count):
        render(plan(seed, asked.looks), asked.out / f"{seed:03}")


def render(wanted: Plan, folder: Path) -> None:
    """Render the looks of a time-lapse that are missing, then say what each shows."""
    _claim(folder, wanted)
    if (folder / INDEX).exists():
        return
    began = time.process_time()
    blender.clear(WIDTH, HEIGHT, SAMPLES)
    laid = strand(wanted) if wanted.onset is not None else None
    printer, camera, webcam = Printer(wanted, laid), Camera(), Webcam.of(wanted)
    course, gain, rows = moments(wanted), 0.0, []
    for look, moment in enumerate(course):
        picture, told = folder / f"{look:03}.jpg", folder / f"{look:03}.json"
        # The first look is always rendered: it sets the exposure of all others.
        if look and told.exists():
            rows.append(json.loads(told.read_text("utf-8")))
            continue
        printer.show(moment)
        light, mess = camera.shot(wanted.seed * 1000 + look)
        gain = gain or webcam.exposure(light)
        _write(picture, webcam.jpeg(light, gain, moment.brightness, f"{wanted.seed} {look}"))
        rows.append({"look": look, "share": round(float((mess > 0.5).mean()), 5)})
        _write(told, json.dumps(rows[-1]).encode())
    camera.close()
    with (folder / INDEX).open("w", newline="") as file:
        writer = csv.DictWriter(file, ("look", "share"))
        writer.writeheader()
        writer.writerows(rows)
    for told in folder.glob("[0-9]*.json"):
        told.unlink()
    kind = f"{wanted.kind} from look {wanted.onset}" if wanted.onset is not None else "good"
    print(f"{folder.name}: {kind}, {time.process_time() - began:.0f} CPU seconds", flush=True)


def _claim(folder: Path, wanted: Plan) -> None:
    """Begin a time-lapse, or go on with it; raises SystemExit if another one lies there under the same number."""
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(asdict(wanted), indent=2) + "\n"
    file = folder / "plan.json"
    if file.exists() and json.loads(file.read_text("utf-8")) != json.loads(content):
        raise SystemExit(f"{folder} was rendered otherwise: name another folder by --out, or delete it.")
    _write(file, content.encode())


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


if __name__ == "__main__":
    main()
