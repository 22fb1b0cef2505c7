"""Fit pictures into a net's fixed input without distortion, with grey bars beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...imaging.regions import Polygon
from ...models import Box, Detection

if TYPE_CHECKING:
    from PIL import Image

BARS = (114, 114, 114)


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where in the net's input the picture lies, as shares of the input."""

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0

    def undone(self, detection: Detection) -> Detection:
        """Return a detection in the input as one in the picture."""
        if self == Letterbox():
            return detection
        return replace(detection, boxes=tuple(self._in_picture(box) for box in detection.boxes))

    def laid(self, regions: Sequence[Polygon]) -> tuple[Polygon, ...]:
        """Return regions of the picture as regions of the input."""
        return tuple(
            [(self.left + x * self.width, self.top + y * self.height) for x, y in polygon]
            for polygon in regions
        )

    def _in_picture(self, box: Box) -> Box:
        left, right = ((edge - self.left) / self.width for edge in (box.x_min, box.x_max))
        top, bottom = ((edge - self.top) / self.height for edge in (box.y_min, box.y_max))
        left, top, right, bottom = (min(1.0, max(0.0, edge)) for edge in (left, top, right, bottom))
        return replace(box, x_min=left, y_min=top, x_max=right, y_max=bottom)


def placed(image: Image.Image, size: tuple[int, int]) -> tuple[Image.Image, Letterbox]:
    """Return the picture in the middle of grey of that size, as large as it fits, and where it is."""
    from PIL import Image

    scale = min(size[0] / image.width, size[1] / image.height)
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    laid = Image.new("RGB", size, BARS)
    laid.paste(image.resize((width, height), Image.Resampling.BOX), (left, top))
    return laid, Letterbox(left / size[0], top / size[1], width / size[0], height / size[1])
