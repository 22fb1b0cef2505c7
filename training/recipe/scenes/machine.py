"""The printer's moving parts, and what is taken for a mess although it is none: cables, lights, tools."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np

from .canvas import BED, Canvas, Colour, Point, any_colour, filament, grey, muted, shaded, walk
from .room import WORDS


def draw_head(canvas: Canvas, tip: Point) -> None:
    """Draw the gantry and the print head with its nozzle at that point."""
    chance = canvas.chance
    x, y, z = tip
    colour = grey(chance, 10, 70) if chance.random() < 0.7 else any_colour(chance)
    wide, deep, tall = chance.uniform(18, 40), chance.uniform(15, 30), chance.uniform(35, 75)
    base = z + chance.uniform(6, 14)
    beam = grey(chance, 10, 90)
    canvas.box((-190, y + deep, base + 12), (190, y + deep + 18, base + chance.uniform(26, 40)), beam)
    if chance.random() < 0.5:
        canvas.line(
            [(-190, y + deep, base + 20), (190, y + deep, base + 20)],
            grey(chance, 100, 230),
            chance.uniform(1, 6),
        )
    cone = [(x - 4, y, z + 6), (x + 4, y, z + 6), (x + 0.8, y, z), (x - 0.8, y, z)]
    canvas.box((x - 8, y - 8, z + 5), (x + 8, y + 8, base), grey(chance, 60, 200))
    canvas.fill(cone, chance.choice([(181, 140, 60), (150, 150, 150), (60, 55, 50)]))
    canvas.box((x - wide / 2, y - deep, base), (x + wide / 2, y + deep, base + tall), colour)
    front = y - deep - 0.5
    if chance.random() < 0.8:
        _fan(
            canvas,
            (x, front, base + tall * chance.uniform(0.35, 0.65)),
            min(wide, tall) * chance.uniform(0.3, 0.46),
            colour,
        )
    if chance.random() < 0.5:
        duct = shaded(colour, chance.uniform(0.7, 1.6))
        canvas.fill(
            [
                (x - wide / 2, front, base),
                (x - wide / 2 + 9, front, base),
                (x - 3, front, z + 4),
                (x - 7, front, z + 4),
            ],
            duct,
        )
    if chance.random() < 0.3:
        spot = canvas.view.project([(x - wide / 2 + 2, front, base + 6)])[0]
        size = canvas.view.scale((x, front, base)) * 0.35
        cv2.putText(
            canvas.pixels,
            chance.choice(WORDS),
            (int(spot[0]), int(spot[1])),
            chance.randint(0, 7),
            max(0.2, size),
            grey(chance, 120, 255),
            2,
            cv2.LINE_AA,
        )
    if chance.random() < 0.3:
        _glow(canvas, (x - wide / 2, front, base), any_colour(chance, 120, 255))
    for _ in range(chance.choice([0, 1, 2, 5])):
        _loom(canvas, (x + chance.uniform(-wide / 2, wide / 2), y, base + tall))


def _fan(canvas: Canvas, centre: Point, radius: float, body: Colour) -> None:
    chance = canvas.chance
    x, y, z = centre
    angles = np.linspace(0, 2 * math.pi, 28)
    dark, blade = shaded(body, 0.4), grey(chance, 20, 150)

    def ring(size: float) -> np.ndarray:
        return np.stack([x + size * np.cos(angles), np.full_like(angles, y), z + size * np.sin(angles)], 1)

    canvas.fill(ring(radius), dark)
    blades = chance.randint(5, 11)
    turned = chance.random() * 6
    for number in range(blades):
        angle = turned + 2 * math.pi * number / blades
        tip, bend = angle + 0.4, angle + 0.75
        canvas.fill(
            [
                (x, y, z),
                (x + radius * 0.9 * math.cos(angle), y, z + radius * 0.9 * math.sin(angle)),
                (x + radius * 0.9 * math.cos(tip), y, z + radius * 0.9 * math.sin(tip)),
                (x + radius * 0.35 * math.cos(bend), y, z + radius * 0.35 * math.sin(bend)),
            ],
            blade,
        )
    if chance.random() < 0.5:
        for share in (0.35, 0.65, 0.95):
            canvas.line(ring(radius * share), shaded(body, 1.2), 0.9)
    canvas.fill(ring(radius * 0.3), shaded(blade, 0.7))


def _glow(canvas: Canvas, at: Point, colour: Colour) -> None:
    spot = canvas.view.project([at])[0]
    radius = canvas.view.scale(at) * canvas.chance.uniform(4, 12)
    glow = np.zeros((canvas.height, canvas.width), np.float32)
    cv2.circle(glow, (int(spot[0]), int(spot[1])), max(1, int(radius)), 1.0, -1)
    glow = cv2.GaussianBlur(glow, (0, 0), radius * 0.6 + 1)[:, :, None] * np.array(colour) * 1.4
    canvas.pixels[:] = np.clip(canvas.pixels + glow, 0, 255).astype(np.uint8)


def _loom(canvas: Canvas, start: Point) -> None:
    """Draw a cable or tube that leaves the head in an arc, perhaps wrapped in a spiral."""
    chance = canvas.chance
    side = chance.choice([-1, 1])
    rise, reach = chance.uniform(30, 190), chance.uniform(40, 220)
    share = np.linspace(0, 1, 50)
    x = start[0] + side * reach * share ** chance.uniform(0.8, 1.6)
    z = start[2] + rise * np.sin(math.pi * share * chance.uniform(0.55, 0.95))
    path = np.stack([x, np.full(50, start[1]) + chance.uniform(-20, 60) * share, z], 1)
    colour = grey(chance, 5, 60) if chance.random() < 0.6 else any_colour(chance)
    width = chance.uniform(1.2, 7)
    canvas.line(path, shaded(colour, 0.6), width)
    canvas.line(path + np.array([0, 0, width * 0.2]), colour, width * 0.55)
    if chance.random() < 0.25:
        for number in range(2, 48, 2):
            canvas.line(
                path[number : number + 2] + np.array([(0, 0, -width / 2), (0, 0, width / 2)]),
                shaded(colour, 1.8),
                0.8,
            )


def draw_cables(canvas: Canvas) -> None:
    """Draw wires in the background or across the picture: few, smooth, often several side by side."""
    chance = canvas.chance
    for _ in range(chance.choice([1, 1, 2, 3])):
        start = (chance.uniform(-200, 200), chance.uniform(60, 200), chance.uniform(-40, 260))
        path = walk(chance, start, 60, chance.uniform(2, 6), chance.uniform(0.02, 0.12), 0.012)
        for number in range(chance.choice([1, 1, 2, 6])):
            offset = np.array([0.0, 0.0, number * chance.uniform(1.5, 4)])
            colour = any_colour(chance) if chance.random() < 0.5 else grey(chance, 5, 60)
            canvas.line(
                path + offset + np.cumsum(np.full((60, 3), chance.gauss(0, 0.08)), 0),
                colour,
                chance.uniform(1.2, 5),
            )


def draw_harness(canvas: Canvas) -> None:
    """Draw a bundle of many thin wires that run together, cross, and part: most like a mess of all."""
    chance = canvas.chance
    start = (chance.uniform(-180, 180), chance.uniform(0, 160), chance.uniform(-30, 260))
    path = walk(chance, start, 50, chance.uniform(1.5, 5), chance.uniform(0.02, 0.1), 0.01)
    spread, width = chance.uniform(0.6, 5), chance.uniform(0.7, 2.2)
    same = any_colour(chance) if chance.random() < 0.35 else None
    share = np.linspace(0, 1, 50)
    for _ in range(chance.randint(4, 18)):
        phase, turns = chance.uniform(0, 2 * math.pi), chance.uniform(0.2, 2)
        around = spread * (0.4 + chance.uniform(0, 2.5) * share**2)
        turned = phase + turns * 2 * math.pi * share
        aside = np.stack([around * np.cos(turned), around * 0.5 * np.sin(turned), around * np.sin(turned)], 1)
        colour = same or (any_colour(chance) if chance.random() < 0.6 else grey(chance, 5, 235))
        canvas.line(path + aside, shaded(colour, chance.uniform(0.7, 1.1)), width)
    for _ in range(chance.choice([0, 1, 3])):
        tie = path[chance.randrange(5, 45)]
        canvas.line([tie - np.array([0, 0, spread]), tie + np.array([0, 0, spread])], grey(chance), 2.5)


def draw_board(canvas: Canvas) -> None:
    """Draw a circuit board with chips, pins and a ribbon cable."""
    chance = canvas.chance
    x, y, z = chance.uniform(-170, 170), chance.uniform(60, 150), chance.uniform(-40, 250)
    wide, high = chance.uniform(20, 70), chance.uniform(15, 50)
    base = chance.choice([(20, 90, 50), (25, 40, 110), (20, 20, 25), (150, 25, 30)])
    canvas.fill([(x, y, z), (x + wide, y, z), (x + wide, y, z + high), (x, y, z + high)], base)
    for _ in range(chance.randint(5, 30)):
        u, v = chance.uniform(0, 0.9) * wide, chance.uniform(0, 0.9) * high
        a, b = chance.uniform(0.02, 0.2) * wide, chance.uniform(0.02, 0.2) * high
        colour = grey(chance, 5, 60) if chance.random() < 0.5 else muted(chance, 60, 255)
        canvas.fill(
            [(x + u, y, z + v), (x + u + a, y, z + v), (x + u + a, y, z + v + b), (x + u, y, z + v + b)],
            colour,
        )
    if chance.random() < 0.5:
        ribbon = walk(chance, (x + wide / 2, y, z + high), 30, 5, 0.08, 0.01)
        canvas.line(ribbon, grey(chance, 150, 250), chance.uniform(6, 16))


def draw_chain(canvas: Canvas) -> None:
    """Draw a drag chain: links in a bend."""
    chance = canvas.chance
    x, y, z = chance.uniform(-150, 150), chance.uniform(80, 160), chance.uniform(0, 200)
    colour = grey(chance, 10, 60)
    path = walk(chance, (x, y, z), 22, 8, 0.15, 0.02)
    for here, there in pairwise(path):
        canvas.line([here, here + (there - here) * 0.8], colour, 11)
        canvas.line([here, here + (there - here) * 0.2], shaded(colour, 2.0), 9)


def draw_lights(canvas: Canvas) -> None:
    """Draw a strip of LEDs that blooms."""
    chance = canvas.chance
    ends = np.array(
        [(chance.uniform(-190, 190), chance.uniform(80, 150), chance.uniform(60, 330)) for _ in range(2)]
    )
    spots = np.linspace(ends[0], ends[1], chance.randint(8, 40))
    glow = np.zeros((canvas.height, canvas.width), np.float32)
    for spot in canvas.view.project(spots):
        cv2.circle(glow, (int(spot[0]), int(spot[1])), chance.randint(2, 6), 1.0, -1)
    bloom = np.clip(glow + 2.0 * cv2.GaussianBlur(glow, (0, 0), chance.uniform(3, 14)), 0, 1.5)[:, :, None]
    tint = np.array([255, chance.randint(200, 255), chance.randint(150, 255)])
    canvas.pixels[:] = np.clip(canvas.pixels + bloom * tint, 0, 255).astype(np.uint8)


def draw_tool(canvas: Canvas) -> None:
    """Draw something that lies about: a scraper, pliers, an offcut, a hand that reaches in."""
    chance = canvas.chance
    kind = chance.random()
    if kind < 0.3:
        _hand(canvas)
        return
    x, y = chance.uniform(-BED / 2, BED / 2), chance.uniform(-BED / 2, BED / 2)
    angle, length = chance.uniform(0, math.pi), chance.uniform(20, 110)
    end = (x + length * math.cos(angle), y + length * math.sin(angle), 2.0)
    colour = any_colour(chance) if kind < 0.65 else grey(chance, 60, 230)
    canvas.line([(x, y, 2.0), end], shaded(colour, 0.6), chance.uniform(4, 14))
    canvas.line([(x, y, 4.0), end], colour, chance.uniform(3, 9))


def _hand(canvas: Canvas) -> None:
    chance = canvas.chance
    tone = chance.uniform(0.25, 1.0)
    skin = (int(90 + 150 * tone), int(50 + 130 * tone), int(35 + 110 * tone))
    side = chance.choice([-1, 1])
    wrist = (side * 190.0, chance.uniform(-120, 0), chance.uniform(0, 80))
    palm = (side * chance.uniform(40, 110), chance.uniform(-60, 20), chance.uniform(5, 70))
    canvas.line([wrist, palm], skin, chance.uniform(35, 55))
    for number in range(4):
        tip = (
            palm[0] - side * chance.uniform(25, 60),
            palm[1] + 10 * (number - 2),
            palm[2] + chance.uniform(-20, 12),
        )
        canvas.line([palm, tip], shaded(skin, chance.uniform(0.85, 1.05)), chance.uniform(10, 15))


def draw_loose_filament(canvas: Canvas) -> None:
    """Draw the filament on its way to the head: one long, calm strand, or one loop of it."""
    chance = canvas.chance
    colour = filament(chance)
    start = (chance.uniform(-180, 180), chance.uniform(20, 120), chance.uniform(220, 330))
    path = walk(chance, start, 70, 4, chance.uniform(0.01, 0.09), 0.004)
    canvas.line(path, colour, 1.75)
