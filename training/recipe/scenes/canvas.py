"""The canvas: pixels at twice the final size, a view of the world in millimetres, and random numbers."""

from __future__ import annotations

import colorsys
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Colour: TypeAlias = tuple[int, int, int]
Point: TypeAlias = tuple[float, float, float]
"""Millimetres: x to the right, y away from the camera's side, z up from the bed."""

BED = 220.0
_SUBPIXEL = 4


@dataclass(slots=True)
class View:
    """A pinhole camera that looks at a point near the bed's middle."""

    eye: NDArray[np.float64]
    axes: NDArray[np.float64]
    focal: float
    centre: tuple[float, float]

    @classmethod
    def by_chance(cls, chance: random.Random, width: int, height: int) -> View:
        """Return a view as people mount their cameras: from the front, a side or above, near or far."""
        elevation = math.radians(
            chance.choice([chance.uniform(2, 15), chance.uniform(12, 40), chance.uniform(35, 75)])
        )
        azimuth = math.radians(chance.gauss(0, 35))
        distance = BED * chance.choice([chance.uniform(0.75, 1.3), chance.uniform(1.0, 1.9)])
        target = np.array([chance.gauss(0, 25), chance.gauss(0, 25), chance.uniform(0, 70)])
        away = np.array(
            [
                math.sin(azimuth) * math.cos(elevation),
                -math.cos(azimuth) * math.cos(elevation),
                math.sin(elevation),
            ]
        )
        forward = -away
        roll = math.radians(chance.gauss(0, 4) + 180 * (chance.random() < 0.05))
        right = np.cross(forward, [0, 0, 1])
        right /= np.linalg.norm(right)
        up = np.cross(right, forward)
        right, up = right * math.cos(roll) + up * math.sin(roll), up * math.cos(roll) - right * math.sin(roll)
        focal = max(width, height) * chance.uniform(0.75, 1.3)
        return cls(target + away * distance, np.stack([right, -up, forward]), focal, (width / 2, height / 2))

    def project(self, points: Sequence[Point] | NDArray[np.float64]) -> NDArray[np.float64]:
        """Return x, y in pixels and the depth in millimetres of each point."""
        seen = (np.asarray(points, np.float64) - self.eye) @ self.axes.T
        depth = np.maximum(seen[:, 2], 15.0)
        x = self.centre[0] + self.focal * seen[:, 0] / depth
        y = self.centre[1] + self.focal * seen[:, 1] / depth
        return np.stack([np.clip(x, -8000, 8000), np.clip(y, -8000, 8000), depth], 1)

    def scale(self, point: Point) -> float:
        """Return how many pixels a millimetre has at that point."""
        return self.focal / float(self.project([point])[0, 2])


@dataclass(slots=True)
class Canvas:
    """A picture being drawn; `mess` marks what is failed print."""

    pixels: NDArray[np.uint8]
    view: View
    chance: random.Random
    mess: NDArray[np.uint8] = field(init=False)
    light: float = 1.0

    def __post_init__(self) -> None:
        self.mess = np.zeros(self.pixels.shape[:2], np.uint8)

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.pixels.shape[1]

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.pixels.shape[0]

    def fill(self, points: Sequence[Point] | NDArray[np.float64], colour: Colour) -> None:
        """Fill a polygon in the world."""
        self.fill_flat(self.view.project(points)[:, :2], colour)

    def fill_flat(self, points: NDArray[np.float64], colour: Colour) -> None:
        """Fill a polygon given in pixels; what it hides is no mess any more."""
        corners = fixed(points)
        cv2.fillPoly(self.pixels, [corners], colour, cv2.LINE_AA, _SUBPIXEL)
        cv2.fillPoly(self.mess, [corners], 0, cv2.LINE_8, _SUBPIXEL)

    def line(self, points: Sequence[Point] | NDArray[np.float64], colour: Colour, thickness: float) -> None:
        """Draw a line of some millimetres in the world."""
        projected = self.view.project(points)
        pixels = thickness * self.view.focal / float(np.median(projected[:, 2]))
        self.line_flat(projected[:, :2], colour, pixels)

    def line_flat(self, points: NDArray[np.float64], colour: Colour, thickness: float) -> None:
        """Draw a line given in pixels."""
        corners = fixed(points)
        width = max(1, round(thickness))
        cv2.polylines(self.pixels, [corners], False, colour, width, cv2.LINE_AA, _SUBPIXEL)
        cv2.polylines(self.mess, [corners], False, 0, width, cv2.LINE_8, _SUBPIXEL)

    def box(self, low: Point, high: Point, colour: Colour) -> None:
        """Draw a block, its faces lit from above and from the left."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        faces = [
            ([(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)], 0.6),
            ([(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)], 0.95),
            ([(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)], 0.62),
            ([(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)], 1.15),
            ([(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)], 0.8),
        ]
        faces.sort(key=lambda face: -float(np.linalg.norm(np.mean(face[0], 0) - self.view.eye)))
        for corners, light in faces:
            self.fill(corners, shaded(colour, light))


def fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return pixels as the fixed-point numbers that OpenCV draws smoothly with."""
    return np.round(points * (1 << _SUBPIXEL)).astype(np.int32).reshape(-1, 1, 2)


