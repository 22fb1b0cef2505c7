"""Calibrate p, so that of pictures with p = 0.7 seven in ten show a failure."""

from __future__ import annotations

import random
from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from .export import Calibration
from .network import STRIDE, TwoTails
from .pictures import Picture, Pixels, read, without_mess

SHARE = 0.05
"""Share of the cells whose mean p is made of: larger tells gross failures better, smaller sees small ones."""
ORDINARY = 100
"""Pictures of good prints that are taken of all that there are."""
PIECES = 6
"""Pieces without mess that are taken from each photograph."""


def calibrated(
    network: TwoTails, photographs: Sequence[Picture], good: Sequence[Picture], pixels: int
) -> Calibration:
    """Return how p follows from the heat map, by photographs of failures that the net was not fitted on.

    Pieces of the same photographs without a box show none, and neither do pictures of good prints; these are a
    quarter of what is good, where there are both. Failures and the rest count the same (Platt 1999; equal
    shares stand for no knowledge of how often prints fail). Drawings are no help: the net tells them from
    photographs, and is calmer about them.
    """
    kinds = [
        [read(picture.path) for picture in photographs],
        pieces(photographs),
        [read(picture.path) for picture in good[:: max(1, len(good) // ORDINARY)]],
    ]
    shares = (1.0, 0.75, 0.25) if good else (1.0, 1.0, 0.0)
    weights = np.concatenate(
        [np.full(len(kind), share / max(1, len(kind))) for kind, share in zip(kinds, shares, strict=True)]
    )
    failed = np.arange(len(weights)) < len(photographs)
    scores = np.array([pooled(heat(network, image, pixels), SHARE) for kind in kinds for image in kind])
    model = LogisticRegression(C=1e3).fit(scores[:, None], failed, weights * len(weights) / weights.sum())
    return Calibration(SHARE, float(model.coef_[0, 0]), float(model.intercept_[0]))


def pieces(photographs: Sequence[Picture]) -> list[Pixels]:
    """Return pieces of photographs that no box touches, the same ones each time."""
    chance = random.Random("pieces")
    found = [without_mess(picture, chance) for picture in photographs for _ in range(PIECES)]
    return [piece for piece in found if piece is not None]


def pooled(heat_map: NDArray[np.float32], share: float) -> float:
    """Return the mean of the hottest cells' logits, as the detector does."""
    count = max(1, round(share * heat_map.size))
    return float(np.sort(heat_map, axis=None)[-count:].mean())


@torch.no_grad()
def heat(network: TwoTails, image: Pixels, pixels: int) -> NDArray[np.float32]:
    """Return the heat map of a whole picture, seen in about that many pixels."""
    found: NDArray[np.float32] = network(as_input(image, pixels))[0, 0].numpy()
    return found


def as_input(image: Pixels, pixels: int) -> Tensor:
    """Return a whole picture as the net takes it, in about that many pixels."""
    height, width = image.shape[:2]
    scale, step = (pixels / (width * height)) ** 0.5, 2 * STRIDE
    size = tuple(max(1, min(30, round(side * scale / step))) * step for side in (width, height))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return torch.from_numpy(small.transpose(2, 0, 1)[None]).float() / 128 - 1
