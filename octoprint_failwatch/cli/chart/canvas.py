"""Draw lines, rectangles and text, as SVG or as pixels."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Literal, Protocol, TypeAlias
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

from ...engine.errors import BadSetting

Anchor: TypeAlias = Literal["start", "middle", "end"]
Point: TypeAlias = tuple[float, float]


class Canvas(Protocol):
    """A white drawing area; x points right, y points down."""

    width: int
    height: int

    def line(self, points: Sequence[Point], colour: str, width: float = 1, dash: float = 0) -> None:
        """Draw a line through the points, with dashes of a length if it is not 0."""

    def comb(self, points: Sequence[Point], base: float, colour: str, width: float = 1) -> None:
        """Draw a line from each point straight down to the base."""

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle."""

    def text(self, x: float, y: float, text: str, *, size: int = 12, anchor: Anchor = "start") -> None:
        """Write text with its base line at y."""

    def save(self, path: Path) -> None:
        """Write the file."""


@dataclass
class SvgCanvas:
    """Draws as SVG."""

    width: int
    height: int
    _parts: list[str] = field(default_factory=list)

    def line(self, points: Sequence[Point], colour: str, width: float = 1, dash: float = 0) -> None:
        """Draw a line through the points."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash:g}"' if dash else ""
        self._parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashes}/>'
        )

    def comb(self, points: Sequence[Point], base: float, colour: str, width: float = 1) -> None:
        """Draw a line from each point straight down to the base."""
        path = "".join(f"M{x:.1f} {y:.1f}V{base:.1f}" for x, y in points)
        self._parts.append(f'<path d="{path}" stroke="{colour}" stroke-width="{width:g}"/>')

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
        )

    def text(self, x: float, y: float, text: str, *, size: int = 12, anchor: Anchor = "start") -> None:
        """Write text with its base line at y."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def save(self, path: Path) -> None:
        """Write the file."""
        body = "\n".join(self._parts)
        path.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}"'
            f' width="{self.width}" height="{self.height}" font-family="sans-serif" fill="#222">\n'
            f'<rect width="100%" height="100%" fill="#ffffff"/>\n{body}\n</svg>\n',
            encoding="utf-8",
        )


class PngCanvas:
    """Draws as pixels, two for each unit."""

    SCALE = 2
    _ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}  # noqa: RUF012

    def __init__(self, width: int, height: int) -> None:
        """Start with a white area."""
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * self.SCALE, height * self.SCALE), "white")
        self._draw = ImageDraw.Draw(self._image)

    def line(self, points: Sequence[Point], colour: str, width: float = 1, dash: float = 0) -> None:
        """Draw a line through the points."""
        scaled = [(x * self.SCALE, y * self.SCALE) for x, y in points]
        pixels = max(1, round(width * self.SCALE))
        if not dash:
            self._draw.line(scaled, fill=colour, width=pixels, joint="curve")
            return
        travelled = 0.0
        for (x0, y0), (x1, y1) in pairwise(scaled):
            length = math.hypot(x1 - x0, y1 - y0)
            pieces = max(1, math.ceil(length / (dash * self.SCALE / 2)))
            for piece in range(pieces):
                a, b = piece / pieces, (piece + 1) / pieces
                if int(travelled / (dash * self.SCALE)) % 2 == 0:
                    ends = (x0 + (x1 - x0) * a, y0 + (y1 - y0) * a, x0 + (x1 - x0) * b, y0 + (y1 - y0) * b)
                    self._draw.line(ends, fill=colour, width=pixels)
                travelled += length / pieces

    def comb(self, points: Sequence[Point], base: float, colour: str, width: float = 1) -> None:
        """Draw a line from each point straight down to the base."""
        for x, y in points:
            self.line([(x, y), (x, base)], colour, width)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle."""
        left, top = x * self.SCALE, y * self.SCALE
        right, bottom = left + max(width * self.SCALE - 1, 0), top + max(height * self.SCALE - 1, 0)
        self._draw.rectangle((left, top, right, bottom), fill=colour)

    def text(self, x: float, y: float, text: str, *, size: int = 12, anchor: Anchor = "start") -> None:
        """Write text with its base line at y."""
        font = _font(size * self.SCALE)
        place = (x * self.SCALE, y * self.SCALE)
        self._draw.text(place, text, fill="#222222", font=font, anchor=self._ANCHORS[anchor])

    def save(self, path: Path) -> None:
        """Write the file."""
        out = io.BytesIO()
        self._image.save(out, "PNG", optimize=True)
        path.write_bytes(out.getvalue())


def create_canvas(path: Path, width: int, height: int) -> Canvas:
    """Return a canvas of the kind that the file's name ends in; raises BadSetting, see `check_kind`."""
    check_kind(path)
    return PngCanvas(width, height) if path.suffix.lower() == ".png" else SvgCanvas(width, height)


def check_kind(path: Path) -> None:
    """Raise BadSetting unless the file's name ends in .svg or .png."""
    if path.suffix.lower() not in (".svg", ".png"):
        raise BadSetting(f"{path.name}: pictures are drawn as .svg or .png.")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own font; releases before 10.1 have it in one size."""
    try:
        return ImageFont.load_default(size)
    except TypeError:
        return ImageFont.load_default()
