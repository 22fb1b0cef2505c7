"""Decode pictures of any common format, upright, in RGB, and in bounded memory."""

from __future__ import annotations

import io
import struct
import warnings
from functools import cache
from importlib import import_module

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from ..errors import BadPicture
from .jpeg_effort import check_effort

MAX_LENGTH = 65_500  # pixels of a side that a JPEG can have
MAX_PIXELS = 48_000_000
"""Pixels of a JPEG that are decoded, in 200 MB: 8000 by 6000 passes, a decompression bomb does not."""
MAX_JPEG_PIXELS = 150_000_000
"""Pixels that a JPEG may have: it is decoded at a half, a quarter or an eighth of its size."""
MAX_WHOLE_PIXELS, MAX_HEIF_PIXELS, MAX_WEBP_PIXELS = 20_000_000, 25_000_000, 12_500_000
"""Pixels that pictures of other kinds may have, in the same memory: each is held in up to ten bytes, of a WebP in more.
A phone's HEIF has 24 million."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
"""What cameras and people hand over. Pillow's other formats are left alone: some of them run programs."""
HEIF_PLUGINS = ("pillow_heif", "pi_heif")
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
_LIMITS = {
    "JPEG": MAX_JPEG_PIXELS,
    "MPO": MAX_JPEG_PIXELS,
    "HEIF": MAX_HEIF_PIXELS,
    "WEBP": MAX_WEBP_PIXELS,
}
JPEG_START = b"\xff\xd8\xff"


def decode(data: bytes, max_side: int | None = None) -> Image.Image:
    """Return the picture in RGB, rotated by its EXIF orientation, at most `max_side` pixels long.

    Large JPEGs are decoded at a fraction of their size. Raises BadPicture if it is not a picture, is
    truncated, or too large. Takes milliseconds: not for an event loop.
    """
    if is_jpeg(data):
        check_effort(data)
    try:
        with opened(data) as image:
            _limit_size(image, max_side)
            picture = _rgb(_upright(image), max_side)
    except BadPicture:
        raise
    except Image.DecompressionBombError as error:
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
    """Return the picture as JPEG, which is all that detection services take.

    A JPEG stays as it is, unless it is larger than they may be expected to open. Raises BadPicture.
    Takes milliseconds: not for an event loop.
    """
    return encode(decode(data)) if not is_jpeg(data) or _is_huge(data) else data


def opened(data: bytes) -> Image.Image:
    """Return a picture of which no more than the header is read. Raises one of DAMAGED, or DecompressionBombError."""
    # To try all formats loads the plug-ins of all, up to six megabytes that a camera's JPEGs never need.
    formats = ("JPEG",) if is_jpeg(data) else _all_formats()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # _limit_size is stricter
        return Image.open(io.BytesIO(data), formats=formats)


def orientation(image: Image.Image) -> object:
    """Return how the camera was held: the EXIF orientation, from 1 for upright to 8, or what stands in its place."""
    return image.getexif().get(ExifTags.Base.Orientation, 1)


@cache
def _all_formats() -> tuple[str, ...]:
    """Return those of `FORMATS` that Pillow can open here, with its HEIF plug-in if installed."""
    for name in HEIF_PLUGINS:
        try:
            import_module(name).register_heif_opener()
            break
        except (ImportError, AttributeError, OSError):
            continue
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def encode(image: Image.Image, quality: int = 90) -> bytes:
    """Return an RGB picture as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    """Return the picture as it is to be held; nearly all are, and need no copy of all their pixels."""
    image.load()  # a PNG may say so after its pixels
    return image if orientation(image) == 1 else ImageOps.exif_transpose(image)


def _is_huge(jpeg: bytes) -> bool:
    try:
        with opened(jpeg) as image:
            return image.width * image.height > MAX_PIXELS
    except (Image.DecompressionBombError, *DAMAGED):
        return False  # whoever opens it says what is wrong


def _limit_size(image: Image.Image, max_side: int | None) -> None:
    """Choose the size to decode at; raises BadPicture if the picture is too large at any."""
    pixels = image.width * image.height
    limit = _LIMITS.get(image.format or "", MAX_WHOLE_PIXELS)
    if max(image.size) > MAX_LENGTH:
        raise BadPicture(
            f"The picture has {image.width} x {image.height} pixels; FailWatch opens {MAX_LENGTH:,} a side at most."
        )
    if pixels > limit:
        raise BadPicture(
            f"The picture has {image.width} x {image.height} pixels; FailWatch opens {limit:,} at most."
        )
    if max_side is not None:
        image.draft("RGB", _within(image.size, max_side))
    elif pixels > MAX_PIXELS:
        image.draft("RGB", (image.width // 2, image.height // 2))


def _rgb(image: Image.Image, max_side: int | None) -> Image.Image:
    """Return the picture scaled down and in RGB; 16-bit greys keep their range."""
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
    """Return the size scaled down so that its longer side is at most that long."""
    scale = min(1.0, max_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
