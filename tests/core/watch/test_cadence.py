"""The watch looks within the budget, and no more often than asked for."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from octoprint_failwatch.engine.watch.cadence import (
    MAX_BACKOFF,
    MAX_RETRY_AFTER,
    Cadence,
    Calls,
    count,
    current,
    hour_wait,
    hourly_spacing,
    month_wait,
    next_interval,
)


def moment(text: str) -> float:
    """Return a time (UTC) in seconds since the epoch."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def in_second(at: float) -> datetime:
    """Return the second that a time is in; `fromtimestamp` alone may round it up into the next hour."""
    return datetime.fromtimestamp(math.floor(at), UTC)


NOON = moment("2026-05-05T12:00:00")


def budget_wait(cadence: Cadence, calls: Calls, at: float) -> float:
    """Return the seconds until both budgets allow another call of one camera."""
    return max(month_wait(cadence, calls, at), hour_wait(cadence, calls, at, cameras=1))


times = st.floats(moment("2024-01-01"), moment("2030-01-01"))
cadences = st.builds(
    Cadence,
    interval=st.floats(0.1, 1000),
    calm_interval=st.none() | st.floats(0.1, 1000),
    calls_per_hour=st.none() | st.integers(1, 1000),
)


@example([0.0] * 12 + [1.63671875, 0.0], 1, 1704067200.0)  # a month's wait that ends a moment too soon
@example([0.0, 0.0], 1, 1893455999.9999998)  # less than a microsecond before the year ends
@given(st.lists(st.floats(0, 4000), min_size=1, max_size=80), st.integers(1, 5), times)
def test_no_hour_and_no_month_has_more_calls_than_its_budget(
    gaps: list[float], budget: int, at: float
) -> None:
    """And whoever waits as long as told may call."""
    cadence = Cadence(calls_per_hour=budget, calls_per_month=4 * budget)
    calls = Calls()
    by_hour: dict[str, int] = {}
    by_month: dict[str, int] = {}
    for gap in gaps:
        at += gap
        wait = budget_wait(cadence, calls, at)
        assert wait >= 0
        at += wait
        if budget_wait(cadence, calls, at):
            at += 1e-3  # what a float this large leaves of the last microseconds
        assert budget_wait(cadence, calls, at) == 0
        calls = count(calls, at)
        when = in_second(at)
        for counts, key in ((by_hour, f"{when:%Y-%m-%dT%H}"), (by_month, f"{when:%Y-%m}")):
            counts[key] = counts.get(key, 0) + 1
    assert max(by_hour.values()) <= budget
    assert max(by_month.values()) <= 4 * budget


@given(times, times)
def test_past_counts_are_dropped(one: float, other: float) -> None:
    """What was called in another hour does not count in this one, nor another month's in this."""
    calls = current(count(Calls(), one), other)
    first, second = (in_second(at) for at in (one, other))
    assert calls.in_hour == (f"{first:%Y%m%d%H}" == f"{second:%Y%m%d%H}")
    assert calls.in_month == (f"{first:%Y%m}" == f"{second:%Y%m}")


@pytest.mark.parametrize(
    ("at", "wait"),
    [("2026-01-31T23:59:30", 30), ("2026-02-01T00:00:00", 28 * 86400), ("2028-02-29T12:00:00", 43200)],
)
def test_a_month_ends_when_it_ends(at: str, wait: float) -> None:
    """Whatever its length."""
    calls = count(Calls(), moment(at))
    assert month_wait(Cadence(calls_per_month=1), calls, moment(at)) == wait


@pytest.mark.parametrize("budget", ["calls_per_hour", "calls_per_month"])
def test_every_call_of_a_budget_may_be_made(budget: str) -> None:
    cadence, calls = Cadence(**{budget: 3}), Calls()
    for _ in range(3):
        assert budget_wait(cadence, calls, NOON) == 0
        calls = count(calls, NOON)
    assert budget_wait(cadence, calls, NOON) > 0


