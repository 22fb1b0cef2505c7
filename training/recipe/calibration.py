"""Straightens p out: so that among pictures with p = 0.7, seven in ten show a failure."""

from __future__ import annotations

import random
from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from .export import Calibration
from .network import STRIDE, Network
from .pictures import Picture, Pixels, read, without_mess

SHARES = (0.01, 0.02, 0.04)
"""Shares of the cells that are tried; the one that tells best apart is taken."""
PIECES = 3
"""Pieces without mess that are taken from each photograph."""


def calibrated(
    network: Network, photographs: Sequence[Picture], drawn: Sequence[tuple[Pixels, bool]], pixels: int
) -> Calibration:
    """Return how p follows from the heat map, by pictures that the net was not fitted on.

    Photographs of failures count, pieces of them that show none, and drawings of both kinds, each of the
    four as much as any other (Platt 1999; equal shares stand for no knowledge of how often prints fail).
    """
    chance = random.Random("pieces")
    pieces = [without_mess(picture, chance) for picture in photographs for _ in range(PIECES)]
    groups = (
        ([read(picture.path) for picture in photographs], True),
        ([piece for piece in pieces if piece is not None], False),
        ([image for image, failed in drawn if failed], True),
        ([image for image, failed in drawn if not failed], False),
    )
    images = [image for group, _ in groups for image in group]
    failed = np.array([truth for group, truth in groups for _ in group])
    weights = np.concatenate([np.full(len(group), 1 / max(1, len(group))) for group, _ in groups])
    heats = [heat(network, image, pixels) for image in images]
    fits = {}
    for share in SHARES:
        scores = np.array([pooled(one, share) for one in heats])
        model = LogisticRegression(C=1e3).fit(scores[:, None], failed, weights * len(weights) / weights.sum())
        p = model.predict_proba(scores[:, None])[:, 1]
        loss = -float(np.average(np.log(np.where(failed, p, 1 - p) + 1e-9), weights=weights))
        fits[loss] = Calibration(share, float(model.coef_[0, 0]), float(model.intercept_[0]))
        print(f"calibration: share {share}, loss {loss:.4f}", flush=True)
    return fits[min(fits)]


def pooled(heat_map: NDArray[np.float32], share: float) -> float:
    """Return the mean of the hottest cells' logits, as the detector does."""
    count = max(1, round(share * heat_map.size))
    return float(np.sort(heat_map, axis=None)[-count:].mean())


@torch.no_grad()
def heat(network: Network, image: Pixels, pixels: int) -> NDArray[np.float32]:
    """Return the heat map of a whole picture, seen in about that many pixels."""
    height, width = image.shape[:2]
    scale, step = (pixels / (width * height)) ** 0.5, 2 * STRIDE
    size = tuple(max(1, min(30, round(side * scale / step))) * step for side in (width, height))
    x = torch.from_numpy(cv2.resize(image, size, interpolation=cv2.INTER_AREA).transpose(2, 0, 1)[None])
    found: NDArray[np.float32] = network(x.float() / 128 - 1)[0, 0].numpy()
    return found
