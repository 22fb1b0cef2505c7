"""Convert Obico's boxes (centre and size in pixels) to shares of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image

from ..errors import BadAnswer, BadPicture
from ..imaging.jpeg import DAMAGED, opened, orientation
from ..imaging.threads import in_thread
from ..models import Box

if TYPE_CHECKING:
    from ..clients.obico import Found

ROTATED_ORIENTATIONS = range(5, 9)  # EXIF orientations that swap width and height

OUTSIDE = 1.0
"""How far outside an edge may be, as a share of the picture: a box around something at the border."""


async def boxes_of(found: Sequence[Found], jpeg: bytes) -> tuple[Box, ...]:
    """Return the boxes as shares of the picture that they were found in."""
    if not found:
        return ()
    width, height = await in_thread(picture_size, jpeg)
    return tuple(
        Box(
            x_min=share(box.x_center - box.width / 2, width),
            y_min=share(box.y_center - box.height / 2, height),
            x_max=share(box.x_center + box.width / 2, width),
            y_max=share(box.y_center + box.height / 2, height),
            score=box.score,
            label=box.label,
        )
        for box in found
    )


def picture_size(jpeg: bytes) -> tuple[int, int]:
    """Return width and height in pixels of the upright picture, from the header alone.

    Raises BadPicture.
    """
    try:
        with opened(jpeg) as picture:
            width, height = picture.size
            lies = orientation(picture) in ROTATED_ORIENTATIONS
            return (height, width) if lies else (width, height)
    except (Image.DecompressionBombError, *DAMAGED) as error:
        raise BadPicture("This is no picture.") from error


def share(pixels: float, whole: float) -> float:
    """Return pixels as a share of the whole, from 0 to 1.

    An edge may lie somewhat outside of the picture; raises BadAnswer where it lies far away.
    """
    found = pixels / whole
    if not -OUTSIDE <= found <= 1 + OUTSIDE:
        raise BadAnswer("The answer has a box outside of the picture.")
    return min(1.0, max(0.0, found))
