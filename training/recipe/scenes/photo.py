"""Turn a drawing into a webcam's picture: light, lens, sensor, and the camera's own text."""

from __future__ import annotations

import random

import cv2
import numpy as np
from numpy.typing import NDArray

from .canvas import noise


def photograph(pixels: NDArray[np.uint8], chance: random.Random) -> NDArray[np.uint8]:
    """Return the drawing at half its size, lit and taken by a webcam."""
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    image = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    image = _lit(image, chance)
    if chance.random() < 0.12:
        image = _infrared(image, chance)
    if chance.random() < 0.5:
        image = cv2.GaussianBlur(image, (0, 0), chance.uniform(0.3, 1.2))
    if chance.random() < 0.06:
        length = chance.randint(3, 9)
        image = cv2.blur(image, (length, 1) if chance.random() < 0.7 else (1, length))
    if chance.random() < 0.3:
        image = image + (image - cv2.GaussianBlur(image, (0, 0), 1.5)) * chance.uniform(0.3, 1.2)
    image = image + noise(chance, height, width, 1, chance.choice([0, 1, 2.5, 6]))
    taken = np.clip(image, 0, 255).astype(np.uint8)
    if chance.random() < 0.12:
        _stamp(taken, chance)
    return taken


def _lit(image: NDArray[np.float32], chance: random.Random) -> NDArray[np.float32]:
    """Return the picture under a lamp somewhere, with that lamp's tint."""
    height, width = image.shape[:2]
    x = (np.arange(width)[None, :] / width - chance.uniform(-0.2, 1.2)) ** 2
    y = (np.arange(height)[:, None] / height - chance.uniform(-0.2, 1.2)) ** 2
    falloff = chance.choice([0.0, 0.3, 0.8, 1.6])
    light = (1 / (1 + falloff * (x + y)))[:, :, None]
    warm = chance.gauss(0, 0.1)
    tint = np.array([1 + warm, 1.0, 1 - warm], np.float32)
    exposed = image / 255 * light * tint * chance.choice([0.6, 0.9, 1.1, 1.1, 1.4, 1.8])
    return (np.clip(exposed, 0, 1.2) ** chance.uniform(0.75, 1.4) * 255).astype(np.float32)


def _infrared(image: NDArray[np.float32], chance: random.Random) -> NDArray[np.float32]:
    """Return the picture as a night camera sees it: grey, bright in the middle."""
    height, width = image.shape[:2]
    grey = image @ np.array(
        [chance.uniform(0.2, 0.6), chance.uniform(0.2, 0.5), chance.uniform(0.1, 0.4)], np.float32
    )
    x = (np.arange(width)[None, :] / width - 0.5) ** 2
    y = (np.arange(height)[:, None] / height - 0.5) ** 2
    spot = np.exp(-(x + y) * chance.uniform(2, 9))
    return np.repeat((grey * spot * chance.uniform(1.0, 1.7))[:, :, None], 3, 2).astype(np.float32)


def _stamp(image: NDArray[np.uint8], chance: random.Random) -> None:
    """Write the time into a corner."""
    text = f"20{chance.randint(15, 30)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02} {chance.randint(0, 23):02}:{chance.randint(0, 59):02}"
    spot = (chance.randint(2, 60), chance.choice([14, image.shape[0] - 8]))
    size = chance.uniform(0.3, 0.7)
    cv2.putText(image, text, spot, 0, size, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(image, text, spot, 0, size, (255, 255, 255), 1, cv2.LINE_AA)
