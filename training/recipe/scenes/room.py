"""Draw what is behind and below a print: the room, the printer's frame, the bed."""

from __future__ import annotations

import math
import random

import cv2
import numpy as np
from numpy.typing import NDArray

from .canvas import BED, Canvas, Colour, any_colour, filament, grey, muted, noise, shaded

WORDS = (
    "ENDER",
    "PRUSA",
    "HOT",
    "Bambu",
    "3D",
    "CR-10",
    "MK3",
    "Creality",
    "Anycubic",
    "SOVOL",
    "Voron",
    "WARNING",
    "PEI",
)


def draw_room(canvas: Canvas, backdrop: NDArray[np.uint8] | None) -> None:
    """Draw a wall and, out of focus, what stands before it; or take a piece of a photograph for it."""
    chance, pixels = canvas.chance, canvas.pixels
    if backdrop is not None:
        turned = backdrop if chance.random() < 0.5 else backdrop[:, ::-1]
        pixels[:] = cv2.resize(turned, (canvas.width, canvas.height), interpolation=cv2.INTER_CUBIC)
        if chance.random() < 0.3:
            pixels[:] = cv2.GaussianBlur(pixels, (0, 0), chance.uniform(0.8, 4))
        return
    dark = chance.random() < 0.3
    top, bottom = (np.array(grey(chance, 2, 45) if dark else muted(chance, 15, 235)) for _ in range(2))
    if chance.random() < 0.6:
        bottom = top * chance.uniform(0.5, 1.2)
    slope = np.linspace(0, 1, canvas.height)[:, None, None]
    room = np.broadcast_to(top * (1 - slope) + bottom * slope, pixels.shape)
    room = room + noise(
        chance, canvas.height, canvas.width, chance.choice([30, 90, 200]), chance.uniform(0, 18)
    )
    pixels[:] = np.clip(room, 0, 255).astype(np.uint8)
    if chance.random() < 0.3:
        _weave(canvas)
    for _ in range(chance.choice([0, 2, 5, 9, 16])):
        _thing(canvas, shade=0.35 if dark else 1.0)
    if chance.random() < 0.75:
        pixels[:] = cv2.GaussianBlur(pixels, (0, 0), chance.uniform(0.8, 7))


