"""A log of the looks at one print, to judge it again by other rules."""

from __future__ import annotations

from array import array
from typing import Any, Final

from ..judging.assessment import Assessment
from ..judging.rules import RuleSet
from ..judging.verdict import Level
from ..watch.state import WatchState
from . import Began, Judged, Sample, Step, replay

LONGEST: Final = 12_000
"""Looks that are kept: more than a day at one every ten seconds. Beyond, the first tenth is forgotten."""


class LookLog:
    """The looks at the current print, or at the last one."""

    def __init__(self) -> None:
        """Start without any look."""
        self._print_id: str | None = None
        self._before = Assessment()
        # Fifty cameras see half a million looks a day: as plain numbers they are a few megabytes.
        self._at = array("d")
        self._p = array("d")

    def follow(self, before: WatchState, state: WatchState) -> None:
        """Add the changes between two states; a new print keeps only what is known about the printer."""
        if state.print_id is not None and state.print_id != self._print_id:
            self._print_id = state.print_id
            self._before = Assessment(before.memory.for_new_print())
            del self._at[:], self._p[:]
        look = state.look
        if look is None or state.print_id is None or state.print_id != self._print_id:
            return
        if not self._at or look.at > self._at[-1]:
            if len(self._at) >= LONGEST:
                del self._at[: LONGEST // 10], self._p[: LONGEST // 10]
            self._at.append(look.at)
            self._p.append(look.p)

    def judged_by(self, rules: RuleSet) -> dict[str, Any]:
        """Return which levels these rules would have reached, and when. Takes tens of milliseconds for a long print."""
        steps: list[Step] = [Began(self._print_id or ""), *map(Sample, self._at, self._p)]
        judged = list(replay(steps, rules, standing=self._before))
        return {
            "looks": len(judged),
            "level": max(
                (one.level for one in judged), key=lambda level: level.rank, default=Level.NONE
            ).value,
            "maybe_at": _first(judged, Level.MAYBE),
            "failure_at": _first(judged, Level.FAILURE),
            "highest_score": round(max((one.verdict.score for one in judged), default=0.0), 3),
        }


def _first(judged: list[Judged], level: Level) -> float | None:
    """Return the time of the first look at which a level, or a worse one, stood."""
    return next((one.at for one in judged if one.level.rank >= level.rank), None)
