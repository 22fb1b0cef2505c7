"""Features of a picture by the unchanged backbone: alike for pictures that show the same thing."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from .duplicates import Describe
from .network import Network
from .pictures import Pixels

SIDE = 224


def describer(backbone: Network) -> Describe:
    """Return what describes pictures by a backbone, which must be as it was, not fine-tuned."""
    backbone = backbone.eval()

    @torch.no_grad()
    def describe(image: Pixels) -> NDArray[np.float32]:
        small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        x = torch.from_numpy(small.transpose(2, 0, 1)[None].astype(np.float32)) / 128 - 1
        found: NDArray[np.float32] = backbone.coarse(backbone.fine(backbone.edges(x))).mean((2, 3))[0].numpy()
        return found

    return describe
