"""Turn the outputs of other models (box detectors and classifiers) into p and boxes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import ModelUnavailable
from ...models import Box, Detection, overlap
from .heat_map import numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOLERANCE = 1e-3  # that half precision needs
Rows = list[tuple[float, float, float, float, float]]


@dataclass(frozen=True, slots=True)
class BoxOutput:
    """Boxes with scores per class; p is the sum or the maximum of the scores that are kept."""

    layout: str
    threshold: float
    overlap: float
    classes: tuple[int, ...]
    by_sum: bool

    @classmethod
    def read(cls, description: Mapping[str, Any]) -> BoxOutput:
        """Return what a model's description says; raises ValueError."""
        layout = description["layout"]
        if layout not in ("darknet", "yolo"):
            raise ValueError(f"there is no layout {layout!r}")
        return cls(
            layout,
            float(description.get("threshold", 0.25)),
            float(description.get("overlap", 0.45)),
            tuple(int(number) for number in description.get("classes", ())),
            description.get("combine", "max") == "sum",
        )

    def detection(self, outputs: Sequence[memoryview[float]], width: int, height: int) -> Detection:
        """Return p and the boxes; the net's input had that width and height in pixels."""
        import numpy as np

        tables = [np.asarray(output) for output in outputs]
        found = self._darknet(tables) if self.layout == "darknet" else self._yolo(tables[0], width, height)
        if not all(math.isfinite(part) for row in found for part in row):
            raise ModelUnavailable("The model gives boxes that are no numbers.")
        boxes = suppressed([_clamped(*row) for row in found], self.overlap)
        scores = [box.score for box in boxes]
        return Detection(sum(scores) if self.by_sum else max(scores, default=0.0), tuple(boxes))

    def _darknet(self, outputs: Sequence[NDArray[np.float32]]) -> Rows:
        """Return the boxes of outputs (boxes, 4) or (boxes, 1, 4), and (boxes, classes)."""
        edges, scores = outputs[0].reshape(-1, 4), self._failure(outputs[1].reshape(len(outputs[0]), -1))
        return [
            (*(float(edge) for edge in edges[row]), float(scores[row]))  # type: ignore[misc]
            for row in (scores >= self.threshold).nonzero()[0]
        ]

    def _yolo(self, output: NDArray[np.float32], width: int, height: int) -> Rows:
        """Return the boxes of one output, (4 + classes, boxes) or the other way round."""
        table = output if output.shape[0] > output.shape[1] else output.T
        scores = self._failure(table[:, 4:])
        rows: Rows = []
        for row in (scores >= self.threshold).nonzero()[0]:
            x, y, wide, high = (float(part) for part in table[row, :4])
            left, right, top, bottom = x - wide / 2, x + wide / 2, y - high / 2, y + high / 2
            rows.append((left / width, top / height, right / width, bottom / height, float(scores[row])))
        return rows

    def _failure(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        chosen = scores[:, list(self.classes)] if self.classes else scores
        best: NDArray[np.float32] = chosen.max(1)
        if not ((best >= -TOLERANCE) & (best <= 1 + TOLERANCE)).all():
            raise ModelUnavailable("The model's scores do not lie between 0 and 1.")
        return best


@dataclass(frozen=True, slots=True)
class ClassOutput:
    """One score or logit per class; p is that of the failure."""

    failure: int
    softmax: bool

    @classmethod
    def read(cls, description: Mapping[str, Any]) -> ClassOutput:
        """Return what a model's description says."""
        failure = int(description["failure"])
        if failure < 0:
            raise ValueError("classes are numbered from 0")
        return cls(failure, bool(description.get("softmax", False)))

    def detection(self, outputs: Sequence[memoryview[float]]) -> Detection:
        """Return p without boxes. Raises ModelUnavailable if the scores are not probabilities."""
        scores = numbers(outputs[0])
        if self.failure >= len(scores):
            raise ModelUnavailable(f"The model has {len(scores)} classes, and none is number {self.failure}.")
        if not all(map(math.isfinite, scores)):
            raise ModelUnavailable("The model's scores are no numbers.")
        if self.softmax:
            # A single output stands for failure against everything else.
            scores = _softmax(scores if len(scores) > 1 else [scores[0], 0.0])
        p = scores[self.failure]
        if not -TOLERANCE <= p <= 1 + TOLERANCE:
            raise ModelUnavailable(
                f"The model's score is {p:.2f}, which is no probability. If it gives logits, set softmax to"
                " true in its model.json."
            )
        return Detection(min(1.0, max(0.0, p)))


def _softmax(logits: Sequence[float]) -> list[float]:
    highest = max(logits)
    powers = [math.exp(logit - highest) for logit in logits]
    return [power / sum(powers) for power in powers]


def suppressed(boxes: list[Box], allowed: float) -> list[Box]:
    """Return the boxes without those that overlap a better one by more than that share of their union."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda box: -box.score):
        if all(overlap(box, other) <= allowed for other in kept):
            kept.append(box)
    return kept


def _clamped(left: float, top: float, right: float, bottom: float, score: float) -> Box:
    left, top, right, bottom, score = (min(1.0, max(0.0, part)) for part in (left, top, right, bottom, score))
    return Box(left, top, right, bottom, score)
