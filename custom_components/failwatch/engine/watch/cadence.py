"""Decide how often to look: as often as it helps, within the limits of the service and the budget."""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

MAX_BACKOFF = 300.0
MAX_RETRY_AFTER = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """Seconds between looks, and how many calls a metered service may get.

    `calm_interval` is used while nothing is suspected; `interval` as soon as p rises.
    """

    interval: float = 10.0
    calm_interval: float | None = None
    calls_per_hour: int | None = None
    calls_per_month: int | None = None


def without_budget(cadence: Cadence) -> Cadence:
    """Return the cadence for a detector without a limit on its calls."""
    return replace(cadence, calls_per_hour=None, calls_per_month=None)


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls made in the running hour and calendar month (UTC), as "2026-11-21T09" and "2026-11"."""

    hour: str = ""
    in_hour: int = 0
    month: str = ""
    in_month: int = 0


def count(calls: Calls, at: float) -> Calls:
    """Return the calls after one more at that time."""
    calls = current(calls, at)
    return replace(calls, in_hour=calls.in_hour + 1, in_month=calls.in_month + 1)


def current(calls: Calls, at: float) -> Calls:
    """Return the calls with the counts of past hours and months dropped."""
    moment = _moment(at)
    hour, month = moment.strftime("%Y-%m-%dT%H"), moment.strftime("%Y-%m")
    return Calls(
        hour,
        calls.in_hour if calls.hour == hour else 0,
        month,
        calls.in_month if calls.month == month else 0,
    )


def month_wait(cadence: Cadence, calls: Calls, at: float) -> float:
    """Return the seconds until the month's budget allows another call; 0 if it does now."""
    if cadence.calls_per_month is None or current(calls, at).in_month < cadence.calls_per_month:
        return 0.0
    moment = _moment(at)
    days = calendar.monthrange(moment.year, moment.month)[1]
    start = moment.replace(day=1, hour=0, minute=0, second=0)
    return (start + timedelta(days=days)).timestamp() - at


def hour_wait(cadence: Cadence, calls: Calls, at: float, cameras: int) -> float:
    """Return the seconds until the hour's budget allows another look; 0 if it does now.

    A budget of fewer calls than there are cameras allows one look an hour.
    """
    budget, used = cadence.calls_per_hour, current(calls, at).in_hour
    if budget is None or used + cameras <= budget or (budget and not used):
        return 0.0
    return 3600 - at % 3600


def hourly_spacing(cadence: Cadence, calls: Calls, at: float, cameras: int) -> float:
    """Return the seconds between looks by which the calls left in this hour last to its end; 0 for no budget."""
    budget = cadence.calls_per_hour
    if not budget:
        return 0.0
    looks_left = (budget - current(calls, at).in_hour) // cameras
    left = 3600 - at % 3600
    if looks_left < 1:
        # The next hour's budget is for the next hour: wait for it, and tell nobody of it.
        return left
    return max(3600 * cameras / budget, left / looks_left)


def next_interval(
    cadence: Cadence, *, calm: bool, failed: int = 0, retry_after: float | None = None, at_least: float = 0.0
) -> float:
    """Return the seconds to the next look after `failed` looks in a row without an answer.

    `retry_after` is what the service asked for. It is believed up to an hour, and of a long wait half is
    spent before the next try: the service may be back sooner than it thought. `at_least` is what a budget of
    calls asks for.
    """
    interval = cadence.calm_interval if calm and cadence.calm_interval else cadence.interval
    interval = max(interval, at_least)
    if retry_after is not None:
        wait = min(retry_after, MAX_RETRY_AFTER)
        return max(interval, wait if wait <= MAX_BACKOFF else max(MAX_BACKOFF, wait / 2))
    if failed > 1:
        return min(max(MAX_BACKOFF, interval), math.ldexp(interval, min(failed - 1, 16)))
    return interval


def _moment(at: float) -> datetime:
    """Return the second that a time lies in. A fraction would be rounded, at worst into the next hour."""
    return datetime.fromtimestamp(math.floor(at), UTC)