def shaded(colour: Colour, light: float) -> Colour:
    """Return a colour in more or less light; strong light turns it towards white."""
    white = max(0.0, light - 1.0) * 90
    red, green, blue = (int(min(255, max(0, part * light + white))) for part in colour)
    return red, green, blue


def any_colour(chance: random.Random, low: int = 0, high: int = 255) -> Colour:
    """Return any colour."""
    return chance.randint(low, high), chance.randint(low, high), chance.randint(low, high)


def muted(chance: random.Random, low: int = 10, high: int = 235) -> Colour:
    """Return a colour as things in a room have it: more often dull than bright."""
    dull = chance.choice([0.1, 0.25, 0.5, 1.0])
    base = chance.randint(low, high)
    red, green, blue = (int(base + (part - base) * dull) for part in any_colour(chance, low, high))
    return red, green, blue


def grey(chance: random.Random, low: int = 10, high: int = 220) -> Colour:
    """Return a colour that is nearly grey, as most of a printer is."""
    base = chance.randint(low, high)
    return tuple(max(0, min(255, base + chance.randint(-7, 7))) for _ in range(3))  # type: ignore[return-value]


def filament(chance: random.Random) -> Colour:
    """Return a colour that filament is sold in: black, white, grey, or a full one."""
    kind = chance.random()
    if kind < 0.22:
        return grey(chance, 200, 250)
    if kind < 0.36:
        return grey(chance, 12, 50)
    if kind < 0.48:
        return grey(chance, 60, 190)
    red, green, blue = colorsys.hsv_to_rgb(
        chance.random(), chance.uniform(0.45, 1.0), chance.uniform(0.3, 1.0)
    )
    return int(red * 255), int(green * 255), int(blue * 255)


def noise(chance: random.Random, height: int, width: int, grain: int, amount: float) -> NDArray[np.float32]:
    """Return smooth noise around 0 whose spots have about `grain` pixels."""
    generator = np.random.default_rng(chance.getrandbits(32))
    spots = generator.standard_normal((max(2, height // grain), max(2, width // grain)), np.float32)
    if grain > 1:
        spots = cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC)
    else:
        spots = generator.standard_normal((height, width), np.float32)
    return spots[:, :, None] * amount


def walk(
    chance: random.Random, start: Point, steps: int, step: float, turning: float, wander: float
) -> NDArray[np.float64]:
    """Return a smooth path in space whose direction turns at a slowly changing rate."""
    generator = np.random.default_rng(chance.getrandbits(32))
    rate = chance.uniform(-turning, turning) + np.cumsum(generator.normal(0, wander, steps)) * 0.5
    rate = np.clip(rate, -2 * turning, 2 * turning)
    heading = chance.uniform(0, 2 * math.pi) + np.cumsum(rate)
    climb = np.clip(np.cumsum(generator.normal(0, wander, steps)) * 0.6, -0.9, 0.9)
    moves = (
        np.stack([np.cos(heading) * np.cos(climb), np.sin(heading) * np.cos(climb), np.sin(climb)], 1) * step
    )
    return np.asarray(start) + np.cumsum(moves, 0)
