"""Pictures of simulated prints as different cameras, hands and lights would show them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache

from PIL import Image, ImageChops, ImageEnhance, ImageOps

from octoprint_failwatch.engine.watch.look import Camera
from octoprint_failwatch.simulator.renderer import Renderer
from octoprint_failwatch.simulator.scene import Scene

SIZE = (320, 240)
SMALL = (160, 120)
"""Large enough for outlines, and drawn in a quarter of the time."""


@cache
def _renderer(seed: int, fails_at: int | None, size: tuple[int, int]) -> Renderer:
    return Renderer(Scene(seed=seed, fails_at=fails_at, width=size[0], height=size[1]))


@cache
def printing(
    seed: int, progress: float, number: int, fails_at: int | None = None, *, size: tuple[int, int] = SIZE
) -> Image.Image:
    """Return a picture of a print; `fails_at` is the share in percent after which it fails."""
    return Image.open(io.BytesIO(_renderer(seed, fails_at, size).render(progress, number))).convert("RGB")


def moved(picture: Image.Image, right: float = 0.0, down: float = 0.0, turned: float = 0.0) -> Image.Image:
    """Return the picture of a camera that was moved, by shares of the picture's size and degrees."""
    width, height = picture.size
    wide = picture.resize((width * 13 // 10, height * 13 // 10)).rotate(turned)
    left, top = (round((0.15 - share) * length) for share, length in ((right, width), (down, height)))
    return wide.crop((left, top, left + width, top + height))


def dimmed(picture: Image.Image) -> Image.Image:
    """Return the picture with a third of the light."""
    return ImageEnhance.Brightness(picture).enhance(0.3)


def warm(picture: Image.Image) -> Image.Image:
    """Return the picture by the light of a bulb."""
    red, green, blue = picture.split()
    return Image.merge("RGB", (red, green.point(lambda p: p * 0.7), blue.point(lambda p: p * 0.4)))


def infrared(picture: Image.Image) -> Image.Image:
    """Return the picture as a night camera takes it: grey, lit from the camera, and grainy."""
    grey = picture.convert("L").point(lambda p: int(255 * ((p / 255) ** 0.7) * 0.55))
    lamp = ImageOps.invert(Image.radial_gradient("L").resize(grey.size))
    lit = ImageChops.multiply(grey, lamp)
    grain = 12 * grey.width / SIZE[0]  # what it leaves of it once a picture is made smaller
    return ImageChops.add(lit, Image.effect_noise(grey.size, grain), offset=-128).convert("RGB")


def with_head_in_front(picture: Image.Image, number: int) -> Image.Image:
    """Return the picture with something dark and large before the lens, elsewhere in each picture."""
    hidden = picture.copy()
    width, height = picture.size
    left = number * 37 % (width // 2)
    hidden.paste((25, 25, 28), (left, 0, left + width // 2, height * 3 // 4))
    return hidden


def jpeg(picture: Image.Image) -> bytes:
    """Return the picture as a camera sends it."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def showing(pictures: Iterator[Image.Image], name: str = "") -> Camera:
    """Return a camera that shows one picture after another."""

    async def snapshot() -> bytes:
        return jpeg(next(pictures))

    return Camera(snapshot, name)
