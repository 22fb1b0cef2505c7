"""Project millimetres in the room to pixels: a pinhole camera in front of the printer."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from .scene import BED_SIZE, Point, Scene

Pixel = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Perspective:
    """A camera at `eye` that looks along `forward`; `focal` is in pixels."""

    eye: Point
    right: Point
    up: Point
    forward: Point
    focal: float
    centre: Pixel

    def depth(self, point: Point) -> float:
        """Return the distance from the camera along its axis, in millimetres."""
        return _dot(_minus(point, self.eye), self.forward)

    def project(self, point: Point) -> Pixel:
        """Return where a point in front of the camera is seen."""
        # Written out, without calls: a picture has tens of thousands of points.
        (x, y, z), right, up, forward = _minus(point, self.eye), self.right, self.up, self.forward
        scale = self.focal / max(1.0, x * forward[0] + y * forward[1] + z * forward[2])
        return (
            self.centre[0] + (x * right[0] + y * right[1] + z * right[2]) * scale,
            self.centre[1] - (x * up[0] + y * up[1] + z * up[2]) * scale,
        )

    def size(self, millimetres: float, at: Point) -> float:
        """Return how many pixels a length has that stands at a place, square to the view."""
        return millimetres * self.focal / max(1.0, self.depth(at))


def camera_of(scene: Scene, scale: int) -> Perspective:
    """Return the scene's camera, for a picture `scale` times as large as the one that is delivered."""
    chance = random.Random(f"camera {scene.seed}")  # noqa: S311 - a picture, no secret
    middle = BED_SIZE / 2
    eye = (middle + chance.uniform(-120, 60), chance.uniform(-215, -170), chance.uniform(120, 185))
    return _looking_at(eye, (middle, middle, 28.0), scene, scale, field_of_view=chance.uniform(40, 48))


def _looking_at(eye: Point, target: Point, scene: Scene, scale: int, field_of_view: float) -> Perspective:
    forward = _unit(_minus(target, eye))
    right = _unit((forward[1], -forward[0], 0.0))
    up = (
        right[1] * forward[2] - right[2] * forward[1],
        right[2] * forward[0] - right[0] * forward[2],
        right[0] * forward[1] - right[1] * forward[0],
    )
    width, height = scene.width * scale, scene.height * scale
    focal = width / 2 / math.tan(math.radians(field_of_view / 2))
    return Perspective(eye, right, up, forward, focal, (width / 2, height / 2))


def _minus(a: Point, b: Point) -> Point:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def _dot(a: Point, b: Point) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _unit(a: Point) -> Point:
    length = math.sqrt(_dot(a, a))
    return (a[0] / length, a[1] / length, a[2] / length)
