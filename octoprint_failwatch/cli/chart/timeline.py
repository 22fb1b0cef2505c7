"""Draw a replay: p and its mean over time, the limits, the verdicts and the level."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from ...engine.judging.verdict import Level
from .axes import Axes, time_ticks, value_ticks
from .buckets import Bucket, Buckets
from .canvas import Canvas, create_canvas

WIDTH, HEIGHT = 960, 420
LEFT, RIGHT, TOP, BOTTOM = 56, 150, 40, 110
P, MEAN, USUAL = "#c6d4e1", "#0072b2", "#666666"
COLOURS = {Level.NONE: "#e6e6e6", Level.MAYBE: "#e69f00", Level.FAILURE: "#c0392b"}
STRIP = 14


def draw_timeline(path: Path, buckets: Buckets, *, title: str = "") -> None:
    """Draw a series of at least one frame to an SVG or PNG file.

    Its marks are where prints began to fail. The title is the name of the rules unless given.
    """
    series = buckets.all
    canvas = create_canvas(path, WIDTH, HEIGHT)
    end = max(bucket.end for bucket in series) or 1.0
    top = max(1.0, *(max(bucket.p, bucket.mean) for bucket in series), 1.0)
    axes = Axes(canvas, LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM, (0.0, end), (0.0, top))
    canvas.text(LEFT, 22, title or f"Rules: {series[-1].rules.name}", size=15)
    axes.grid(time_ticks(end), value_ticks(top))
    for begin, stop, level in _runs(series, "level"):
        if level is not Level.NONE:
            canvas.box(axes.x(begin), TOP, axes.x(stop) - axes.x(begin), axes.height, _tint(level))
    canvas.comb([axes.at(bucket.begin, bucket.p) for bucket in series], axes.y(0), P, 1.4)
    _thresholds(axes, series)
    for part in _parts(series, lambda _, other: other.new_print):
        canvas.line([axes.at(bucket.begin, bucket.usual) for bucket in part], USUAL, 1.2, 4)
        canvas.line([axes.at(bucket.begin, bucket.mean) for bucket in part], MEAN, 2)
        if part[0].begin > 0:
            canvas.line([axes.at(part[0].begin, 0), axes.at(part[0].begin, top)], "#000000", 1, 2)
    for mark in buckets.marks:
        canvas.line([axes.at(mark, 0), axes.at(mark, top)], "#000000", 1.6)
        canvas.text(axes.x(mark) - 4, TOP + 12, "failed from here", anchor="end")
    _strip(canvas, axes, series, "verdict", HEIGHT - 70, "frame by frame")
    _strip(canvas, axes, series, "level", HEIGHT - 40, "what stands")
    _legend(canvas)
    canvas.save(path)


def _thresholds(axes: Axes, series: list[Bucket]) -> None:
    """Draw the limits over time, and label the last ones."""
    for part in _parts(series, lambda one, other: one.rules != other.rules or other.new_print):
        for of_buckets in zip(
            *(bucket.rules.limits(bucket.usual, bucket.limit) for bucket in part), strict=True
        ):
            level, name, _ = of_buckets[0]
            heights = [bucket.usual + above for bucket, (*_, above) in zip(part, of_buckets, strict=True)]
            points = [
                axes.at(one.begin, min(height, axes.top)) for one, height in zip(part, heights, strict=True)
            ]
            axes.canvas.line(points, COLOURS[level], 1.4, 6)
            if part[-1] is series[-1] and heights[-1] <= axes.top:
                axes.canvas.text(axes.left + axes.width + 6, axes.y(heights[-1]) + 4, name)


def _strip(canvas: Canvas, axes: Axes, series: list[Bucket], kind: str, y: float, name: str) -> None:
    """Draw the levels over time; higher levels are taller, so that they can be told apart without colour."""
    canvas.text(axes.left + axes.width + 6, y + STRIP - 3, name)
    for begin, stop, level in _runs(series, kind):
        tall = STRIP * (level.rank + 1) / 3
        canvas.box(
            axes.x(begin), y + STRIP - tall, max(axes.x(stop) - axes.x(begin), 1), tall, COLOURS[level]
        )


def _legend(canvas: Canvas) -> None:
    x = LEFT
    for name, colour in (
        ("p", P),
        ("recent mean (ewm_mean)", MEAN),
        ("normal level", USUAL),
        ("maybe", COLOURS[Level.MAYBE]),
        ("failure", COLOURS[Level.FAILURE]),
    ):
        canvas.box(x, HEIGHT - 14, 14, 8, colour)
        canvas.text(x + 19, HEIGHT - 6, name, size=11)
        x += 34 + 7 * len(name)


def _runs(series: list[Bucket], kind: str) -> list[tuple[float, float, Level]]:
    """Return (begin, end, level) for each stretch of one level."""
    runs: list[tuple[float, float, Level]] = []
    for bucket in series:
        level = getattr(bucket, kind)
        if runs and runs[-1][2] is level and not bucket.new_print:
            runs[-1] = (runs[-1][0], bucket.end, level)
        else:
            if runs:
                runs[-1] = (runs[-1][0], bucket.begin, runs[-1][2])
            runs.append((bucket.begin, bucket.end, level))
    return runs


def _parts(series: list[Bucket], divides: Callable[[Bucket, Bucket], bool]) -> list[list[Bucket]]:
    """Split the series between the neighbours for which the condition holds."""
    parts = [series[:1]] if series else []
    for one, other in pairwise(series):
        if divides(one, other):
            parts.append([])
        parts[-1].append(other)
    return parts


def _tint(level: Level) -> str:
    return "#fdf3e0" if level is Level.MAYBE else "#fae3e0"
