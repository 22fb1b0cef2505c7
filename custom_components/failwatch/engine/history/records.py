"""Data classes of the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ..imaging.regions import Polygon
from ..judging.latch import LatchTimes
from ..judging.rules import RULE_SETS, RuleSet, create_rules
from ..judging.verdict import Level
from ..watch.state import Look

if TYPE_CHECKING:
    from ..watch.settings import WatchSettings


@dataclass(frozen=True, slots=True)
class Label:
    """The user's verdict on a print. `failed_from` is when it began to fail (epoch seconds), if known."""

    failed: bool
    failed_from: float | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """When (seconds) a level was raised during a print."""

    at: float
    level: Level


@dataclass(frozen=True, slots=True)
class PrintRecord:
    """One print. `level` is the highest that stood, `frames` and `pictures` are counts.

    `outcome` is empty while the print runs, or when its end was never told. `alarms` are in order.
    """

    print_id: str
    printer_id: str
    printer_name: str
    name: str
    source: str
    started_at: float
    ended_at: float | None
    outcome: str
    level: Level
    frames: int
    pictures: int
    label: Label | None
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """One frame, as it was answered and judged, and the level that stood after it.

    `pictures` are the names of the cameras of which a picture was kept.
    """

    id: int
    look: Look
    level: Level
    pictures: tuple[str, ...] = ()


class EntryKind(StrEnum):
    """What is recorded between frames, beside the watch's own events."""

    SETTINGS = "settings"
    STANDING = "standing"
    SNOOZED = "snoozed"
    MUTED = "muted"
    PAUSED = "paused"
    RESUMED = "resumed"
    HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened after the frame with the id `after_frame`, 0 for before any.

    `kind` is an EntryKind or an EventKind. `data` is JSON: RecordedSettings, an Assessment, the time
    until which it is snoozed, whether it is muted, or `detail` and `level` of an event.
    """

    after_frame: int
    at: float
    kind: str
    data: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSettings:
    """The settings that a verdict depends on, and which detector answered.

    `numbers` has every number of the rule set, so that a later release's defaults change nothing.
    `by_sum` says how p is made from boxes, `regions` which are left out, by camera.
    """

    rules: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    latch_times: LatchTimes = field(default_factory=LatchTimes)
    interval: float = 10.0
    quorum: int = 1
    detector: str = ""
    by_sum: bool = False
    regions: Mapping[str, tuple[Polygon, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        settings: WatchSettings,
        detector: str,
        *,
        by_sum: bool = False,
        regions: Mapping[str, tuple[Polygon, ...]] | None = None,
    ) -> RecordedSettings:
        """Return what a watch's settings have of it; `detector` is the kind of the detector."""
        rules = settings.rules
        return cls(
            rules=rules.name,
            numbers={number.name: getattr(rules, number.name) for number in fields(rules)},
            latch_times=settings.latch_times,
            interval=settings.cadence.interval,
            quorum=settings.quorum,
            detector=detector,
            by_sum=by_sum,
            regions=regions or {},
        )

    @property
    def rule_set(self) -> RuleSet:
        """The rule set with its numbers; those that this release does not know are left out."""
        known = (
            {number.name for number in fields(RULE_SETS[self.rules])} if self.rules in RULE_SETS else set()
        )
        return create_rules(
            self.rules, {name: value for name, value in self.numbers.items() if name in known}
        )