@settings(max_examples=20)
@given(st.integers(1, 300), st.integers(1, 3), st.integers(0, 3599))
def test_an_hours_budget_is_used_up_but_for_less_than_one_look(
    budget: int, cameras: int, second: int
) -> None:
    """From below: who pays for so many calls gets them, whenever in the hour the print begins."""
    cadence = Cadence(interval=1.0, calls_per_hour=budget)
    begin = moment("2026-01-01T11:00:00")
    at, calls = begin - 3600 + second, Calls()
    made = 0
    while at < begin + 3600:
        if not budget_wait(cadence, calls, at) and current(calls, at).in_hour + cameras <= budget:
            for _ in range(cameras):
                calls = count(calls, at)
            made += cameras * (at >= begin)
        at += next_interval(cadence, calm=False, at_least=hourly_spacing(cadence, calls, at, cameras))
    assert budget - 2 * cameras < made <= budget


def test_no_budget_at_all() -> None:
    """Zero calls means none."""
    assert budget_wait(Cadence(calls_per_hour=0), Calls(), moment("2026-01-01T10:15:00")) == 45 * 60


def test_no_limit() -> None:
    """Without a budget there is never a wait."""
    calls, at = Calls("2026-01-01T10", 10**6, "2026-01", 10**6), moment("2026-01-01T10:15")
    assert budget_wait(Cadence(), calls, at) == 0
    assert budget_wait(Cadence(calls_per_hour=10**6), calls, at) == 45 * 60
    assert budget_wait(Cadence(calls_per_month=10**6), calls, at) > 0


@given(cadences, st.booleans(), st.integers(0, 10_000))
def test_failing_never_makes_it_look_more_often(cadence: Cadence, calm: bool, failed: int) -> None:
    """Each failure puts the next look off at least as far, within bounds."""
    usual = next_interval(cadence, calm=calm)
    one, more = (next_interval(cadence, calm=calm, failed=failed + extra) for extra in (0, 1))
    assert usual <= one <= more <= max(MAX_BACKOFF, usual)


@given(cadences, st.booleans(), st.integers(0, 20), st.floats(0, 1e6))
def test_what_the_service_asks_for_is_believed_up_to_an_hour(
    cadence: Cadence, calm: bool, failed: int, retry_after: float
) -> None:
    """Never sooner than usual, and of a long wait half is spent before a try."""
    wait = next_interval(cadence, calm=calm, failed=failed, retry_after=retry_after)
    interval = next_interval(cadence, calm=calm)
    assert wait >= interval
    if retry_after <= MAX_BACKOFF:
        assert wait == max(interval, retry_after)
    else:
        assert max(MAX_BACKOFF, interval) <= wait <= max(MAX_RETRY_AFTER / 2, interval)
        assert wait < retry_after or wait in (interval, MAX_BACKOFF), "a try in between"


@given(st.integers(1, 500), st.integers(1, 5), st.floats(0, 3599), st.integers(0, 500))
def test_an_hourly_budget_lasts_the_hour_with_any_number_of_cameras(
    budget: int, cameras: int, begins: float, used: int
) -> None:
    """However much of it was used before, every look that is planned has its calls."""
    assume(cameras <= budget)
    cadence, at = Cadence(interval=10.0, calls_per_hour=budget), NOON + begins
    calls = Calls("2026-05-05T12", min(used, budget), "2026-05", 500)
    ends, looks = at + 2 * 3600, 0
    while looks < 2000:
        at += next_interval(cadence, calm=False, at_least=hourly_spacing(cadence, calls, at, cameras)) + 1e-6
        if at >= ends:
            break
        assert hour_wait(cadence, calls, at, cameras) == 0
        for _ in range(cameras):
            calls = count(calls, at)
        looks += 1
    assert looks >= 1


def test_a_print_that_begins_late_in_the_hour_does_not_use_it_up_in_a_hurry() -> None:
    late = NOON + 50 * 60
    assert hourly_spacing(Cadence(interval=10.0, calls_per_hour=60), Calls(), late, cameras=3) == 180


def test_fewer_calls_than_cameras_are_a_look_an_hour() -> None:
    cadence, at = Cadence(calls_per_hour=2), NOON + 600
    assert hour_wait(cadence, Calls(), at, cameras=3) == 0
    assert hour_wait(cadence, count(Calls(), at), at, cameras=3) == 3000


def test_calm_and_not() -> None:
    """The calm interval while all is well, the shorter one as soon as something is suspected."""
    cadence = Cadence(interval=10, calm_interval=60)
    assert next_interval(cadence, calm=True) == 60
    assert next_interval(cadence, calm=False) == 10
    assert [next_interval(cadence, calm=False, failed=n) for n in (1, 2, 3, 4, 99)] == [10, 20, 40, 80, 300]
