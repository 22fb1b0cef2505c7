"""What a watch and a server should know after each look: slow, and sharing nothing with the engine.

It is written from the text of the Super Detection API, of the latch, and of what people are told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import mul

GAP = 60.0
CLEARS_AFTER = {"maybe": 120.0, "failure": 600.0}
RANK = {"none": 0, "maybe": 1, "failure": 2}
BLIND_AFTER = 3
WEIGHTS = [2 / 13 * (11 / 13) ** age for age in range(500)]

Numbers = tuple[float, float, float, int, int]
"""The three means, and the pictures of this print and of all."""


@dataclass
class Means:
    """The statistics of one printer, wherever they are kept."""

    print_id: str = ""
    short: float = 0.0
    long: float = 0.0
    lifetime: int = 0
    all_p: list[float] = field(default_factory=list)

    def count(self, print_id: str, p: float) -> None:
        if print_id != self.print_id:
            self.print_id, self.short, self.all_p = print_id, 0.0, []
        self.all_p.append(p)
        self.lifetime += 1
        number = len(self.all_p)
        self.short += (p - self.short) / (310 if number >= 310 else number + 1)
        self.long += (p - self.long) / (7200 if self.lifetime >= 7200 else self.lifetime + 1)

    @property
    def ewm(self) -> float:
        return sum(map(mul, WEIGHTS, reversed(self.all_p)))

    @property
    def numbers(self) -> Numbers:
        return (self.ewm, self.short, self.long, len(self.all_p), self.lifetime)


@dataclass
class Model:
    """One printer: its watch, and the server that counts what reaches it."""

    believes_server: bool
    """Whether the watch takes the server's statistics, as it does with a Super Detection API."""
    at_server: Means = field(default_factory=Means)
    of_watch: Means = field(default_factory=Means)
    level: str = "none"
    quiet_since: float | None = None
    last_at: float | None = None
    failed: int = 0
    is_blind: bool = False
    calls: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    answered: int = 0

    @property
    def means(self) -> Means:
        return self.at_server if self.believes_server else self.of_watch

    def new_print(self) -> None:
        self.told["started"] += 1
        self.level, self.last_at, self.failed = "none", None, 0
        self.interrupt()

    def interrupt(self) -> None:
        """A time without looks: earlier good ones prove nothing after it."""
        self.quiet_since, self.is_blind = None, False

    def restart(self) -> None:
        self.failed = 0
        self.interrupt()

    def ask(self, at: float) -> None:
        moment = datetime.fromtimestamp(at, UTC)
        self.calls[f"{moment:%Y-%m-%dT%H}"] += 1
        self.calls[f"{moment:%Y-%m}"] += 1

    def fail(self, *, waited: bool) -> None:
        self.failed += 1
        if not self.is_blind and (waited or self.failed >= BLIND_AFTER):
            self.told["blind"] += 1
            self.quiet_since, self.is_blind = None, True

    def look(self, print_id: str, p: float, at: float) -> None:
        self.answered += 1
        self.of_watch.count(print_id, p)
        self.failed = 0
        if self.is_blind:
            self.told["seeing"] += 1
            self.is_blind = False
        if self.last_at is not None and at - self.last_at > GAP:
            self.quiet_since = None
        self.last_at = at
        self._latch(self._verdict(), at)

    def _verdict(self) -> str:
        ewm, short, long, *_ = self.means.numbers
        score = ewm - long
        if score < 0.36:
            return "none"
        if score > 0.99:
            return "failure"
        return "maybe" if score > 0.78 or ewm > (short - long) * 3.8 else "none"

    def _latch(self, verdict: str, at: float) -> None:
        if RANK[verdict] > RANK[self.level]:
            self.told[verdict] += 1
            self.level, self.quiet_since = verdict, None
        elif verdict == self.level:
            self.quiet_since = None
        elif self.quiet_since is None:
            self.quiet_since = at
        elif at - self.quiet_since >= CLEARS_AFTER[self.level]:
            self.told["cleared"] += 1
            self.level, self.quiet_since = verdict, None
