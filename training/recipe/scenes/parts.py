"""Draw good prints: parts with layers, infill, supports, brims, skirts and towers."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .canvas import BED, Canvas, Colour, Point, shaded


@dataclass(frozen=True, slots=True)
class Part:
    """A part on the bed: an outline that changes with the height. Millimetres."""

    x: float
    y: float
    radius: float
    height: float
    colour: Colour
    outline: NDArray[np.float64]
    widths: NDArray[np.float64]
    twist: float

    @property
    def top(self) -> Point:
        """The middle of the last layer."""
        return self.x, self.y, self.height

    def ring(self, share: float) -> NDArray[np.float64]:
        """Return the outline at a share of the height."""
        width = float(np.interp(share, np.linspace(0, 1, len(self.widths)), self.widths))
        angle = self.twist * share
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        flat = self.outline @ turn.T * self.radius * width
        heights = np.full((len(flat), 1), share * self.height)
        return np.hstack([flat + np.array([self.x, self.y]), heights])


def any_part(chance: random.Random, x: float, y: float, colour: Colour) -> Part:
    """Return a part of any shape: a block, a vase, a star, a figure."""
    kind = chance.random()
    corners = chance.choice([3, 4, 4, 4, 6, 8, 24, 32])
    angles = np.linspace(0, 2 * math.pi, corners, endpoint=False) + chance.uniform(0, math.pi)
    reach = np.ones(corners)
    if kind < 0.25 and corners >= 6:
        reach[::2] *= chance.uniform(0.4, 0.9)
    elif kind < 0.4:
        reach += 0.3 * np.sin(angles * chance.randint(2, 5) + chance.random() * 6)
    stretch = chance.uniform(0.3, 1.0)
    outline = np.stack([np.cos(angles) * reach, np.sin(angles) * reach * stretch], 1)
    radius = chance.choice([chance.uniform(6, 20), chance.uniform(15, 45), chance.uniform(35, 80)])
    height = chance.choice([chance.uniform(0.4, 3), chance.uniform(2, 25), chance.uniform(15, 110)])
    if chance.random() < 0.5:
        widths = np.array([1.0, 1.0])
    else:
        steps = chance.randint(3, 9)
        widths = np.clip(1 + np.cumsum([chance.gauss(0, 0.22) for _ in range(steps)]), 0.25, 1.6)
    twist = chance.choice([0, 0, 0, chance.gauss(0, 1)])
    return Part(x, y, radius, height, colour, outline, widths, twist)


def draw_part(canvas: Canvas, part: Part) -> None:
    """Draw a part layer by layer, lit from one side, and its top as it looks while it is printed."""
    chance, view = canvas.chance, canvas.view
    foot = view.project([(part.x, part.y, 0), (part.x, part.y, part.height)])
    rows = max(2, min(140, int(abs(foot[0, 1] - foot[1, 1]) / chance.choice([1.5, 2.2, 3.5])) + 2))
    contrast = chance.choice([0.0, 0.04, 0.1, 0.18])
    lights = [
        (0.78 + 0.2 * row / rows) * (1 + contrast * (-1) ** row + chance.gauss(0, 0.012))
        for row in range(rows)
    ]
    side = chance.uniform(0.6, 1.0)
    for row, light in enumerate(lights):
        ring = part.ring(row / (rows - 1))
        canvas.fill(ring, shaded(part.colour, light * side))
    if chance.random() < 0.7:
        _shine(canvas, part)
    _draw_top(canvas, part)


def _shine(canvas: Canvas, part: Part) -> None:
    """Brighten one flank of the part."""
    chance = canvas.chance
    share = chance.uniform(0.15, 0.5)
    rings = [canvas.view.project(part.ring(level)) for level in (0.05, 0.5, 0.95)]
    line = np.array([(1 - share) * ring[:, 0].min() + share * ring[:, 0].max() for ring in rings])
    width = max(2.0, float(np.ptp(rings[1][:, 0])) * 0.12)
    mask = np.zeros((canvas.height, canvas.width), np.float32)
    points = np.stack([line, [float(ring[:, 1].mean()) for ring in rings]], 1)
    cv2.polylines(mask, [np.round(points).astype(np.int32).reshape(-1, 1, 2)], False, 1.0, max(1, int(width)))
    mask = cv2.GaussianBlur(mask, (0, 0), width * 0.7 + 1)[:, :, None]
    canvas.pixels[:] = np.clip(canvas.pixels + mask * chance.randint(15, 80), 0, 255).astype(np.uint8)


def _draw_top(canvas: Canvas, part: Part) -> None:
    """Draw the last layer: solid, with regular infill, or hollow with walls."""
    chance = canvas.chance
    ring = part.ring(1.0)
    kind = chance.random()
    base = shaded(part.colour, chance.uniform(0.95, 1.2))
    if kind < 0.45:
        canvas.fill(ring, base)
        return
    canvas.fill(ring, shaded(part.colour, chance.uniform(0.3, 0.7)))
    if kind < 0.85:
        _infill(canvas, part, ring, base)
    canvas.line(np.vstack([ring, ring[:1]]), base, chance.uniform(0.8, 2.0))


def _infill(canvas: Canvas, part: Part, ring: NDArray[np.float64], colour: Colour) -> None:
    """Draw lines, a grid, triangles, honeycombs or a gyroid, cut off at the walls."""
    chance = canvas.chance
    over = canvas.pixels.copy()
    gap = chance.choice([2.5, 4, 6, 10])
    directions = chance.choice(
        [[0.4], [0, math.pi / 2], [math.pi / 4, -math.pi / 4], [0, math.pi / 3, -math.pi / 3]]
    )
    wave = chance.choice([0, 0, 0, gap * 0.4])
    reach = part.radius * float(part.widths.max()) * 1.7
    plain = Canvas(over, canvas.view, chance)
    along = np.linspace(-reach, reach, 40 if wave else 2)
    for direction in directions:
        for offset in np.arange(-reach, reach, gap):
            across = offset + wave * np.sin(along / gap * 2)
            x = part.x + along * math.cos(direction) - across * math.sin(direction)
            y = part.y + along * math.sin(direction) + across * math.cos(direction)
            plain.line(np.stack([x, y, np.full_like(x, part.height)], 1), colour, 0.7)
    inside = np.zeros((canvas.height, canvas.width), np.uint8)
    cv2.fillPoly(inside, [np.round(canvas.view.project(ring)[:, :2]).astype(np.int32).reshape(-1, 1, 2)], 255)
    canvas.pixels[inside > 0] = over[inside > 0]


def draw_skirt(canvas: Canvas, part: Part) -> None:
    """Draw a skirt or a brim: smooth rings around the foot."""
    chance = canvas.chance
    ring = part.ring(0.0)
    ring[:, 2] = 0.2
    middle = ring.mean(0)
    start, count = chance.choice([(1.0, 6), (1.15, 2), (1.3, 1)])
    for number in range(count):
        grown = middle + (ring - middle) * (start + number * 0.9 / max(part.radius, 8))
        canvas.line(np.vstack([grown, grown[:1]]), shaded(part.colour, chance.uniform(0.85, 1.1)), 0.7)


def draw_purge_line(canvas: Canvas, colour: Colour) -> None:
    """Draw the straight lines that many printers begin with."""
    chance, half = canvas.chance, BED / 2
    x = -half + chance.uniform(3, 20)
    for offset in range(chance.randint(1, 2)):
        canvas.line([(x + offset * 1.2, -half + 15, 0.3), (x + offset * 1.2, half - 40, 0.3)], colour, 0.8)


def draw_supports(canvas: Canvas, part: Part) -> None:
    """Draw what holds overhangs up: a thin zigzag wall, or branches as trees have."""
    chance = canvas.chance
    colour = shaded(part.colour, chance.uniform(0.75, 1.05))
    reach = part.radius * chance.uniform(0.9, 1.6)
    height = max(4.0, part.height * chance.uniform(0.3, 1.0))
    if chance.random() < 0.5:
        y = part.y - reach * chance.uniform(0.2, 0.8)
        turns = chance.randint(4, 18)
        for level in np.linspace(0, height, max(3, int(height / 1.5))):
            x = np.linspace(part.x - reach, part.x + reach, turns)
            depth = y + np.where(np.arange(turns) % 2, 4.0, -4.0)
            canvas.line(
                np.stack([x, depth, np.full(turns, level)], 1), shaded(colour, chance.uniform(0.9, 1.1)), 0.6
            )
        return
    for _ in range(chance.randint(2, 7)):
        angle = chance.uniform(0, 2 * math.pi)
        foot = (part.x + 1.4 * reach * math.cos(angle), part.y + 1.4 * reach * math.sin(angle), 0.0)
        knee = (part.x + 1.1 * reach * math.cos(angle), part.y + 1.1 * reach * math.sin(angle), height * 0.6)
        tip = (part.x + 0.7 * reach * math.cos(angle), part.y + 0.7 * reach * math.sin(angle), height)
        canvas.line([foot, knee], colour, chance.uniform(3, 7))
        canvas.line([knee, tip], colour, chance.uniform(1.5, 4))


def draw_tower(canvas: Canvas, colour: Colour, other: Colour) -> None:
    """Draw a wipe tower in stripes of two colours."""
    chance = canvas.chance
    x, y = chance.uniform(-80, 80), chance.uniform(30, 90)
    size, height = chance.uniform(10, 22), chance.uniform(3, 60)
    layers = max(2, int(height / chance.uniform(1.5, 6)))
    for layer in range(layers):
        low, high = height * layer / layers, height * (layer + 1) / layers
        canvas.box(
            (x - size, y - size / 2, low), (x + size, y + size / 2, high), colour if layer % 2 else other
        )
