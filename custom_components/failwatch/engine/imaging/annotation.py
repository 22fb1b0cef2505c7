"""The tagged picture: a frame with its boxes drawn in."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import ImageDraw

from ..models import Box
from .jpeg import decode, encode

MAX_SIDE = 1280
OUTLINE = (255, 140, 0)  # orange: green would say that all is well


def tagged(picture: bytes, boxes: Iterable[Box]) -> bytes:
    """Return the picture as JPEG, at most 1280 px on its longer side, with its boxes and scores.

    Raises BadPicture. Takes tens of milliseconds: not for an event loop.
    """
    image = decode(picture, max_side=MAX_SIDE)
    draw = ImageDraw.Draw(image)
    line = max(2, image.width // 320)
    for box in boxes:
        left, top = box.x_min * image.width, box.y_min * image.height
        right, bottom = box.x_max * image.width, box.y_max * image.height
        draw.rectangle((left, top, max(left, right), max(top, bottom)), outline=OUTLINE, width=line)
        caption = f"{box.label} {box.score:.0%}"
        extent = draw.textbbox((left, max(0, top - 14)), caption)
        draw.rectangle(extent, fill=OUTLINE)
        draw.text(extent[:2], caption, fill=(0, 0, 0))
    return encode(image)
