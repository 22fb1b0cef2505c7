"""Add the untouched body's answer to the fitted net's: a linear head on its features, fitted by itself.

A fit on few pictures makes a body forget textures that it knew. What it was before tells small failures on other
people's cameras better, the fitted net gross ones; their sum has something of both.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from .calibration import as_input
from .network import Network, TwoTails
from .pictures import Pixels
from .samples import Source, of_cells

TAIL_BLOCKS = 2
"""Blocks at stride 32 that the second tail has."""
STRENGTH = 3e-4
"""scikit-learn's C: the smaller, the smoother the head."""
OF_A_DRAWING = 0.2
"""Weight of a drawing's cells against a photograph's."""
DRAWINGS = 500
"""Drawings that the head learns from."""
SHARE = 0.5
"""Weight of the second tail's heat against the first's, each taken by its spread over cells without mess."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What the untouched body makes of many cells, whether there is a mess in them, and how much each counts."""

    features: NDArray[np.float32]
    target: NDArray[np.float32]
    weight: NDArray[np.float32]


def with_second_tail(
    fitted: Network,
    untouched: Network,
    photographs: Sequence[Source],
    drawn: Sequence[Source],
    good: Sequence[Pixels],
    pixels: int,
) -> TwoTails:
    """Return the net with both tails; its heat is spread over the good pictures as the fitted one's alone."""
    tail = nn.Sequential(*copy.deepcopy(untouched.fine), *copy.deepcopy(untouched.coarse[:TAIL_BLOCKS]))
    channels = tail[-1].layers[-1].conv.out_channels
    network = TwoTails(copy.deepcopy(fitted), tail, nn.Conv2d(channels, 1, 1)).eval().requires_grad_(False)
    _fit(network, [*_cells(network, photographs, 1.0, pixels), *_cells(network, drawn, OF_A_DRAWING, pixels)])
    _balance(network, good, pixels)
    return network


@torch.no_grad()
def _cells(network: TwoTails, sources: Sequence[Source], weight: float, pixels: int) -> Iterator[Cells]:
    """Yield the cells of whole pictures and, of photographs, of their mirror images."""
    for source in sources:
        for mirrored in (False, True) if source.boxed else (False,):
            image, mess = (side[:, ::-1] if mirrored else side for side in (source.image, source.mess))
            found = network.tail(network.fitted.edges(as_input(np.ascontiguousarray(image), pixels)))[0]
            target, weights = of_cells(source, np.ascontiguousarray(mess), *found.shape[:0:-1])
            yield Cells(found.flatten(1).T.numpy(), target.ravel(), weight * weights.ravel())


def _fit(network: TwoTails, cells: Sequence[Cells]) -> None:
    """Fit the linear head, cell by cell (features standardised, logistic regression)."""
    features = np.concatenate([one.features for one in cells])
    mean, spread = features.mean(0), features.std(0) + 1e-3
    model = LogisticRegression(C=STRENGTH, max_iter=300).fit(
        (features - mean) / spread,
        np.concatenate([one.target for one in cells]) > 0,
        np.concatenate([one.weight for one in cells]),
    )
    slopes = model.coef_[0] / spread
    _set(network.linear, slopes, model.intercept_[0] - (slopes * mean).sum())


@torch.no_grad()
def _balance(network: TwoTails, good: Sequence[Pixels], pixels: int) -> None:
    """Weigh the tails by their spread over good cells, and let their sum lie there as the first one's heat did.

    So what the detector takes for quiet, and for a lot, still is.
    """
    maps = [_both(network, as_input(image, pixels)) for image in good]
    first, second = (torch.cat([one[tail] for one in maps]) for tail in (0, 1))
    ratio = SHARE * first.std() / second.std()
    both = first + ratio * second
    scale = first.std() / both.std()
    heat, linear = network.fitted.heat, network.linear
    heat.weight.mul_(scale)
    heat.bias.mul_(scale)
    linear.weight.mul_(scale * ratio)
    linear.bias.mul_(scale * ratio).add_(first.mean() - scale * both.mean())


def _both(network: TwoTails, x: Tensor) -> tuple[Tensor, Tensor]:
    """Return the cells' logits by each tail."""
    edges = network.fitted.edges(x)
    return network.fitted.heat_of(edges).flatten(), network.heat_of(edges).flatten()


def _set(layer: nn.Conv2d, weight: NDArray[np.float64], bias: float) -> None:
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight).reshape(layer.weight.shape))
        layer.bias.fill_(float(bias))  # type: ignore[union-attr]
