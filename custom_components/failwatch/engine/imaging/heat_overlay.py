"""The heated picture: a frame in grey, with red where it looks like a mess."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from .jpeg import decode, encode

MAX_SIDE = 640
HOT = (235, 40, 30)


def heated(picture: bytes, columns: int, strengths: Sequence[float]) -> bytes:
    """Return the picture as JPEG with the strength of each cell from 0 to 1, row by row, laid over it.

    Raises BadPicture. Takes tens of milliseconds: not for an event loop.
    """
    image = decode(picture, max_side=MAX_SIDE).convert("L").convert("RGB")
    cells = Image.new("L", (columns, len(strengths) // columns))
    cells.putdata([round(200 * min(1.0, max(0.0, strength))) for strength in strengths])
    mask = cells.resize(image.size, Image.Resampling.BILINEAR)
    return encode(Image.composite(Image.new("RGB", image.size, HOT), image, mask))
