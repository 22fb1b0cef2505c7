"""Serve pictures at single-use addresses, for services that fetch them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

LIFETIME = 30.0
"""Seconds for which a picture can be fetched at most."""


@dataclass(slots=True)
class Published:
    """A picture that waits to be fetched. `fetched` says whether that has happened."""

    url: str
    jpeg: bytes = field(repr=False)
    until: float
    fetched: bool = False


class SingleUsePictures:
    """Keeps each picture under an unguessable name until it is fetched, once, or no longer needed.

    `publish` is what a `DetectorContext` lends; the host's web server answers a request for a name with
    `take`, and with 404 where that is None. Every method may be called from any thread.
    """

    def __init__(self, address: Callable[[str], str], *, now: Callable[[], float] = time.monotonic) -> None:
        """`address` returns the URL under which the host's web server answers for a name."""
        self._address = address
        self._now = now
        self._waiting: dict[str, Published] = {}

    @contextmanager
    def publish(self, jpeg: bytes) -> Iterator[Published]:
        """Keep the picture while the context is open."""
        name = f"{secrets.token_urlsafe(32)}.jpg"
        published = Published(self._address(name), jpeg, self._now() + LIFETIME)
        self._waiting[name] = published
        try:
            yield published
        finally:
            self._waiting.pop(name, None)

    def take(self, name: str) -> bytes | None:
        """Return the picture of that name; None if it is unknown, was fetched already, or has expired."""
        published = self._waiting.pop(name, None)
        if published is None or self._now() > published.until:
            return None
        published.fetched = True
        return published.jpeg
