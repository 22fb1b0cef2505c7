"""Change a picture as a webcam does: exposure, colour cast, vignette, blur, noise and JPEG."""

from __future__ import annotations

import io
import math
import random
from functools import lru_cache

from PIL import Image, ImageChops, ImageFilter

from .scene import Moment, Scene

NOISE = 0.035
QUALITY = 82


def expose(picture: Image.Image, scene: Scene, moment: Moment) -> Image.Image:
    """Return the picture as the sensor sees it at that moment."""
    chance = random.Random(f"sensor {scene.seed} {moment.number}")  # noqa: S311 - a picture, no secret
    # Daylight wanders slowly; the camera's automatic exposure twitches a little on each picture.
    light = 1.16 + 0.10 * math.sin(moment.number / 37 + scene.seed) + chance.uniform(-0.025, 0.025)
    warmth = 0.03 * math.sin(moment.number / 53 + 1.7 * scene.seed)
    red, green, blue = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.45, 0.75))).split()
    exposed = Image.merge(
        "RGB",
        (
            red.point(_curve(light * (1 + warmth))),
            green.point(_curve(light)),
            blue.point(_curve(light * (1 - warmth))),
        ),
    )
    exposed = ImageChops.multiply(exposed, _vignette(picture.size))
    return _with_noise(exposed, chance)


def encode(picture: Image.Image) -> bytes:
    """Return the picture as JPEG bytes."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def _curve(gain: float) -> list[int]:
    return [min(255, round(255 * min(1.0, value / 255 * gain) ** 0.92)) for value in range(256)]


def _with_noise(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Add grain that is coarser than a pixel, as a compressed stream shows it."""
    width, height = picture.size
    grain = Image.frombytes("RGB", (width, height), chance.randbytes(width * height * 3))
    grain = grain.filter(ImageFilter.GaussianBlur(0.6))
    middle = 128
    soft = grain.point([round(middle + (value - middle) * NOISE * 4) for value in range(256)] * 3)
    return ImageChops.add(picture, soft, scale=1, offset=-middle)


@lru_cache(maxsize=4)
def _vignette(size: tuple[int, int]) -> Image.Image:
    falloff = ImageChops.invert(Image.radial_gradient("L")).point(lambda value: 178 + value * 77 / 255)
    return Image.merge("RGB", (falloff.resize(size),) * 3)
