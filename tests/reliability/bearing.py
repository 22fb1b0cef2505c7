"""Shared by the tests of all programs: which faults they try, and how soon an outage must be reported."""

from __future__ import annotations

import os
import random
from collections.abc import Awaitable, Callable, Collection, Sequence

from . import reference
from .faults import FAULTS
from .proxy import FaultProxy

WHOLE = os.environ.get("FAILWATCH_SLOW") == "1"
SEED = int(os.environ.get("FAILWATCH_SEED", "1"))
"""Draws the faults of the ordinary run; the slow run has them all. The same in every process that runs tests."""
INTERVAL = 10.0
LOOK_TIMEOUT = 30.0
LOOKS_UNTIL_TOLD = 3
DNS = "DNS failure"

Switch = Callable[[bool], Awaitable[None]]
"""Breaks something, or mends it."""


def chosen(sample: int, *, always: Collection[str] = (), never: Collection[str] = ()) -> list[str]:
    """Return all faults, or those that the seed draws."""
    names = [name for name in (*FAULTS, DNS) if name not in never]
    if WHOLE:
        return names
    others = [name for name in names if name not in always]
    return [*always, *random.Random(SEED).sample(others, sample)]


PAUSES = INTERVAL + sum(INTERVAL * 2**number for number in range(LOOKS_UNTIL_TOLD - 1))
"""Seconds between pictures until a fault is told at the latest, with the clock as it is shipped."""


def as_shipped(seconds: float, waited: float, speed: float, name: str = "") -> float:
    """Return what so many seconds are without the faster clock, which shortens pauses but no time-out.

    Taking a large answer apart is no pause, either.
    """
    if name in FAULTS and FAULTS[name].is_large:
        waited = max(waited, seconds - PAUSES / speed)
    waited = min(waited, seconds)
    return (seconds - waited) * speed + waited


def latest_told(name: str) -> float:
    """Return the seconds, with the clock as it is shipped, in which a fault must be told."""
    fault = FAULTS.get(name)
    if fault is not None and fault.is_silent:
        return INTERVAL + LOOK_TIMEOUT
    return PAUSES + LOOK_TIMEOUT


def latest_back(name: str) -> float:
    """Return the seconds in which it must see again after the fault is gone."""
    fault = FAULTS.get(name)
    return max(INTERVAL * 2**LOOKS_UNTIL_TOLD, fault.asks_to_wait if fault else 0.0) + LOOK_TIMEOUT


def statistics_are_right(looks: Sequence[dict[str, float]], answered: Sequence[float]) -> bool:
    """Compare each picture's statistics with the reference's. What was answered and lost is not counted."""
    values = [look["p"] for look in looks]
    left = iter(answered)
    in_order = all(any(p == other for other in left) for p in values)
    return in_order and all(
        look["prediction_num"] == number
        and abs(look["ewm_mean"] - reference.ewm_mean(values[:number])) < 1e-12
        and abs(look["rolling_mean_short"] - reference.rolling_mean(values[:number], reference.SHORT)) < 1e-12
        and abs(look["rolling_mean_long"] - reference.rolling_mean(values[:number], reference.LONG)) < 1e-12
        for number, look in enumerate(looks, 1)
    )


def proxied(proxy: FaultProxy, name: str, break_names: Callable[[list[int]], None]) -> Switch:
    """Return what breaks an edge that way: in the proxy before it, or in how its name is looked up."""

    async def switch(broken: bool) -> None:
        if name == DNS:
            assert proxy.url.port is not None
            break_names([proxy.url.port] if broken else [])
        else:
            await proxy.switch(FAULTS[name] if broken else None)

    return switch
