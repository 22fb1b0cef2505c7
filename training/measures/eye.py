"""Ask a model for its heat maps, before the detector computes p from them."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from octoprint_failwatch.engine.detectors.built_in import ModelFolder
from octoprint_failwatch.engine.detectors.built_in.camera_baseline import CameraBaseline
from octoprint_failwatch.engine.detectors.built_in.explanation import explained
from octoprint_failwatch.engine.detectors.built_in.heat_map import HeatMap
from octoprint_failwatch.engine.detectors.built_in.heat_output import HeatOutput, hottest
from octoprint_failwatch.engine.detectors.built_in.net import Net, load
from octoprint_failwatch.engine.imaging.jpeg import decode

SIDE = 640
"""Pixels of the longer side that pictures are opened at, as by the detector."""


@dataclass(frozen=True, slots=True)
class Eye:
    """A model, and what it makes of heat maps."""

    model: ModelFolder
    output: HeatOutput
    net: Net

    @classmethod
    def of(cls, model: ModelFolder) -> Eye:
        """Load a model of the kind that answers with a heat map."""
        return cls(model, HeatOutput.read(model.output), load(model))

    def heat(self, picture: bytes) -> HeatMap:
        """Return the heat map of a JPEG, as the detector gets it."""
        image = decode(picture, max_side=SIDE)
        size = self.model.input.size_for(*image.size)
        return HeatMap.of(self.net.run(image.resize(size, Image.Resampling.BOX))[0])

    def score(self, heat: HeatMap) -> float:
        """Return what p is made of, which keeps apart what p rounds to 1."""
        return hottest(heat.logits, max(1, round(self.output.share * len(heat.logits))), min(heat.logits))


class Camera:
    """What the detector has learned of a camera."""

    def __init__(self, eye: Eye, first: HeatMap) -> None:
        """Begin with nothing learned; heat maps of the camera have the shape of the first."""
        self._eye, self._baseline = eye, CameraBaseline.unknown(first)
        self.columns, self.rows = first.columns, first.rows

    def learn(self, heat: HeatMap, print_id: str) -> None:
        """Learn from a look at a good print."""
        self._baseline = self._baseline.learned(heat, print_id, self._eye.output.p_of(heat))

    def p(self, heat: HeatMap) -> float:
        """Return p of a heat map, what was learned of the camera taken off.

        The watch may take off less: that much is hidden only where the printer's own number leaves room.
        """
        laid = in_shape(heat, self.columns, self.rows)
        detection = explained(self._eye.output, laid, self._baseline, "")
        return detection.p - detection.explained


def in_shape(heat: HeatMap, columns: int, rows: int) -> HeatMap:
    """Return a heat map in another shape, by the nearest cells."""
    return HeatMap(
        columns,
        tuple(
            heat.logits[row * heat.rows // rows * heat.columns + column * heat.columns // columns]
            for row in range(rows)
            for column in range(columns)
        ),
    )
