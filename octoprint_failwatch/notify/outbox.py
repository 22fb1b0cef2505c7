"""Messages on their way: each is tried again for an hour, with growing pauses, at the addresses that did not take it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from .sending import Message, NotSent

_LOGGER = logging.getLogger("octoprint.plugins.failwatch")
PAUSES: Final = (15.0, 30.0, 60.0, 120.0, 300.0)  # seconds; the last one is repeated
GIVE_UP_AFTER: Final = 3600.0  # seconds


@dataclass(slots=True, eq=False)
class _Waiting:
    """A message that one address has not taken yet."""

    url: str = field(repr=False)
    message: Message
    at: float
    is_news: Callable[[], bool]
    since: float
    due: float
    problems: list[NotSent]


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An address that did not take a message: of when (seconds since the epoch), and why."""

    url: str = field(repr=False)
    at: float
    problem: NotSent


class Outbox:
    """Tries what is due, and remembers which addresses messages did not get through to.

    It has no thread and no clock of its own: `now` is any clock that only goes forward.
    """

    def __init__(self, send: Callable[[str, Message], None], is_wanted: Callable[[str], bool]) -> None:
        """`send` blocks and raises NotSent; `is_wanted` says whether an address is still in the settings."""
        self._send = send
        self._is_wanted = is_wanted
        self._waiting: list[_Waiting] = []
        self._undelivered: dict[str, Undelivered] = {}
        self._lock = threading.Lock()

    def put(
        self, urls: Sequence[str], message: Message, at: float, is_news: Callable[[], bool], now: float
    ) -> None:
        """Add a message about an event at `at` (seconds); `is_news` returns whether it is still worth sending."""
        with self._lock:
            self._waiting += [_Waiting(url, message, at, is_news, now, now, []) for url in urls]

    def undelivered(self) -> list[Undelivered]:
        """Return the addresses that did not take their last message."""
        with self._lock:
            return [one for one in self._undelivered.values() if self._is_wanted(one.url)]

    def delivered(self, url: str) -> None:
        """Clear an address's failures: it accepted a message."""
        with self._lock:
            self._undelivered.pop(url, None)

    def try_due(self, now: float) -> None:
        """Send due messages, newest first: new ones must not wait for the time-outs of old ones."""
        with self._lock:
            due = [one for one in self._waiting if one.due <= now]
        for one in sorted(due, key=lambda one: -one.since):
            self._try(one, now)

    def next_due(self) -> float | None:
        """Return when the next message is due, None if there is none."""
        with self._lock:
            return min((one.due for one in self._waiting), default=None)

    def _try(self, one: _Waiting, now: float) -> None:
        if not self._is_wanted(one.url):
            self._drop(one)
        elif one.problems and not one.is_news():
            self._give_up(one)
        else:
            try:
                self._send(one.url, one.message)
            except NotSent as problem:
                self._put_off(one, problem, now)
            except Exception as error:
                # Not at once again: it would fill the log, and the disk.
                _LOGGER.exception("A message could not be sent")
                self._put_off(one, NotSent(type(error).__name__), now)
            else:
                self._drop(one)
                self.delivered(one.url)

    def _put_off(self, one: _Waiting, problem: NotSent, now: float) -> None:
        one.problems.append(problem)
        if now - one.since >= GIVE_UP_AFTER:
            self._give_up(one)
            return
        if len(one.problems) == 1:
            _LOGGER.warning("A message could not be sent and is tried again for an hour: %s", problem)
        one.due = now + PAUSES[min(len(one.problems), len(PAUSES)) - 1]

    def _give_up(self, one: _Waiting) -> None:
        self._drop(one)
        problem = one.problems[-1]
        _LOGGER.warning("A message could not be sent and was given up: %s", problem)
        with self._lock:
            self._undelivered[one.url] = Undelivered(one.url, one.at, problem)

    def _drop(self, one: _Waiting) -> None:
        with self._lock:
            self._waiting.remove(one)
