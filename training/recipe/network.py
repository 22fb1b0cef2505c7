"""The net: a MobileNetV2 body and a small head that says, cell by cell, whether there is a mess.

What is shipped has two tails: beside the fitted one that of the untouched body, whose own answer is added.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody knows
from torch import Tensor, nn

from .backbone import convolutions

STRIDE = 16
"""Pixels of the input per cell of the heat map."""
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Expansion, channels, blocks and first stride of MobileNetV2's stages (Sandler et al. 2018, table 2)."""
FINE_BLOCKS = 14
"""Blocks up to the 96 channels at stride 16; the rest works at stride 32."""
FROZEN_BLOCKS = 7
"""Blocks up to stride 8, whose edges and textures need no change."""


class Convolve(nn.Module):
    """A convolution as TensorFlow pads it: on the right and below first."""

    def __init__(
        self, inputs: int, outputs: int, size: int, stride: int, groups: int, *, active: bool
    ) -> None:
        super().__init__()
        self.pad = (0, 1, 0, 1) if stride == 2 else (1, 1, 1, 1)
        self.size, self.active = size, active
        self.conv = nn.Conv2d(inputs, outputs, size, stride, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        """Return what the convolution makes of x."""
        if self.size == 3:
            x = F.pad(x, self.pad)
        x = self.conv(x)
        return F.relu6(x) if self.active else x


class Inverted(nn.Module):
    """MobileNetV2's block: widen, filter each channel, narrow; added to its input where the shapes allow."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        hidden = inputs * expansion
        layers = [Convolve(inputs, hidden, 1, 1, 1, active=True)] if expansion > 1 else []
        layers.append(Convolve(hidden, hidden, 3, stride, hidden, active=True))
        layers.append(Convolve(hidden, outputs, 1, 1, 1, active=False))
        self.layers = nn.Sequential(*layers)
        self.added = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Return x after the block."""
        y: Tensor = self.layers(x)
        return x + y if self.added else y


class Network(nn.Module):
    """Takes RGB in -1 to 1, sides multiples of 32; gives one logit per cell of 16 by 16 pixels."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        blocks: list[nn.Module] = [Convolve(3, 32, 3, 2, 1, active=True)]
        inputs = 32
        for expansion, outputs, count, stride in STAGES:
            for number in range(count):
                blocks.append(Inverted(inputs, outputs, stride if number == 0 else 1, expansion))
                inputs = outputs
        self.edges = nn.Sequential(*blocks[:FROZEN_BLOCKS])
        self.fine = nn.Sequential(*blocks[FROZEN_BLOCKS:FINE_BLOCKS])
        self.coarse = nn.Sequential(*blocks[FINE_BLOCKS:])
        self.from_fine = nn.Conv2d(96, width, 1)
        self.from_coarse = nn.Conv2d(320, width, 1)
        self.mix = nn.Conv2d(2 * width, width, 3, padding=1)
        self.heat = nn.Conv2d(width, 1, 1)
        nn.init.constant_(self.heat.bias, -2.0)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Return the heat map's logits, of shape (batch, 1, rows, columns)."""
        return self.heat_of(self.edges(x))

    def heat_of(self, edges: Tensor) -> Tensor:
        """Return the heat map's logits for what the first blocks found."""
        fine = self.fine(edges)
        coarse = F.interpolate(self.from_coarse(self.coarse(fine)), scale_factor=2.0, mode="nearest")
        both = torch.cat((self.from_fine(fine), coarse), 1)
        heat: Tensor = self.heat(F.relu(self.mix(F.relu(both))))
        return heat

    def head(self) -> list[nn.Parameter]:
        """Return the parameters that start from nothing."""
        parts = (self.from_fine, self.from_coarse, self.mix, self.heat)
        return [parameter for part in parts for parameter in part.parameters()]

    def body(self) -> list[nn.Parameter]:
        """Return the parameters that are fine-tuned."""
        parts = (self.fine, self.coarse)
        return [parameter for part in parts for parameter in part.parameters()]


class TwoTails(nn.Module):
    """The fitted net with what a linear head makes of untouched features added to its heat map.

    The first blocks were frozen in the fit, so both tails begin with the same ones. The second goes on with
    `tail`, to stride 32; `linear` is one convolution of one pixel.
    """

    def __init__(self, fitted: Network, tail: nn.Sequential, linear: nn.Conv2d) -> None:
        super().__init__()
        self.fitted, self.tail, self.linear = fitted, tail, linear

    def forward(self, x: Tensor) -> Tensor:
        """Return the heat map's logits, of shape (batch, 1, rows, columns)."""
        edges = self.fitted.edges(x)
        return self.fitted.heat_of(edges) + self.heat_of(edges)

    def heat_of(self, edges: Tensor) -> Tensor:
        """Return the logits that the second tail adds."""
        heat: Tensor = F.interpolate(self.linear(self.tail(edges)), scale_factor=2.0, mode="nearest")
        return heat


def with_backbone(path: Path) -> Network:
    """Return a net whose body has the weights of the TFLite file, its first blocks frozen."""
    network = Network()
    layers = [
        m
        for part in (network.edges, network.fine, network.coarse)
        for m in part.modules()
        if isinstance(m, nn.Conv2d)
    ]
    for layer, read in zip(layers, convolutions(path), strict=False):
        if layer.weight.shape != read.weight.shape:
            raise ValueError(
                f"{path} is not MobileNetV2 1.0: {layer.weight.shape} against {read.weight.shape}"
            )
        layer.weight.data.copy_(torch.from_numpy(read.weight))
        layer.bias.data.copy_(torch.from_numpy(read.bias))  # type: ignore[union-attr]
    for parameter in network.edges.parameters():
        parameter.requires_grad = False
    return network
