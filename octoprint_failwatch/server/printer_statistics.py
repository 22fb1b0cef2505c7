"""The temporal statistics of every printer, how a frame updates them, and where they are stored."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

from ..engine.statistics import TemporalStatistics, advance, for_new_print

MAX_RECENT = 64
"""Answers that are kept to be given again."""

Row: TypeAlias = tuple[str, float, float, float, int, int, float, str]
"""A printer as databases keep it, in the order of COLUMNS."""

COLUMNS = (
    "print_id",
    "ewm_mean",
    "rolling_mean_short",
    "rolling_mean_long",
    "prediction_num",
    "prediction_num_lifetime",
    "seen_at",
    "recent",
)


@dataclass(frozen=True, slots=True)
class Look:
    """A frame's result. Requests with its `key` before `repeated_until` repeat it. Times are since the epoch."""

    print_id: str
    p: float
    key: str
    at: float
    repeated_until: float


@dataclass(frozen=True, slots=True)
class Counted:
    """The answer to a frame, kept in case the request is repeated."""

    key: str
    until: float
    p: float
    statistics: TemporalStatistics


@dataclass(frozen=True, slots=True)
class PrinterRecord:
    """A printer: its last print, its statistics, and recent answers for repeated requests."""

    print_id: str = ""
    statistics: TemporalStatistics = field(default_factory=TemporalStatistics)
    recent: tuple[Counted, ...] = ()
    seen_at: float = 0.0

    def count(self, look: Look) -> tuple[PrinterRecord, Counted]:
        """Return the printer after one more frame, and the answer. A repeated frame counts once.

        Any print_id other than the last one begins a new print.
        """
        recent = tuple(counted for counted in self.recent if look.at < counted.until)
        for counted in recent:
            if counted.key == look.key:
                return replace(self, seen_at=look.at), counted
        statistics = self.statistics if look.print_id == self.print_id else for_new_print(self.statistics)
        counted = Counted(look.key, look.repeated_until, look.p, advance(statistics, look.p))
        recent = (*recent, counted)[-MAX_RECENT:]
        return PrinterRecord(look.print_id, counted.statistics, recent, look.at), counted

    def to_row(self) -> Row:
        """Return the printer as a database row."""
        recent = [
            [counted.key, counted.until, counted.p, *_numbers(counted.statistics)] for counted in self.recent
        ]
        return (
            self.print_id,
            *_numbers(self.statistics),
            self.seen_at,
            json.dumps(recent, separators=(",", ":")),
        )

    @classmethod
    def from_row(cls, row: Row) -> PrinterRecord:
        """Return the printer from a database row."""
        recent = tuple(
            Counted(key, until, p, _statistics(*numbers)) for key, until, p, *numbers in json.loads(row[7])
        )
        return cls(row[0], _statistics(*row[1:6]), recent, row[6])


def returning(rolling_mean_long: float, prediction_num_lifetime: int) -> PrinterRecord:
    """Return a printer that was forgotten except for its lifetime statistics."""
    return PrinterRecord("", _statistics(0.0, 0.0, rolling_mean_long, 0, prediction_num_lifetime))


class Printers(Protocol):
    """Keeps the statistics of all printers."""

    async def advance(self, owner: str, printer_id: str, look: Look) -> Counted:
        """Count a frame durably and return the answer. Raises Busy if that is impossible at the moment."""

    async def count(self) -> int:
        """Return how many printers are known."""

    async def close(self) -> None:
        """Store what is still pending, and close."""


def _numbers(statistics: TemporalStatistics) -> tuple[float, float, float, int, int]:
    return (
        statistics.ewm_mean,
        statistics.rolling_mean_short,
        statistics.rolling_mean_long,
        statistics.prediction_num,
        statistics.prediction_num_lifetime,
    )


def _statistics(ewm_mean: float, short: float, long: float, number: int, lifetime: int) -> TemporalStatistics:
    return TemporalStatistics(ewm_mean, short, long, number, lifetime, float(number), float(lifetime))
