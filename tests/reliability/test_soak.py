"""A farm for a day, with faults switched on and off by a seed: every count, mean and level as a slow model says.

The model shares nothing with the engine: it is written from the text of the Super Detection API and of the latch.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from octoprint_failwatch.engine.errors import BadAnswer, DetectionError, ServerFailed, TimedOut, Unavailable
from octoprint_failwatch.engine.judging.rules import SuperApiRules
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import Phase, WatchState
from tests.core.watching import ScriptedDetector, Watched, watching

from .bearing import SEED, WHOLE

FARM = os.environ.get("FAILWATCH_SOAK") == "1"
"""Whether the whole farm is simulated, which takes some hours of real time."""
PRINTERS, HOURS = (200, 24) if FARM else (10, 24) if WHOLE else (3, 2)
LOOKS_PER_HOUR = 360
FAULTS = (Unavailable, ServerFailed, TimedOut, BadAnswer)
GAP = 60.0
CLEARS_AFTER = {"maybe": 120.0, "failure": 600.0}
RANK = {"none": 0, "maybe": 1, "failure": 2}


def course(seed: int) -> Iterator[float | DetectionError]:
    """Yield what the service says, look by look: good and bad hours, and faults that come and go."""
    draw = random.Random(seed)
    while True:
        level = draw.choice((0.02, 0.02, 0.05, 0.6, 1.3))
        for _ in range(draw.randrange(20, 120)):
            yield max(0.0, draw.gauss(level, 0.05))
        if draw.random() < 0.6:
            for _ in range(draw.randrange(1, 8)):
                yield draw.choice(FAULTS)("out of order")


@dataclass
class Model:
    """What should be known after each answered look."""

    ewm: float = 0.0
    short: float = 0.0
    long: float = 0.0
    number: int = 0
    lifetime: int = 0
    level: str = "none"
    quiet_since: float | None = None
    last_at: float | None = None
    all_p: list[float] = field(default_factory=list)

    def new_print(self) -> None:
        self.ewm = self.short = 0.0
        self.number, self.level, self.quiet_since, self.last_at = 0, "none", None, None
        self.all_p = []

    def look(self, p: float, at: float, *, after_gap: bool) -> None:
        self.number += 1
        self.lifetime += 1
        self.all_p.append(p)
        recent = self.all_p[-500:]
        self.ewm = sum(p * 2 / 13 * (11 / 13) ** age for age, p in enumerate(reversed(recent)))
        self.short += (p - self.short) / (310 if self.number >= 310 else self.number + 1)
        self.long += (p - self.long) / (7200 if self.lifetime >= 7200 else self.lifetime + 1)
        if after_gap or (self.last_at is not None and at - self.last_at > GAP):
            self.quiet_since = None
        self.last_at = at
        self._latch(self._verdict(), at)

    def _verdict(self) -> str:
        score = self.ewm - self.long
        if score < 0.36:
            return "none"
        if score > 0.99:
            return "failure"
        return "maybe" if score > 0.78 or self.ewm > (self.short - self.long) * 3.8 else "none"

    def _latch(self, verdict: str, at: float) -> None:
        if RANK[verdict] > RANK[self.level]:
            self.level, self.quiet_since = verdict, None
        elif verdict == self.level:
            self.quiet_since = None
        elif self.quiet_since is None:
            self.quiet_since = at
        elif at - self.quiet_since >= CLEARS_AFTER[self.level]:
            self.level, self.quiet_since = verdict, None


def compare(states: list[WatchState], model: Model) -> int:
    """Lead the model along the states, and compare after every look; return how many there were."""
    seen, was_blind = None, False
    for state in states:
        was_blind |= state.phase is Phase.BLIND
        look = state.look
        if look is None or look is seen:
            continue
        seen = look
        model.look(look.p, look.at, after_gap=was_blind)
        was_blind = False
        statistics = look.statistics
        assert (statistics.prediction_num, statistics.prediction_num_lifetime) == (
            model.number,
            model.lifetime,
        )
        means = (statistics.ewm_mean, statistics.rolling_mean_short, statistics.rolling_mean_long)
        assert means == pytest.approx((model.ewm, model.short, model.long), abs=1e-9)
        assert state.level.value == model.level, (look.at, model)
    return model.number


async def _printer(number: int) -> int:
    """Watch prints of an hour each, one after another, for the length of the soak."""
    model, looks = Model(), 0
    detector = ScriptedDetector(course(SEED * 1000 + number))
    settings = WatchSettings(rules=SuperApiRules())
    async with watching(detector, settings) as watched:
        for hour in range(HOURS):
            watched.host.states.clear()
            watched.watch.start(f"print {hour}")
            await _until(watched, watched.clock.time + 3600)
            watched.watch.end("done")
            states = [state for state in watched.states if state.print_id == f"print {hour}"]
            model.new_print()
            looks += compare(states, model)
    return looks


async def _until(watched: Watched, time: float) -> None:
    while watched.clock.time < time:
        await asyncio.sleep(0)
        if watched.watch._looking is not None:
            await asyncio.wait([watched.watch._looking], timeout=60)


@pytest.mark.timeout(0)
async def test_a_farm_for_a_day_is_counted_as_the_model_says() -> None:
    for start in range(0, PRINTERS, 10):
        looks = await asyncio.gather(
            *(_printer(number) for number in range(start, min(start + 10, PRINTERS)))
        )
        assert min(looks) > HOURS * LOOKS_PER_HOUR / 4, f"seed {SEED}"
