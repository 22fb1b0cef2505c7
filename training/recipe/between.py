"""Mix the weights of a fitted net with those that it began with, to restore some of what it forgot."""

from __future__ import annotations

import copy

import torch

from .network import Network

KEPT = 0.65
"""Share of the fitted body; from 0.35 to 0.8 pictures kept from the fit and rendered ones know no difference."""


@torch.no_grad()
def between(fitted: Network, untouched: Network, kept: float = KEPT) -> Network:
    """Return the fitted net with its body part of the way back (Wortsman et al. 2022).

    A fit on few pictures makes a body forget textures that it knew, and other people's cameras are full of
    them. The head stays as it was fitted.
    """
    network = copy.deepcopy(fitted)
    for mine, before in zip(network.body(), untouched.body(), strict=True):
        mine.lerp_(before, 1 - kept)
    return network
