"""Draw the worst mistakes of a model: failures that it misses, and good prints that it doubts.

All pictures come from `recipe.scenes`, drawn from seeds that training does not use, so that they can be shown.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from octoprint_failwatch.engine.detectors.built_in import BUILT_IN, BuiltInDetector, ModelFolder
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.models import Box, Detection

from ..recipe import scenes

DOCS = Path(__file__).resolve().parents[2] / "docs/pictures"
PICTURES = 200
"""Pictures drawn of each kind."""
COLUMNS, ROWS = 3, 2
TILE = (300, 225)
CAPTION = 24
QUALITY = 82
FOUND, THERE = (46, 204, 64), (255, 140, 0)
"""Colours of what the detector marks, and of where the mess is."""
DUST = 0.0005
"""Share of a picture below which a patch of mess is not worth a mark."""


@dataclass(frozen=True)
class Answered:
    """A drawn picture, where its mess is, and what the detector says of it."""

    image: Image.Image
    mess: tuple[Box, ...]
    detection: Detection


def main() -> None:
    """Draw, ask, and write a sheet of each kind of mistake."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DOCS, help="folder to write the sheets into")
    parser.add_argument("--model", type=Path, default=BUILT_IN, help="folder of the model")
    asked = parser.parse_args()
    detector, limit = BuiltInDetector(ModelFolder.read(asked.model)), FailWatchRules().maybe
    for name, failed in (("detector-misses.jpg", True), ("detector-false-alarms.jpg", False)):
        answers = [answered(detector, f"mistakes {number}", failed=failed) for number in range(PICTURES)]
        answers.sort(key=lambda one: one.detection.p, reverse=not failed)
        wrong = sum((one.detection.p < limit) == failed for one in answers)
        kind, side, end = ("failures", "below", "least") if failed else ("good prints", "above", "most")
        title = f"{PICTURES} drawn {kind}; p is {side} {limit} for {wrong} of them. Those with the {end}:"
        sheet(title, answers[: COLUMNS * ROWS]).save(asked.out / name, quality=QUALITY, optimize=True)
        print(f"{asked.out / name}: {title}")


def answered(detector: BuiltInDetector, seed: str, *, failed: bool) -> Answered:
    """Return the picture of a seed with the detector's answer; failures are drawn until one shows."""
    drawn = scenes.draw(seed, failed=failed)
    mess = patches(drawn.mess)
    if failed and not mess:
        return answered(detector, f"{seed}, again", failed=failed)
    image, out = Image.fromarray(drawn.image), io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return Answered(image, mess, detector.answer(out.getvalue()))


def patches(mask: np.ndarray) -> tuple[Box, ...]:
    """Return boxes around the patches of a mask, as shares of the picture."""
    height, width = mask.shape
    _, _, found, _ = cv2.connectedComponentsWithStats((mask > 127).astype(np.uint8))
    return tuple(
        Box(x / width, y / height, (x + wide) / width, (y + high) / height, 1.0)
        for x, y, wide, high, area in found[1:].tolist()
        if area >= DUST * width * height
    )


def sheet(title: str, answers: Sequence[Answered]) -> Image.Image:
    """Return the pictures beside each other, each with its p."""
    width, height = TILE[0], TILE[1] + CAPTION
    laid = Image.new("RGB", (COLUMNS * width, CAPTION + ROWS * height), "white")
    draw, font = ImageDraw.Draw(laid), ImageFont.load_default(15)
    draw.text((6, 3), title, "black", font)
    for number, one in enumerate(answers):
        left, top = number % COLUMNS * width, CAPTION + number // COLUMNS * height
        image = marked(one)
        image.thumbnail((TILE[0] - 4, TILE[1] - 4))
        laid.paste(image, (left + (width - image.width) // 2, top + (TILE[1] - image.height) // 2))
        draw.text((left + 6, top + TILE[1]), f"p = {one.detection.p:.2f}", "black", font)
    return laid


def marked(one: Answered) -> Image.Image:
    """Return a picture with the detector's boxes, and thinner ones around the mess."""
    image = one.image.copy()
    draw = ImageDraw.Draw(image)
    for boxes, colour, line in ((one.mess, THERE, 1), (one.detection.boxes, FOUND, 3)):
        for box in boxes:
            edges = (box.x_min * image.width, box.y_min * image.height)
            draw.rectangle(
                (*edges, box.x_max * image.width, box.y_max * image.height), outline=colour, width=line
            )
    return image


if __name__ == "__main__":
    main()
