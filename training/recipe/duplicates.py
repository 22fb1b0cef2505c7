"""Finds pictures that show the same thing: by perceptual hash, and by the backbone's features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from .network import Network
from .pictures import Picture, Pixels, read

SAME_HASH = 6
"""Bits of 64 in which two pictures' hashes may differ and still count as the same."""
SAME_FEATURES = 0.88
"""Cosine from which two pictures count as showing the same thing."""
SIDE = 224


@dataclass(frozen=True, slots=True)
class Looks:
    """What pictures are compared by: hashes of 64 bits, and unit vectors."""

    hashes: NDArray[np.uint64]
    features: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Likeness:
    """For each of some pictures, whether another collection has it, by either measure."""

    by_hash: NDArray[np.bool_]
    by_features: NDArray[np.bool_]

    @property
    def either(self) -> NDArray[np.bool_]:
        """Whether it is there by any measure."""
        return self.by_hash | self.by_features


def looks(pictures: Sequence[Picture], backbone: Network) -> Looks:
    """Return what the pictures are compared by. The backbone must be as it was, not fine-tuned."""
    hashes, features = [], []
    for picture in pictures:
        image = read(picture.path)
        hashes.append(_hash(image))
        features.append(_features(image, backbone))
    return Looks(np.array(hashes, np.uint64), np.stack(features))


def likeness(some: Looks, others: Looks) -> Likeness:
    """Return which of some pictures are among others."""
    differing = np.bitwise_count(some.hashes[:, None] ^ others.hashes[None, :])
    cosines = some.features @ others.features.T
    return Likeness(differing.min(1) <= SAME_HASH, cosines.max(1) >= SAME_FEATURES)


def _hash(image: Pixels) -> int:
    """Return the difference hash: whether each of 8 by 8 cells is brighter than the one to its right."""
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (9, 8), interpolation=cv2.INTER_AREA)
    bits = (grey[:, :-1] > grey[:, 1:]).flatten()
    return int("".join("1" if bit else "0" for bit in bits), 2)


@torch.no_grad()
def _features(image: Pixels, backbone: Network) -> NDArray[np.float32]:
    small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    x = torch.from_numpy(small.transpose(2, 0, 1)[None].astype(np.float32)) / 128 - 1
    vector = backbone.coarse(backbone.fine(x)).mean((2, 3))[0].numpy()
    return (vector / np.linalg.norm(vector)).astype(np.float32)
