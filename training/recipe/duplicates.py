"""Find pictures that show the same thing: by perceptual hash, and by features. Plain numpy and Pillow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels: TypeAlias = NDArray[np.uint8]
"""Height, width, RGB."""
Describe: TypeAlias = Callable[[Pixels], NDArray[np.float32]]
"""Returns the features of a picture."""

SAME_HASH = 6
"""Bits of 64 in which two pictures' hashes may differ and still count as the same."""
SAME_FEATURES = 0.88
"""Cosine from which two pictures count as showing the same thing."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What pictures are compared by: hashes of 64 bits, and unit vectors."""

    hashes: NDArray[np.uint64]
    features: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Likeness:
    """For each of some pictures, how near the nearest of others is: bits that differ, and the cosine."""

    bits: NDArray[np.int64]
    cosines: NDArray[np.float32]

    @property
    def by_hash(self) -> NDArray[np.bool_]:
        """Whether its hash is among the others."""
        return self.bits <= SAME_HASH

    @property
    def by_features(self) -> NDArray[np.bool_]:
        """Whether its features are among the others."""
        return self.cosines >= SAME_FEATURES

    @property
    def either(self) -> NDArray[np.bool_]:
        """Whether it is there by any measure."""
        return self.by_hash | self.by_features


def looks(images: Iterable[Pixels], describe: Describe) -> Looks:
    """Return what pictures are compared by."""
    hashes, features = [], []
    for image in images:
        hashes.append(difference_hash(image))
        vector = describe(image)
        features.append(vector / max(float(np.linalg.norm(vector)), 1e-12))
    return Looks(np.array(hashes, np.uint64), np.stack(features).astype(np.float32))


def likeness(some: Looks, others: Looks) -> Likeness:
    """Return how near some pictures are to others."""
    differing = np.bitwise_count(some.hashes[:, None] ^ others.hashes[None, :])
    cosines = some.features @ others.features.T
    return Likeness(differing.min(1).astype(np.int64), cosines.max(1))


def difference_hash(image: Pixels) -> int:
    """Return whether each of 8 by 8 cells is brighter than the one to its right, as bits."""
    grey = np.asarray(Image.fromarray(image).convert("L").resize((9, 8), Image.Resampling.BOX))
    bits = (grey[:, :-1] > grey[:, 1:]).flatten()
    return int("".join("1" if bit else "0" for bit in bits), 2)
