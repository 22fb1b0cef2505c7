"""Tell how far the simulated print is: by the clock, by the pictures taken, or by a real OctoPrint."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

import aiohttp

ASK_EVERY = 0.5
"""Seconds between two questions to OctoPrint."""


class Position(Protocol):
    """Says how far the print is, 0 to 1."""

    async def progress(self, number: int, /) -> float:
        """Return the progress for the snapshot of that number, counted from 0."""


class ByClock:
    """The print takes a fixed time, from the first snapshot on, and then stays finished."""

    def __init__(self, seconds: float) -> None:
        """Take so many seconds for the whole print."""
        self._seconds = seconds
        self._started: float | None = None

    async def progress(self, _number: int, /) -> float:
        """Return the share of the time that has passed."""
        if self._started is None:
            self._started = time.monotonic()
        return min(1.0, (time.monotonic() - self._started) / self._seconds)


class BySnapshot:
    """Each snapshot takes the print one step further; after the last it begins again if `repeats`."""

    def __init__(self, snapshots: int, *, repeats: bool) -> None:
        """Take so many snapshots for the whole print."""
        self._snapshots = snapshots
        self._repeats = repeats

    async def progress(self, number: int, /) -> float:
        """Return the share of the snapshots that were taken before this one."""
        taken = number % self._snapshots if self._repeats else min(number, self._snapshots)
        return taken / self._snapshots


class ByPrint:
    """The print is where OctoPrint says its job is; between jobs it stays where it was."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        """Ask the OctoPrint at `url` with an application key."""
        self._session = session
        self._url = url.rstrip("/") + "/api/job"
        self._headers = {"X-Api-Key": key}
        self._asked_at = float("-inf")
        self._progress = 0.0
        self._asking = asyncio.Lock()

    async def progress(self, _number: int, /) -> float:
        """Return the job's completion, asked for at most twice a second."""
        async with self._asking:
            if time.monotonic() - self._asked_at >= ASK_EVERY:
                self._progress = await self._ask()
                self._asked_at = time.monotonic()
        return self._progress

    async def _ask(self) -> float:
        try:
            async with self._session.get(self._url, headers=self._headers) as answer:
                answer.raise_for_status()
                completion = (await answer.json())["progress"]["completion"]
        except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
            return self._progress  # a camera goes on showing what is there when its printer restarts
        return self._progress if completion is None else float(completion) / 100
