"""Decide which pictures of a print are kept in the history."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Mapping

from ..judging.verdict import Level
from ..watch.state import Look
from .rows import add_picture
from .store import History


class KeptPictures:
    """Decides which pictures are kept: those of the last seconds wait for a change to come."""

    def __init__(self, history: History) -> None:
        """Keep none yet; `history` says how many."""
        self._history = history
        self.clear()

    def clear(self) -> None:
        """Forget what waits; another print begins."""
        self._waiting: deque[tuple[int, float, Mapping[str, bytes]]] = deque()
        self._near_until = self._kept_at = float("-inf")
        self._verdict: Level | None = None

    def move(self, seconds: float) -> None:
        """Move all times by so many seconds: the clock was put right."""
        self._waiting = deque((frame, at + seconds, pictures) for frame, at, pictures in self._waiting)
        self._near_until += seconds
        self._kept_at += seconds

    def take(
        self, connection: sqlite3.Connection, frame: int, look: Look, pictures: Mapping[str, bytes]
    ) -> None:
        """Take the pictures of a frame that was just written."""
        retention, at = self._history.retention, look.at
        if retention.picture_every is None or not pictures:
            return
        while self._waiting and self._waiting[0][1] < at - retention.near:
            self._waiting.popleft()
        if at <= self._near_until:
            _keep(connection, frame, pictures, near_change=True)
        else:
            self._waiting.append((frame, at, pictures))
            if at - self._kept_at >= retention.picture_every:
                self._kept_at = at
                _keep(connection, frame, pictures, near_change=False)
        if self._verdict is not None and look.verdict.level is not self._verdict:
            self.keep(connection, at)
        self._verdict = look.verdict.level

    def keep(self, connection: sqlite3.Connection, at: float) -> None:
        """Keep what waits, and all that comes soon: something has changed."""
        for frame, _, pictures in self._waiting:
            _keep(connection, frame, pictures, near_change=True)
        self._waiting.clear()
        self._near_until = at + self._history.retention.near


def _keep(
    connection: sqlite3.Connection, frame: int, pictures: Mapping[str, bytes], *, near_change: bool
) -> None:
    for camera, jpeg in pictures.items():
        add_picture(connection, frame, camera, jpeg, near_change=near_change)
