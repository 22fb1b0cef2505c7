"""Draw the axes of a chart, and place values between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .canvas import Canvas, Point

GRID, FRAME = "#dddddd", "#888888"
_STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800, 1209600, 2592000)
MOST_TICKS = 10


@dataclass(frozen=True, slots=True)
class Axes:
    """A pair of axes with ranges (lowest, highest)."""

    canvas: Canvas
    left: float
    above: float
    width: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    @property
    def top(self) -> float:
        """The highest value that is shown."""
        return self.y_range[1]

    def x(self, value: float) -> float:
        """Return a value's x coordinate."""
        low, high = self.x_range
        return self.left + (value - low) / (high - low) * self.width

    def y(self, value: float) -> float:
        """Return a value's y coordinate."""
        low, high = self.y_range
        return self.above + (1 - (value - low) / (high - low)) * self.height

    def at(self, x: float, y: float) -> Point:
        """Return the point of a pair of values."""
        return self.x(x), self.y(y)

    def grid(self, x_ticks: Iterable[tuple[float, str]], y_ticks: Iterable[tuple[float, str]]) -> None:
        """Draw grid lines with their captions."""
        bottom, right = self.above + self.height, self.left + self.width
        for value, caption in y_ticks:
            y = self.y(value)
            self.canvas.line([(self.left, y), (right, y)], GRID)
            self.canvas.text(self.left - 6, y + 4, caption, anchor="end")
        for value, caption in x_ticks:
            x = self.x(value)
            self.canvas.line([(x, bottom), (x, bottom + 4)], FRAME)
            self.canvas.text(x, bottom + 17, caption, anchor="middle")
        self.canvas.line([(self.left, self.above), (self.left, bottom), (right, bottom)], FRAME)


def value_ticks(top: float) -> list[tuple[float, str]]:
    """Return some round values from 0 to `top`, with captions."""
    step = 0.25
    while top / step > MOST_TICKS:
        step *= 2
    return [(n * step, f"{n * step:g}") for n in range(int(top / step) + 1)]


def time_ticks(seconds: float) -> list[tuple[float, str]]:
    """Return some round moments from 0 to `seconds`, with captions."""
    step = next((step for step in _STEPS if seconds / step <= MOST_TICKS), _STEPS[-1])
    while seconds / step > MOST_TICKS:
        step *= 2
    count = int(seconds / step)
    if step >= 86400:
        return [(n * step, f"{n * step // 86400} d") for n in range(count + 1)]
    if step >= 3600:
        return [(n * step, f"{n * step // 3600} h") for n in range(count + 1)]
    return [(n * step, f"{n * step / 60:g} min") for n in range(count + 1)]
