"""Draw what stands still: the room, the printer's frame, and the bed."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw, ImageFilter

from .perspective import Perspective
from .scene import BED_SIZE, Colour, Point, Scene

FRAME: Colour = (34, 35, 38)
BED: Colour = (44, 45, 48)
BED_EDGE: Colour = (92, 94, 98)


def draw_room(scene: Scene, size: tuple[int, int]) -> Image.Image:
    """Return the room behind the printer, out of focus."""
    chance = random.Random(f"room {scene.seed}")  # noqa: S311 - a picture, no secret
    picture = Image.new("RGB", size, scene.wall)
    draw = ImageDraw.Draw(picture)
    width, height = size
    desk = int(height * 0.62)
    draw.rectangle((0, desk, width, height), fill=shade((96, 76, 58), chance.uniform(0.7, 1.2)))
    for _ in range(9):
        left = chance.uniform(-0.1, 0.95) * width
        top = chance.uniform(0.0, 0.5) * height
        right, bottom = left + chance.uniform(0.04, 0.22) * width, top + chance.uniform(0.1, 0.4) * height
        grey = chance.randint(40, 190)
        tint = (
            grey + chance.randint(-30, 40),
            grey + chance.randint(-25, 25),
            grey + chance.randint(-35, 35),
        )
        draw.rectangle((left, top, right, min(bottom, desk)), fill=tint)
    for _ in range(3):
        x = chance.uniform(0, width)
        cable = [(x + chance.uniform(-0.08, 0.08) * width, height * step / 5) for step in range(4)]
        draw.line(cable, fill=(30, 30, 32), width=max(2, width // 160), joint="curve")
    return picture.filter(ImageFilter.GaussianBlur(width / 110))


def draw_frame(draw: ImageDraw.ImageDraw, view: Perspective) -> None:
    """Draw the two uprights and the beam between them, behind the bed's middle."""
    for x in (-45.0, BED_SIZE + 25.0):
        draw_box(draw, view, (x, 140.0, -60.0), (x + 20.0, 160.0, 330.0), FRAME)
    draw_box(draw, view, (-45.0, 140.0, 320.0), (BED_SIZE + 45.0, 160.0, 340.0), FRAME)


def draw_bed(draw: ImageDraw.ImageDraw, view: Perspective, bed_y: float) -> None:
    """Draw the bed, moved by `bed_y` millimetres along y, with its grid and clips."""
    far, near = BED_SIZE + bed_y, bed_y
    draw_box(draw, view, (-4.0, near - 4.0, -5.0), (BED_SIZE + 4.0, far + 4.0, -0.4), BED_EDGE)
    corners = ((0.0, near), (BED_SIZE, near), (BED_SIZE, far), (0.0, far))
    draw.polygon([view.project((x, y, 0.0)) for x, y in corners], fill=BED)
    for step in range(1, 11):
        at = BED_SIZE * step / 11
        line = shade(BED, 1.22)
        draw.line([view.project((at, near, 0.0)), view.project((at, far, 0.0))], fill=line, width=1)
        draw.line(
            [view.project((0.0, near + at, 0.0)), view.project((BED_SIZE, near + at, 0.0))],
            fill=line,
            width=1,
        )
    for x in (40.0, BED_SIZE - 50.0):
        draw_box(draw, view, (x, near - 6.0, -4.0), (x + 10.0, near + 8.0, 2.0), (120, 122, 126))


def draw_box(draw: ImageDraw.ImageDraw, view: Perspective, low: Point, high: Point, colour: Colour) -> None:
    """Draw a box by the faces that the camera, in front and above, can see."""
    x0, y0, z0 = low
    x1, y1, z1 = high
    side = x0 if view.eye[0] < (x0 + x1) / 2 else x1
    faces: list[tuple[float, tuple[Point, ...]]] = [
        (0.72, ((side, y0, z0), (side, y1, z0), (side, y1, z1), (side, y0, z1))),
        (1.35, ((x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1))),
        (1.0, ((x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1))),
    ]
    for light, face in faces:
        if light > 1.3 and view.eye[2] < z1:
            continue  # seen from below, its top is hidden
        draw.polygon([view.project(corner) for corner in face], fill=shade(colour, light))


def shade(colour: Colour, light: float) -> Colour:
    """Return the colour under more or less light."""
    red, green, blue = (max(0, min(255, round(channel * light))) for channel in colour)
    return red, green, blue
