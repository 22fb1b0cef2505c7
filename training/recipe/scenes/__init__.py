"""Draw pictures of printers at work, well and badly, as webcams see them."""

from .scene import Drawn, draw

__all__ = ["Drawn", "draw"]
