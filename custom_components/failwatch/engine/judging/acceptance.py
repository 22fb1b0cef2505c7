"""Accept what a user called "not a failure": up to that p, in that place, for a limited time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ..models import Box, holds
from ..statistics import EWM_ALPHA, TemporalStatistics, alpha_of, ewm
from .trend import Trend

Places: TypeAlias = Mapping[str, tuple[Box, ...]]
"""The boxes of one look, by camera."""

LASTS = 1800.0
"""Seconds for which a print's first answer is in force; the second one is until the print ends."""
SETTLING = 90.0
"""Seconds after the answer in which boxes still belong to what was accepted: they differ from look to look."""
SETTLING_ALPHA = 0.5
FADE_ALPHA = 2 / 361
GRID = 24
"""Cells on either side of the picture by which areas are compared."""
BORDER = 0.25
"""By how much of its own size an accepted box reaches beyond its edges: boxes and heads move a little."""
NEARLY_CERTAIN = 0.95
"""p from which on there is nothing worse to tell from it."""
LEAST_GROWTH = 0.01
"""Share of the picture that must be covered elsewhere before it is another sight, whatever was accepted."""
GROWTH = 0.5
"""The same, as a share of what was accepted."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What was accepted `at` some time (seconds), and up to when; `until` is None for the rest of the print.

    `height` is the mean of p that was accepted: that of the looks before the answer, and of those soon after
    it as far as they are no worse than `seen`, p of the last look before it. `boxes` is where it was seen.
    `outside` is the recent mean of the picture's share that boxes cover beyond those places. `covers_sure`
    says that the run of sure looks that goes on now is what was answered.
    """

    at: float
    until: float | None
    height: float
    seen: float = 0.0
    boxes: Places = field(default_factory=dict)
    outside: float = 0.0
    covers_sure: bool = False

    @property
    def limit(self) -> float | None:
        """The recent mean of p above which a print looks clearly worse than what was accepted.

        None if there is no such p, because what was accepted looks as bad as can be.
        """
        if self.height >= 1:
            return self.height + 0.4
        if self.height >= NEARLY_CERTAIN:
            return None
        more = max(0.1, 0.4 * (1 - self.height))
        return self.height + (more if self.height <= 0.8 else (1 - self.height) / 2)


def accept(
    before: Acceptance | None,
    statistics: TemporalStatistics,
    trend: Trend,
    boxes: Places,
    p: float,
    at: float,
    *,
    lasting: bool,
) -> Acceptance:
    """Return the acceptance after an answer; `lasting` if the user gave the same answer earlier in this print."""
    height = max(statistics.ewm_mean, trend.slow_level)
    return Acceptance(
        at,
        None if lasting else at + LASTS,
        height if before is None else max(height, before.height),
        p,
        boxes if before is None else _joined(before.boxes, boxes),
        covers_sure=trend.sure_looks > 0,
    )


def follow(
    acceptance: Acceptance,
    statistics: TemporalStatistics,
    trend: Trend,
    boxes: Places,
    p: float,
    at: float,
    weight: float,
) -> Acceptance | None:
    """Return the acceptance after one more look; None once it shows more, something else, or nothing."""
    if acceptance.until is not None and at >= acceptance.until:
        return None
    if at < acceptance.at + SETTLING:
        height = ewm(acceptance.height, min(p, acceptance.seen), SETTLING_ALPHA)
        return replace(
            acceptance,
            height=max(height, acceptance.height),
            boxes=_joined(acceptance.boxes, boxes),
            covers_sure=acceptance.covers_sure and trend.sure_looks > 0,
        )
    share = _beyond(boxes, acceptance.boxes) if acceptance.boxes else 0.0
    now = max(trend.slow_level, statistics.ewm_mean)
    after = replace(
        acceptance,
        height=min(acceptance.height, ewm(acceptance.height, now, alpha_of(FADE_ALPHA, weight))),
        outside=ewm(acceptance.outside, share, alpha_of(EWM_ALPHA, weight)),
        covers_sure=acceptance.covers_sure and trend.sure_looks > 0,
    )
    return None if _has_grown(after, statistics) else after


def is_another(acceptance: Acceptance, boxes: Places) -> bool:
    """Return whether a sure failure that began after the answer may be a different one from what was accepted."""
    in_its_place = bool(acceptance.boxes) and any(boxes.values()) and _beyond(boxes, acceptance.boxes) == 0
    return not acceptance.covers_sure and not in_its_place


def _has_grown(acceptance: Acceptance, statistics: TemporalStatistics) -> bool:
    covered = _beyond(acceptance.boxes, {})
    elsewhere = acceptance.outside >= max(LEAST_GROWTH, GROWTH * covered)
    is_worse = acceptance.limit is not None and statistics.ewm_mean >= acceptance.limit
    return is_worse or elsewhere


def _joined(one: Places, other: Places) -> dict[str, tuple[Box, ...]]:
    joined = {camera: tuple(boxes) for camera, boxes in one.items()}
    for camera, boxes in other.items():
        new = tuple(box for box in boxes if not any(holds(known, box) for known in joined.get(camera, ())))
        joined[camera] = (*joined.get(camera, ()), *new)
    return joined


def _beyond(boxes: Places, accepted: Places) -> float:
    """Return the largest share of a camera's picture that its boxes cover beyond the accepted ones."""
    return max((_share(these, accepted.get(camera, ())) for camera, these in boxes.items()), default=0.0)


def _share(boxes: Sequence[Box], accepted: Sequence[Box]) -> float:
    wide = [_widened(box) for box in accepted]
    middles = [(index + 0.5) / GRID for index in range(GRID)]
    covered = sum(
        any(_contains(box, x, y) for box in boxes) and not any(_contains(box, x, y) for box in wide)
        for y in middles
        for x in middles
    )
    return covered / GRID**2


def _widened(box: Box) -> Box:
    across, down = (box.x_max - box.x_min) * BORDER, (box.y_max - box.y_min) * BORDER
    return replace(
        box,
        x_min=box.x_min - across,
        y_min=box.y_min - down,
        x_max=box.x_max + across,
        y_max=box.y_max + down,
    )


def _contains(box: Box, x: float, y: float) -> bool:
    return box.x_min <= x < box.x_max and box.y_min <= y < box.y_max
