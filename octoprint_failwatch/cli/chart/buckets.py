"""Gather a series of any length into a bounded number of buckets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...engine.judging.rules import RuleSet
from ...engine.judging.verdict import Level
from ...engine.replay import Judged

MOST = 1200


@dataclass(slots=True)
class Bucket:
    """Consecutive frames: their times, highest p and mean, normal level and limit, highest levels, and rules."""

    begin: float
    end: float
    p: float
    mean: float
    usual: float
    limit: float
    verdict: Level
    level: Level
    rules: RuleSet
    new_print: bool


class Buckets:
    """Collect frames one by one, and join neighbouring buckets when there are too many.

    `marks` are the moments that the series came with, on the axis of the buckets.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.all: list[Bucket] = []
        self._each = 1
        self._in_last = 0
        self._print_id: str | None = None
        self._offset = 0.0
        self.marks: list[float] = []
        self._moments: dict[str, float] = {}

    def begin_series(self, moments: Mapping[str, float]) -> None:
        """Start another series of prints; `moments` has the times to mark, by print."""
        self._print_id = None
        self._moments = dict(moments)

    def add(self, judged: Judged) -> None:
        """Add the next frame. Prints follow one another without the time between them."""
        new_print = judged.print_id != self._print_id
        if new_print:
            self._print_id = judged.print_id
            self._offset = (self.all[-1].end if self.all else 0.0) - judged.at
            if (moment := self._moments.pop(judged.print_id, None)) is not None:
                self.marks.append(moment + self._offset)
        at = judged.at + self._offset
        verdict = judged.verdict
        bucket = Bucket(
            at,
            at,
            judged.p,
            judged.statistics.ewm_mean,
            verdict.usual,
            verdict.limit,
            verdict.level,
            judged.level,
            judged.rules,
            new_print,
        )
        if self.all and self._in_last < self._each and not new_print:
            self.all[-1] = _join(self.all[-1], bucket)
            self._in_last += 1
            return
        self.all.append(bucket)
        self._in_last = 1
        if len(self.all) > 2 * MOST:
            self.all = [_join(*pair) if len(pair) > 1 else pair[0] for pair in self._pairs()]
            self._each *= 2

    def _pairs(self) -> list[list[Bucket]]:
        return [self.all[index : index + 2] for index in range(0, len(self.all), 2)]


def _join(one: Bucket, other: Bucket) -> Bucket:
    return Bucket(
        one.begin,
        other.end,
        max(one.p, other.p),
        max(one.mean, other.mean),
        other.usual,
        other.limit,
        max(one.verdict, other.verdict, key=lambda level: level.rank),
        max(one.level, other.level, key=lambda level: level.rank),
        other.rules,
        one.new_print or other.new_print,
    )
