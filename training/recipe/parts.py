"""The net in parts: the same function, in a fraction of the memory.

MobileNetV2 widens a picture to six times its channels, filters each channel by itself, and narrows again.
In the first blocks, where the picture is still large, the widened picture and its padded copy are most of
the memory that a look takes. Channels meet only in the narrowing, which is a sum over them; so a few of them
at a time can be widened, filtered and narrowed, and the results added up.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from .network import Convolve, TwoTails

BLOCKS = 4
"""Blocks computed in parts; behind them a picture is an eighth as wide, and little is gained."""
WIDTH = 24
"""Channels that are widened at a time, at most."""


class InParts(nn.Module):
    """A block whose widened channels are computed a few at a time."""

    def __init__(self, widen: Convolve, sift: Convolve, narrow: Convolve, width: int, *, added: bool) -> None:
        """Share out a block's three convolutions by the channels between them."""
        super().__init__()
        hidden = widen.conv.out_channels
        shares = [slice(start, min(start + width, hidden)) for start in range(0, hidden, width)]
        self.parts = nn.ModuleList(_part(widen, sift, narrow, share) for share in shares)
        self.added = added

    def forward(self, x: Tensor) -> Tensor:
        """Return x after the block."""
        first, *others = self.parts
        y: Tensor = first(x)
        for part in others:
            y = y + part(x)
        return x + y if self.added else y


def in_parts(network: TwoTails, blocks: int = BLOCKS, width: int = WIDTH) -> TwoTails:
    """Return a net that computes the same, its first blocks in parts: to run it, not to train it."""
    network = copy.deepcopy(network)
    begin, first, *others = network.fitted.edges[: blocks + 1]
    # The first block does not widen: the convolution before it does.
    changed = [InParts(begin, *first.layers, width, added=False)]
    changed += [InParts(*block.layers, width, added=block.added) for block in others]
    network.fitted.edges = nn.Sequential(*changed, *network.fitted.edges[blocks + 1 :])
    return network


def _part(widen: Convolve, sift: Convolve, narrow: Convolve, share: slice) -> nn.Sequential:
    """Return the three convolutions for a share of the channels between them; the first brings the bias."""
    parts = nn.Sequential(copy.deepcopy(widen), copy.deepcopy(sift), copy.deepcopy(narrow))
    count = share.stop - share.start
    with torch.no_grad():
        for part, whole in zip(parts[:2], (widen, sift), strict=True):
            part.conv.weight = nn.Parameter(whole.conv.weight[share])
            part.conv.bias = nn.Parameter(whole.conv.bias[share])
            part.conv.out_channels = count
        parts[1].conv.in_channels = parts[1].conv.groups = parts[2].conv.in_channels = count
        parts[2].conv.weight = nn.Parameter(narrow.conv.weight[:, share])
        if share.start:
            nn.init.zeros_(parts[2].conv.bias)
    return parts
