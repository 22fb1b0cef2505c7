"""Opens what cameras and people hand over: any common picture, upright, in RGB, in bounded memory."""

from __future__ import annotations

import io
import struct
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from ..errors import BadPicture
from .jpeg_effort import check_effort

MAX_PIXELS = 64_000_000
"""Pixels that a picture may have: 8000 by 6000 passes, a decompression bomb does not."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
"""What cameras and people hand over. Pillow's other formats are left alone: some of them run programs."""
DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    MemoryError,
    struct.error,
)
"""What Pillow raises at pictures, and at what their cameras say of them, that are damaged or cut off."""
JPEG_START = b"\xff\xd8\xff"


def decode(data: bytes, max_side: int | None = None) -> Image.Image:
    """Return the picture in RGB, turned as its camera says, its longer side at most `max_side` pixels.

    Large JPEGs are decoded at a fraction of their size. Raises BadPicture for what is no picture, is
    cut off, or is too large. Takes milliseconds: not for an event loop.
    """
    if is_jpeg(data):
        check_effort(data)
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=FORMATS) as image:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            _check_size(image)
            if max_side is not None:
                image.draft("RGB", _within(image.size, max_side))
            upright = ImageOps.exif_transpose(image)
            picture = _rgb(upright, max_side)
    except BadPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture("The picture has more pixels than FailWatch opens.") from error
    except UnidentifiedImageError as error:
        raise BadPicture("This is no picture.") from error
    except DAMAGED as error:
        raise BadPicture("The picture is damaged or cut off.") from error
    return picture


def is_jpeg(data: bytes) -> bool:
    """Return whether the data begins as a JPEG does."""
    return data.startswith(JPEG_START)


def as_jpeg(data: bytes) -> bytes:
    """Return the picture as JPEG, which is all that detection services take; a JPEG stays as it is.

    Raises BadPicture. Takes milliseconds: not for an event loop.
    """
    return data if is_jpeg(data) else encode(decode(data))


def encode(image: Image.Image, quality: int = 90) -> bytes:
    """Return an RGB picture as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise BadPicture(
            f"The picture has {image.width} x {image.height} pixels; FailWatch opens {MAX_PIXELS:,} at most."
        )


def _rgb(image: Image.Image, max_side: int | None) -> Image.Image:
    """Return the picture made smaller first, and in RGB; deep greys keep their range."""
    if max_side is not None and max(image.size) > max_side:
        size = _within(image.size, max_side)
        if image.mode in ("P", "1"):
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        image = image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    if image.mode.startswith("I"):  # 16 bits a pixel, as PNG greys may have
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif image.mode in ("RGBA", "LA", "PA"):
        backdrop = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(backdrop, image.convert("RGBA"))
    return image if image.mode == "RGB" else image.convert("RGB")


def _within(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    """Return the size made smaller, in its own shape, so that its longer side is at most that long."""
    scale = min(1.0, max_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
