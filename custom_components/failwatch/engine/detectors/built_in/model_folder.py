"""Read a model folder: its files, and the small JSON that describes how to use it.

`model.json` in the folder:

- `name`: what the user reads
- `input`: `width` and `height` in pixels, or `pixels` for any shape of about that many pixels with
  sides that are multiples of `step`; `mean` and `scale` per channel, input = (RGB - mean) * scale;
  `fit`: `stretch` (default), or `letterbox` with grey bars
- `output`: `kind` and what belongs to it:
  `heat`: logits on a grid, `share` of the cells (at least one) whose mean is looked at, and
  `slope`, `offset` of p = 1 / (1 + exp(-(slope * mean + offset)));
  `boxes`: one row per box, `layout` `darknet` (two outputs: edges as shares, and scores per class)
  or `yolo` (one output, columns or rows of centre, size in pixels, scores per class), with
  `threshold`, `overlap` (of which one is kept), `classes` (numbers that mean failure, all without it)
  and `combine` (`sum` or `max`: how p is made of the scores);
  `class`: scores or logits per class, `failure` the number of the class that means failure, and
  `softmax` (whether the outputs are logits)
- `names` (optional): the input and outputs of the net where they are not `in0`, `out0`, `out1`

Beside it `model.ncnn.param` and `model.ncnn.bin`, or one `model.onnx` (needs onnxruntime).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ...errors import BadSetting

DESCRIPTION = "model.json"
ONNX = "model.onnx"
USUAL_NAMES = ("in0", "out0", "out1")
NCNN = ("model.ncnn.param", "model.ncnn.bin")


class Runtime(StrEnum):
    """The runtime of a net; the value is the package to install."""

    NCNN = "ncnn"
    ONNX = "onnxruntime"


@dataclass(frozen=True, slots=True)
class Input:
    """The picture that a net takes. Either a fixed size or a number of pixels is given."""

    mean: tuple[float, float, float]
    scale: tuple[float, float, float]
    size: tuple[int, int] | None = None
    pixels: int = 0
    step: int = 32
    letterbox: bool = False

    def size_for(self, width: int, height: int) -> tuple[int, int]:
        """Return the width and height that a picture of that size is given to the net in."""
        if self.size is not None:
            return self.size
        scale = (self.pixels / (width * height)) ** 0.5
        # A very narrow picture would become very long otherwise.
        longest = 3 * self.pixels**0.5
        sides = (min(max(side * scale, self.step), longest) for side in (width, height))
        wide, high = (max(1, round(side / self.step)) * self.step for side in sides)
        return wide, high


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model's files and description."""

    folder: Path
    name: str
    runtime: Runtime
    input: Input
    output: Mapping[str, Any]
    names: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> ModelFolder:
        """Return the model of a folder; raises BadSetting, saying what is missing or wrong."""
        try:
            description = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        except FileNotFoundError:
            raise BadSetting("There is no %(file)s in %(folder)s.", file=DESCRIPTION, folder=folder) from None
        except (OSError, ValueError) as error:
            raise BadSetting(
                "%(file)s cannot be read: %(why)s", file=folder / DESCRIPTION, why=error
            ) from error
        try:
            return cls(
                folder=folder,
                name=str(description["name"]),
                runtime=_runtime(folder),
                input=_input(description["input"]),
                output=_output(description["output"]),
                names=tuple(description.get("names", USUAL_NAMES)),
            )
        except (KeyError, TypeError, ValueError) as error:
            detail = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise BadSetting("%(file)s: %(why)s", file=folder / DESCRIPTION, why=detail) from error

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that the runtime loads."""
        return tuple(self.folder / name for name in (NCNN if self.runtime is Runtime.NCNN else (ONNX,)))


def _runtime(folder: Path) -> Runtime:
    if all((folder / name).is_file() for name in NCNN):
        return Runtime.NCNN
    if (folder / ONNX).is_file():
        return Runtime.ONNX
    raise BadSetting(
        "%(folder)s has neither %(ncnn)s nor %(onnx)s.", folder=folder, ncnn=" + ".join(NCNN), onnx=ONNX
    )


def _input(description: Mapping[str, Any]) -> Input:
    mean, scale = (tuple(float(part) for part in description[key]) for key in ("mean", "scale"))
    if len(mean) != 3 or len(scale) != 3:
        raise ValueError("mean and scale need three numbers each")
    fixed = "width" in description
    size = (int(description["width"]), int(description["height"])) if fixed else None
    pixels, step = int(description.get("pixels", 0)), int(description.get("step", 32))
    if step < 1 or (size is None and not 0 < pixels <= 4_000_000) or (size is not None and min(size) < 1):
        raise ValueError("the input needs width and height, or pixels")
    return Input(mean, scale, size, pixels, step, description.get("fit") == "letterbox")


def _output(description: Mapping[str, Any]) -> Mapping[str, Any]:
    if description["kind"] not in ("heat", "boxes", "class"):
        raise ValueError(f"there is no output kind {description['kind']!r}")
    return description


BUILT_IN = Path(__file__).parent / "model"
"""The folder of the built-in model."""
