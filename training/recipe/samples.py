"""Make training samples: pieces of pictures, turned, scaled, put side by side, and badly photographed."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from .network import STRIDE
from .pictures import Picture, Pixels, read

SIDE = 256
"""Pixels of a sample's sides."""
UNMARKED = 0.5
"""Weight of cells outside the boxes of a marked picture, where there may be mess that nobody marked."""


@dataclass(frozen=True, slots=True)
class Source:
    """A picture to take pieces of: where its mess is (255), and how sure it is that there is none elsewhere."""

    image: Pixels
    mess: NDArray[np.uint8]
    outside: float
    boxed: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece with the target of each cell, 0 or 1, and the cell's weight in the loss."""

    image: Pixels
    target: NDArray[np.float32]
    weight: NDArray[np.float32]


def of_picture(picture: Picture) -> Source:
    """Return a marked picture as a source: all of its boxes count as mess."""
    image = read(picture.path, 480)
    height, width = image.shape[:2]
    mess = np.zeros((height, width), np.uint8)
    for x0, y0, x1, y1 in picture.boxes:
        mess[round(y0 * height) : round(y1 * height), round(x0 * width) : round(x1 * width)] = 255
    return Source(image, mess, UNMARKED, boxed=True)


def of_drawing(image: Path, mask: Path) -> Source:
    """Return a drawn picture as a source."""
    mess = cv2.imread(str(mask), cv2.IMREAD_GRAYSCALE)
    return Source(read(image), mess.astype(np.uint8), 1.0, boxed=False)


def sample(chance: random.Random, pools: Sequence[tuple[float, Sequence[Sequence[Source]]]]) -> Sample:
    """Return a sample of one picture, or of several side by side.

    Each pool has its share of the pieces; its entries are copies of one original each.
    """
    across = chance.choice([1, 1, 1, 2, 2, 3])
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    cells = SIDE // STRIDE
    target, weight = np.zeros((cells, cells), np.float32), np.ones((cells, cells), np.float32)
    edges = [round(number * cells / across) for number in range(across + 1)]
    for top, bottom in pairwise(edges):
        for left, right in pairwise(edges):
            pool = chance.choices([p for _, p in pools], [share for share, _ in pools])[0]
            source = chance.choice(chance.choice(pool))
            piece = _piece(chance, source, (right - left) * STRIDE, (bottom - top) * STRIDE, across)
            image[top * STRIDE : bottom * STRIDE, left * STRIDE : right * STRIDE] = piece.image
            target[top:bottom, left:right] = piece.target
            weight[top:bottom, left:right] = piece.weight
    return Sample(photographed(chance, image), target, weight)


def _piece(chance: random.Random, source: Source, width: int, height: int, across: int) -> Sample:
    """Return a turned, scaled and mirrored piece of a picture."""
    rows, columns = source.image.shape[:2]
    longest = math.exp(chance.uniform(math.log(180), math.log(560))) / across**0.7
    scale, aspect = longest / max(rows, columns), chance.uniform(0.8, 1.25)
    turn, mirror = math.radians(chance.gauss(0, 10)), chance.choice([-1, 1])
    matrix = scale * np.array(
        [
            [aspect * mirror * math.cos(turn), -math.sin(turn)],
            [aspect * mirror * math.sin(turn), math.cos(turn)],
        ]
    )
    anchor = _anchor(chance, source)
    spot = np.array([width * chance.uniform(0.2, 0.8), height * chance.uniform(0.2, 0.8)])
    affine = np.hstack([matrix, (spot - matrix @ anchor)[:, None]])
    # Mirrored borders are mess as much as what they mirror; plain ones are none.
    mirrored = chance.random() < 0.6
    border = cv2.BORDER_REFLECT_101 if mirrored else cv2.BORDER_CONSTANT
    colour = [chance.randint(0, 255) if chance.random() < 0.5 else 0] * 3
    size = (width, height)
    shrunk = source.image if scale > 0.5 else cv2.blur(source.image, (2, 2))
    image = cv2.warpAffine(
        shrunk, affine, size, flags=cv2.INTER_LINEAR, borderMode=border, borderValue=colour
    )
    mess = cv2.warpAffine(source.mess, affine, size, flags=cv2.INTER_LINEAR, borderMode=border, borderValue=0)
    target, weight = of_cells(source, mess.astype(np.uint8), width // STRIDE, height // STRIDE)
    return Sample(image.astype(np.uint8), target, weight)


def of_cells(
    source: Source, mess: NDArray[np.uint8], columns: int, rows: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the target and the weight of each cell of a picture in which the source's mess lies so."""
    covered = cv2.resize(mess, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    least, most = (0.2, 0.5) if source.boxed else (0.04, 0.2)
    target = (covered >= most).astype(np.float32)
    weight = np.where(covered > least, 0.0, source.outside).astype(np.float32)
    weight[target > 0] = 1.0
    return target, weight


def _anchor(chance: random.Random, source: Source) -> NDArray[np.float64]:
    """Return the spot that a piece is taken around: mostly one in the mess, if there is any."""
    rows, columns = source.mess.shape
    if chance.random() < 0.7:
        for _ in range(8):
            y, x = chance.randrange(rows), chance.randrange(columns)
            if source.mess[y, x]:
                return np.array([x, y], np.float64)
    return np.array([columns * chance.uniform(0.25, 0.75), rows * chance.uniform(0.25, 0.75)])


def photographed(chance: random.Random, image: Pixels) -> Pixels:
    """Return a picture in other colours, other light, blurred, noisy and compressed."""
    colours = cv2.cvtColor(image, cv2.COLOR_RGB2HSV).astype(np.int32)
    if chance.random() < 0.5:
        colours[:, :, 0] = (colours[:, :, 0] + chance.randint(0, 179)) % 180
    colours[:, :, 1] = np.clip(colours[:, :, 1] * chance.uniform(0.3, 1.3), 0, 255)
    image = cv2.cvtColor(colours.astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.uint8)
    if chance.random() < 0.15:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(np.uint8)
    levels = np.linspace(0, 1, 256, dtype=np.float32)
    levels = np.clip(levels * chance.uniform(0.6, 1.4) + chance.uniform(-0.1, 0.1), 0, 1) ** chance.uniform(
        0.6, 1.7
    )
    image = cv2.LUT(image, (levels * 255).astype(np.uint8)).astype(np.uint8)
    if chance.random() < 0.3:
        image = cv2.GaussianBlur(image, (0, 0), chance.uniform(0.4, 1.5)).astype(np.uint8)
    if chance.random() < 0.35:
        generator = np.random.default_rng(chance.getrandbits(32))
        grain = generator.standard_normal(image.shape, np.float32) * chance.uniform(1, 12)
        image = np.clip(image + grain, 0, 255).astype(np.uint8)
    if chance.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, chance.randint(25, 90)]
        image = cv2.imdecode(cv2.imencode(".jpg", image, quality)[1], cv2.IMREAD_COLOR).astype(np.uint8)
    return image
