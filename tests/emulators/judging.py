"""Detect failures in an emulator: by colour, or with the built-in detector."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from PIL import Image, UnidentifiedImageError


@dataclass(frozen=True, slots=True)
class Sighting:
    """A failure: score from 0 to 1, edges in pixels of a picture with that width and height."""

    score: float
    x_min: float
    y_min: float
    x_max: float
    y_max: float
    width: int
    height: int


Judge: TypeAlias = Callable[[bytes], Awaitable[Sequence[Sighting]]]
"""Looks at a picture; raises ValueError if it is none."""


async def by_colour(jpeg: bytes) -> Sequence[Sighting]:
    """See a failure where the picture is red; the score is how red that part is at most."""
    try:
        picture = Image.open(io.BytesIO(jpeg)).convert("RGB")
    except UnidentifiedImageError as error:
        raise ValueError("no picture") from error
    red, green, _ = picture.split()
    red.paste(0, mask=green.point(lambda value: 255 if value > 90 else 0))
    seen = red.point(lambda value: 255 if value > 25 else 0).getbbox()
    if seen is None:
        return []
    most = red.getextrema()[1]
    assert isinstance(most, int)
    return [Sighting(most / 255, *seen, *picture.size)]


def red_spot(redness: float, *, noise: int = 0) -> bytes:
    """Return a picture of which `by_colour` says about that score, the spot in its middle.

    Pictures of different `noise` differ a little all over, as those of a camera do.
    """
    picture = Image.new("RGB", (320, 240), (20, 140, 60))
    picture.paste((round(255 * redness), 0, 0), (80, 60, 240, 180))
    dice = random.Random(noise)
    for _ in range(200 if noise else 0):
        x, y = dice.randrange(310), dice.randrange(50)
        picture.paste(
            (dice.randrange(20), 100 + dice.randrange(150), dice.randrange(255)), (x, y, x + 10, y + 10)
        )
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue()


def by_detector(detector: Any, frame_of: Callable[[bytes], Any]) -> Judge:
    """Return a judge that asks one of FailWatch's own detectors, and sees its p all over the boxes."""

    async def judge(jpeg: bytes) -> Sequence[Sighting]:
        width, height = await asyncio.to_thread(lambda: Image.open(io.BytesIO(jpeg)).size)
        detection = await detector.detect(frame_of(jpeg))
        boxes = detection.boxes
        if detection.p <= 0:
            return []
        return [
            Sighting(
                min(1.0, detection.p),
                min((box.x_min for box in boxes), default=0.0) * width,
                min((box.y_min for box in boxes), default=0.0) * height,
                max((box.x_max for box in boxes), default=1.0) * width,
                max((box.y_max for box in boxes), default=1.0) * height,
                width,
                height,
            )
        ]

    return judge
