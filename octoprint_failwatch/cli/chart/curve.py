"""Draw false alarms against delay for each sensitivity."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...tuning.evaluation import Summary
from ...tuning.tune import CurvePoint
from .axes import Axes
from .canvas import create_canvas

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 40, 50, 60
CURVE, BEFORE, AFTER = "#0072b2", "#888888", "#c0392b"
TICKS = 5


def draw_curve(path: Path, curve: Sequence[CurvePoint], before: Summary, after: Summary) -> None:
    """Draw to an SVG or PNG file: lower and further left is better."""
    canvas = create_canvas(path, WIDTH, HEIGHT)
    rate = _round_up(
        max(before.false_alarm_rate, after.false_alarm_rate, *(one.false_alarm_rate for one in curve))
    )
    delay = _round_up(max(before.until_told, after.until_told, *(one.delay for one in curve)))
    axes = Axes(canvas, LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM, (0.0, rate), (0.0, delay))
    axes.grid(_ticks(rate), _ticks(delay))
    canvas.text(LEFT, 24, "What turning the sensitivity does", size=15)
    canvas.text(LEFT, 42, "minutes until a failure is told, an hour if it is missed")
    canvas.text(WIDTH - RIGHT, HEIGHT - 16, "false alarms in 100 hours", anchor="end")
    points = sorted(curve, key=lambda one: one.sensitivity)
    canvas.line([axes.at(one.false_alarm_rate, one.delay) for one in points], CURVE, 2)
    for one in points:
        x, y = axes.at(one.false_alarm_rate, one.delay)
        canvas.box(x - 2, y - 2, 4, 4, CURVE)
        if one.missed:
            canvas.text(x + 5, y - 5, f"{one.missed} missed", size=10)
    for summary, name, colour in ((before, "before", BEFORE), (after, "after", AFTER)):
        x, y = axes.at(summary.false_alarm_rate, summary.until_told)
        canvas.box(x - 5, y - 5, 10, 10, colour)
        missed = f" ({summary.missed} missed)" if summary.missed else ""
        canvas.text(x + 9, y - 6, name + missed)
    canvas.save(path)


def _ticks(top: float) -> list[tuple[float, str]]:
    return [(top * number / TICKS, f"{top * number / TICKS:g}") for number in range(TICKS + 1)]


def _round_up(value: float) -> float:
    for top in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        if value <= top:
            return float(top)
    return value
