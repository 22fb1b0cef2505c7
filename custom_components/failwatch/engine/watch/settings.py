"""Settings of a watch."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..imaging.visibility import VisibilityLimits
from ..judging.failwatch_rules import FailWatchRules
from ..judging.latch import LatchTimes
from ..judging.rules import RuleSet
from .cadence import Cadence
from .policy import Policy

LEAST_GAP = 60.0


@dataclass(frozen=True, kw_only=True)
class WatchSettings:
    """How to watch. `look_timeout` is in real seconds, None for no limit; `blind_after` counts unanswered looks."""

    rules: RuleSet = field(default_factory=FailWatchRules)
    policy: Policy = field(default_factory=Policy)
    cadence: Cadence = field(default_factory=Cadence)
    latch_times: LatchTimes = field(default_factory=LatchTimes)
    visibility_limits: VisibilityLimits = field(default_factory=VisibilityLimits)
    quorum: int = 1
    blind_after: int = 3
    look_timeout: float | None = 30.0


def gap_after(interval: float) -> float:
    """Return the seconds between two looks from which on nobody was looking, at that interval."""
    return max(LEAST_GAP, 3 * interval)
