"""A model on disk: the net's files, and what has to be known to use them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ...errors import ModelUnavailable
from ...wire import from_json

DESCRIPTION = "model.json"
SHIPPED = Path(__file__).parent / "model"


@dataclass(frozen=True, slots=True)
class HeatMap:
    """How a heat map of logits turns into p and boxes.

    `scale` and `offset` calibrate: the probability of a logit z is sigmoid(scale * z + offset).
    p is the mean of the highest `top_share` of all cells. Boxes surround cells from `box_threshold` on.
    """

    scale: float = 1.0
    offset: float = 0.0
    top_share: float = 0.02
    box_threshold: float = 0.4


@dataclass(frozen=True, slots=True)
class Description:
    """What `model.json` says. The input is RGB, `width` by `height`, (value - mean) * factor."""

    name: str
    width: int
    height: int
    mean: float = 128.0
    factor: float = 1 / 128
    input: str = "in0"
    output: str = "out0"
    heat_map: HeatMap = HeatMap()


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder with `model.json`, `model.ncnn.param` and `model.ncnn.bin`."""

    path: Path
    description: Description

    @classmethod
    def read(cls, path: Path = SHIPPED) -> Self:
        """Return the model in a folder; raises ModelUnavailable."""
        try:
            description = from_json(Description, json.loads((path / DESCRIPTION).read_text("utf-8")))
        except (OSError, ValueError) as error:
            raise ModelUnavailable(f"There is no usable model in {path.name}: {error}") from error
        return cls(path, description)

    @property
    def param(self) -> Path:
        """The net's structure."""
        return self.path / "model.ncnn.param"

    @property
    def weights(self) -> Path:
        """The net's weights."""
        return self.path / "model.ncnn.bin"
