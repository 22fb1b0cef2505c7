"""Open and judge pictures in threads of the event loop's pool, few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

AT_ONCE: Final = 2
"""Pictures at a time. Each thread more is one more that the event loop waits for until it may run Python again."""

_P = ParamSpec("_P")
_T = TypeVar("_T")

_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def in_thread(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Return what `work` on a picture returns. Fifty cameras that are looked at together wait for each other."""
    loop = asyncio.get_running_loop()
    async with _places.setdefault(loop, asyncio.Semaphore(AT_ONCE)):
        return await asyncio.to_thread(work, *args, **kwargs)
