"""Draw a heat map as a small transparent picture that a page lays over the photograph."""

from __future__ import annotations

import base64
import io

from PIL import Image

from .camera import Cells

HOT, NORMAL = (226, 38, 28), (40, 110, 255)
"""Red is what stands out, blue what the camera's other pictures show in the same place."""
STRONGEST = 190
"""Opacity, of 255, of a cell that is sure: what is below must stay visible."""
FAINT = 0.08
"""Strength below which a cell is not coloured."""


def layer(cells: Cells) -> str:
    """Return the cells as the address of a PNG with one pixel per cell, which is smoothed as it is stretched."""
    image = Image.new("RGBA", (cells.columns, len(cells.heat) // cells.columns))
    image.putdata([_pixel(hot, usual) for hot, usual in zip(cells.heat, cells.normal, strict=True)])
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def _pixel(hot: float, normal: float) -> tuple[int, int, int, int]:
    share = min(1.0, normal / hot) if hot > 0 else 0.0
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(HOT, NORMAL, strict=True))
    return red, green, blue, round(STRONGEST * min(1.0, hot)) if hot >= FAINT else 0
