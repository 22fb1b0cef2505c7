"""Show how each step of the sensitivity would have judged a printer's last prints."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ..engine.history import History, PrintRecord
from ..engine.judging.failwatch_rules import FailWatchRules
from ..engine.judging.published_rules import ObicoRules
from ..engine.judging.verdict import Level
from ..engine.replay import recorded, replay

STEPS = (0.75, 1.0, 1.5)
"""Low, medium and high; the settings page has the same."""
LAST_PRINTS = 10
AT_A_TIME = 20
REST = 0.002
"""Seconds that the thread rests after so many frames: OctoPrint sends a print's lines meanwhile."""

SteppedRules = FailWatchRules | ObicoRules
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """When a print would have reached each level, in seconds from its beginning; None if never."""

    name: str
    started_at: float
    failed: bool | None
    suspicious: tuple[float | None, ...]
    failure: tuple[float | None, ...]


def last_prints(history: History, printer_id: str) -> list[PrintRecord]:
    """Return the printer's last prints that have ended, oldest first."""
    prints = history.prints(printer_id=printer_id, limit=LAST_PRINTS + 1)
    ended = [one for one in prints if one.ended_at is not None and one.frames]
    return ended[:LAST_PRINTS][::-1]


def tell_steps(
    history: History,
    prints: Sequence[PrintRecord],
    rules: SteppedRules,
    told: Callable[[float], None] = lambda _: None,
    rest: Callable[[float], None] = time.sleep,
) -> list[Told]:
    """Return how each step would have judged each print; `told` gets the share that is done.

    Takes seconds to minutes, and rests in between: for a thread of its own. Raises HistoryError.
    """
    frames = max(1, sum(one.frames for one in prints) * len(STEPS))
    done = 0

    def counted(steps: Iterator[T]) -> Iterator[T]:
        nonlocal done
        for step in steps:
            done += 1
            if done % AT_A_TIME == 0:
                rest(REST)
                told(min(1.0, done / frames))
            yield step

    rises: list[dict[str, dict[Level, float]]] = []
    for sensitivity in STEPS:
        of_step: dict[str, dict[Level, float]] = {one.print_id: {} for one in prints}
        tried = replace(rules, sensitivity=sensitivity)
        for judged in counted(replay(recorded(history, list(of_step)), tried)):
            if judged.level is not Level.NONE:
                of_step[judged.print_id].setdefault(judged.level, judged.at)
        rises.append(of_step)

    def times(one: PrintRecord, level: Level) -> tuple[float | None, ...]:
        found = (of_step[one.print_id].get(level) for of_step in rises)
        return tuple(None if at is None else max(0.0, at - one.started_at) for at in found)

    return [
        Told(
            one.name,
            one.started_at,
            one.label.failed if one.label else None,
            times(one, Level.MAYBE),
            times(one, Level.FAILURE),
        )
        for one in prints
    ]
