"""How an emulator sees failures: by colour, or with the built-in detector."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import aiohttp
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
    excess = Image.eval(red, lambda value: value)
    excess.paste(0, mask=Image.eval(green, lambda value: 255 if value > 90 else 0))
    seen = Image.eval(excess, lambda value: 255 if value > 25 else 0).getbbox()
    if seen is None:
        return []
    return [Sighting(excess.getextrema()[1] / 255, *map(float, seen), *picture.size)]


def red_spot(redness: float, size: tuple[int, int] = (320, 240)) -> bytes:
    """Return a picture of which `by_colour` says about that score, the spot in its middle."""
    picture = Image.new("RGB", size, (20, 140, 60))
    spot = (size[0] // 4, size[1] // 4)
    picture.paste((round(255 * redness), 0, 0), (*spot, *(edge * 3 for edge in spot)))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue()


def built_in() -> Judge:
    """Return a judge that asks the built-in detector."""
    from octoprint_failwatch.detection.detectors import DetectorHost, create_detector
    from octoprint_failwatch.detection.frame import Frame

    async def judge(jpeg: bytes) -> Sequence[Sighting]:
        picture = await asyncio.to_thread(lambda: Image.open(io.BytesIO(jpeg)).size)
        frame = Frame(jpeg, 0.0, "emulator", "emulator")
        detection = await detector.detect(frame)
        return [
            Sighting(
                min(1.0, box.score),
                box.x_min * picture[0],
                box.y_min * picture[1],
                box.x_max * picture[0],
                box.y_max * picture[1],
                *picture,
            )
            for box in detection.boxes
        ]

    session = aiohttp.ClientSession()
    detector = create_detector({"kind": "built_in"}, DetectorHost(session))
    return judge