def _weave(canvas: Canvas) -> None:
    """Cover the wall with what repeats: wood, bricks, holes, cloth, a mesh."""
    chance, pixels = canvas.chance, canvas.pixels
    kind, gap = chance.randrange(4), chance.randint(10, 60)
    dark = chance.uniform(0.55, 0.95)
    mask = np.zeros(pixels.shape[:2], np.float32)
    if kind == 0:  # wood
        grain = noise(chance, max(2, canvas.height // 3), max(2, canvas.width // 60), 2, 1.0)
        mask = np.clip(cv2.resize(grain, (canvas.width, canvas.height), interpolation=cv2.INTER_CUBIC), 0, 1)
    elif kind == 1:  # bricks
        for row, y in enumerate(range(0, canvas.height, gap)):
            cv2.line(mask, (0, y), (canvas.width, y), 1.0, 2, cv2.LINE_AA)
            for x in range(row % 2 * gap, canvas.width, gap * 2):
                cv2.line(mask, (x, y), (x, y + gap), 1.0, 2, cv2.LINE_AA)
    elif kind == 2:  # holes
        for y in range(0, canvas.height, gap):
            for x in range(0, canvas.width, gap):
                cv2.circle(mask, (x, y), max(1, gap // 6), 1.0, -1, cv2.LINE_AA)
    else:  # mesh
        for x in range(-canvas.height, canvas.width + canvas.height, gap):
            cv2.line(mask, (x, 0), (x + canvas.height, canvas.height), 1.0, 2, cv2.LINE_AA)
            cv2.line(mask, (x, 0), (x - canvas.height, canvas.height), 1.0, 2, cv2.LINE_AA)
    pixels[:] = (pixels * (1 - mask.reshape(*mask.shape[:2], 1) * (1 - dark))).astype(np.uint8)


def _thing(canvas: Canvas, shade: float) -> None:
    """Draw something that may stand in a workshop."""
    chance, pixels = canvas.chance, canvas.pixels
    x, y = chance.randint(-50, canvas.width), chance.randint(-50, int(canvas.height * 0.8))
    width, height = chance.randint(8, canvas.width // 2), chance.randint(8, canvas.height // 2)
    colour = shaded(muted(chance), shade)
    kind = chance.random()
    if kind < 0.45:
        cv2.rectangle(pixels, (x, y), (x + width, y + height), colour, -1)
        if chance.random() < 0.4:
            for line in range(y, y + height, chance.randint(6, 40)):
                cv2.line(
                    pixels,
                    (x, line),
                    (x + width, line),
                    shaded(colour, 0.7),
                    chance.randint(1, 4),
                    cv2.LINE_AA,
                )
    elif kind < 0.65:
        cv2.circle(pixels, (x, y), width // 3, colour, -1, cv2.LINE_AA)
    elif kind < 0.8:
        draw_spool(canvas, (x, y), max(12, width // 3))
    elif kind < 0.9:
        size = chance.uniform(0.4, 2.2)
        cv2.putText(
            pixels,
            chance.choice(WORDS),
            (x, y),
            chance.randint(0, 7),
            size,
            colour,
            chance.randint(1, 4),
            cv2.LINE_AA,
        )
    else:
        glow = np.zeros(pixels.shape[:2], np.float32)
        cv2.ellipse(glow, (x, y), (width // 2, max(4, height // 4)), chance.randint(0, 180), 0, 360, 1, -1)
        glow = cv2.GaussianBlur(glow, (0, 0), chance.uniform(3, 25))[:, :, None]
        pixels[:] = np.clip(pixels + glow * chance.randint(60, 240), 0, 255).astype(np.uint8)


def draw_spool(canvas: Canvas, centre: tuple[int, int], radius: int) -> None:
    """Draw a spool of filament from the side: many fine windings that are no mess."""
    chance, pixels = canvas.chance, canvas.pixels
    colour = filament(chance)
    squeeze = chance.uniform(0.35, 1.0)
    tilt = chance.randint(0, 180)
    axes = (radius, max(3, int(radius * squeeze)))
    cv2.ellipse(pixels, centre, axes, tilt, 0, 360, grey(chance), -1, cv2.LINE_AA)
    for share in np.linspace(0.92, 0.35, max(4, radius // 3)):
        ring = (max(1, int(axes[0] * share)), max(1, int(axes[1] * share)))
        light = chance.uniform(0.75, 1.15)
        cv2.ellipse(pixels, centre, ring, tilt, 0, 360, shaded(colour, light), 2, cv2.LINE_AA)
    core = (max(1, axes[0] // 3), max(1, axes[1] // 3))
    cv2.ellipse(pixels, centre, core, tilt, 0, 360, grey(chance, 5, 120), -1, cv2.LINE_AA)


def draw_frame(canvas: Canvas) -> None:
    """Draw posts and beams around the bed."""
    chance = canvas.chance
    colour = grey(chance, 10, 70) if chance.random() < 0.7 else muted(chance)
    depth = chance.uniform(90, 150)
    width = chance.uniform(12, 34)
    for side in (-1, 1):
        if chance.random() < 0.7:
            x = side * chance.uniform(135, 190)
            canvas.box((x - width / 2, depth, -60), (x + width / 2, depth + width, 420), colour)
            if chance.random() < 0.4:
                rod = grey(chance, 120, 230)
                canvas.line(
                    [(x - side * 20, depth - 5, -60), (x - side * 20, depth - 5, 420)],
                    rod,
                    chance.uniform(4, 9),
                )
    for _ in range(chance.choice([0, 0, 1, 2])):
        height = chance.uniform(150, 400)
        canvas.box((-190, depth, height), (190, depth + width, height + width), colour)


def draw_bed(canvas: Canvas) -> Colour:
    """Draw the bed with what is printed on it, and return its colour."""
    chance, half = canvas.chance, BED / 2
    kind = chance.random()
    if kind < 0.5:
        colour = grey(chance, 10, 75)
    elif kind < 0.65:
        colour = grey(chance, 90, 235)
    elif kind < 0.8:
        colour = (chance.randint(120, 215), chance.randint(95, 165), chance.randint(30, 90))  # PEI, tape
    else:
        colour = muted(chance, 5, 220)
    half_y = half * chance.uniform(0.8, 1.15)
    canvas.box((-half, -half_y, -chance.uniform(4, 14)), (half, half_y, -1), grey(chance, 20, 150))
    side = 512
    sheet = np.zeros((side, side, 3), np.uint8)
    sheet[:] = colour
    _pattern(chance, sheet, colour)
    corners = canvas.view.project(
        [(-half, half_y, 0), (half, half_y, 0), (half, -half_y, 0), (-half, -half_y, 0)]
    )
    square = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    warp = cv2.getPerspectiveTransform(square, corners[:, :2].astype(np.float32))
    size = (canvas.width, canvas.height)
    laid = cv2.warpPerspective(sheet, warp, size, flags=cv2.INTER_LINEAR)
    where = cv2.warpPerspective(np.full((side, side), 255, np.uint8), warp, size, flags=cv2.INTER_LINEAR)
    grain = noise(
        chance, canvas.height, canvas.width, chance.choice([1, 2, 4, 40]), chance.choice([0, 2, 5, 9])
    )
    share = where[:, :, None].astype(np.float32) / 255
    mixed = canvas.pixels * (1 - share) + (laid + grain) * share
    canvas.pixels[:] = np.clip(mixed, 0, 255).astype(np.uint8)
    if chance.random() < 0.5:
        _glare(canvas, share)
    if chance.random() < 0.3:
        for x in (-half + 15, half - 15):
            canvas.box((x - 8, -half_y - 3, -3), (x + 8, -half_y + 9, 3), grey(chance, 10, 160))
    return colour


def _pattern(chance: random.Random, sheet: np.ndarray, colour: Colour) -> None:
    side = sheet.shape[0]
    ink = (
        shaded(colour, chance.choice([0.6, 1.3, 1.6]))
        if chance.random() < 0.6
        else any_colour(chance, 40, 255)
    )
    width = chance.randint(1, 4)
    if chance.random() < 0.45:
        gap = chance.choice([13, 26, 51, 64, 128])
        for line in range(0, side, gap):
            cv2.line(sheet, (line, 0), (line, side), ink, width, cv2.LINE_AA)
            cv2.line(sheet, (0, line), (side, line), ink, width, cv2.LINE_AA)
    if chance.random() < 0.15:
        gap = chance.choice([18, 30, 44])
        for line in range(-side, side * 2, gap):
            cv2.line(sheet, (line, 0), (line + side, side), ink, width, cv2.LINE_AA)
            cv2.line(sheet, (line, 0), (line - side, side), ink, width, cv2.LINE_AA)
    for _ in range(chance.choice([0, 1, 1, 2])):
        spot = (chance.randint(0, side // 2), chance.randint(60, side - 10))
        cv2.putText(
            sheet,
            chance.choice(WORDS),
            spot,
            chance.randint(0, 7),
            chance.uniform(1, 4.5),
            ink,
            chance.randint(1, 6),
            cv2.LINE_AA,
        )
    if chance.random() < 0.25:  # scratches and glue left behind
        for _ in range(chance.randint(1, 8)):
            ends = [(chance.randint(0, side), chance.randint(0, side)) for _ in range(2)]
            cv2.line(
                sheet,
                ends[0],
                ends[1],
                shaded(colour, chance.choice([0.8, 1.25])),
                chance.randint(1, 2),
                cv2.LINE_AA,
            )
    if chance.random() < 0.25:
        spot = (chance.randint(0, side), chance.randint(0, side))
        cv2.ellipse(
            sheet,
            spot,
            (chance.randint(20, 150), chance.randint(20, 150)),
            0,
            0,
            360,
            shaded(colour, chance.uniform(0.7, 1.3)),
            -1,
        )


def _glare(canvas: Canvas, share: np.ndarray) -> None:
    chance = canvas.chance
    glare = np.zeros((canvas.height, canvas.width), np.float32)
    for _ in range(chance.choice([1, 1, 2, 6])):
        spot = (chance.randint(0, canvas.width), chance.randint(canvas.height // 4, canvas.height))
        axes = (chance.randint(10, canvas.width // 3), chance.randint(4, canvas.height // 6))
        cv2.ellipse(glare, spot, axes, chance.randint(0, 180), 0, 360, 1, -1)
    glare = cv2.GaussianBlur(glare, (0, 0), chance.uniform(4, 35))[:, :, None]
    lit = canvas.pixels + glare * share * chance.randint(30, 190)
    canvas.pixels[:] = np.clip(lit, 0, 255).astype(np.uint8)


def bed_spot(chance: random.Random, spread: float = 38.0) -> tuple[float, float]:
    """Return where on the bed something is printed: mostly near the middle."""
    angle, out = chance.uniform(0, 2 * math.pi), abs(chance.gauss(0, spread))
    return max(-85.0, min(85.0, out * math.cos(angle))), max(-85.0, min(85.0, out * math.sin(angle)))
