"""Which print is running: an identity that survives pauses, duplicate events and restarts of OctoPrint."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from ..engine import serialization
from ..engine.storage import read_json, write_json

DUPLICATE_WITHIN = 20.0
"""Seconds in which a second PrintStarted of the same file is the same print."""
SLACK = 5.0


@dataclass(frozen=True, slots=True)
class Job:
    """What OctoPrint prints: `origin` is local or sdcard, `position` how many bytes were printed, `age` for how long.

    The age is in seconds, as OctoPrint counts them: without pauses.
    """

    path: str
    origin: str
    name: str = ""
    position: int = 0
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class PrintIdentity:
    """A print. `started_at` is in seconds since the epoch by the machine's clock.

    `position` is how many bytes were printed when that was last noted.
    """

    print_id: str
    printer_id: str
    path: str
    origin: str
    name: str
    started_at: float
    ended: bool = False
    position: int = 0

    def is_of(self, job: Job) -> bool:
        """Return whether it prints that file."""
        return (self.path, self.origin) == (job.path, job.origin)


class PrintIdentities:
    """The last print's identity, kept in a file."""

    def __init__(self, path: Path, elapsed: Callable[[], float] = time.monotonic) -> None:
        """Read what an earlier run of OctoPrint left; `elapsed` is a clock that nobody puts right."""
        self._elapsed = elapsed
        self._path = path
        self._began_here = False
        self._begun_at: float | None = None
        self._age_then = 0.0
        self.current = _read(path)

    @property
    def running(self) -> PrintIdentity | None:
        """The print that runs for all that is known: what an earlier OctoPrint left may be over."""
        return self._unended if self._began_here else None

    @property
    def _unended(self) -> PrintIdentity | None:
        known = self.current
        return None if known is None or known.ended else known

    def misses(self, job: Job) -> bool:
        """Return whether OctoPrint prints what is not known to run."""
        return self.running is None or not self.running.is_of(job)

    def begin(self, job: Job, printer_id: str, at: float, *, may_be_older: bool = True) -> PrintIdentity:
        """A print started, or was found running; returns its identity, which may be one that is known already.

        `may_be_older` is false of a print that this OctoPrint is known to have just begun.
        """
        known = (self.adopt(job, printer_id) if may_be_older else None) or self._repeated(job)
        if known is not None:
            return known
        self._began_here, self._begun_at, self._age_then = True, self._elapsed(), job.age
        new = PrintIdentity(str(uuid4()), printer_id, job.path, job.origin, job.name, at)
        self._keep(new)
        return new

    def may_go_on(self, job: Job) -> bool:
        """Return whether this may be a print from before OctoPrint started, judging by all but its position."""
        known = self._unended
        return known is not None and not self._began_here and known.is_of(job)

    def note(self, job: Job) -> None:
        """The running print has come that far."""
        known = self.running
        if known is not None and known.is_of(job) and job.position > known.position:
            self._keep(replace(known, position=job.position))

    def adopt(self, job: Job, printer_id: str) -> PrintIdentity | None:
        """Return the identity of a print that goes on from before OctoPrint started, if it is that."""
        known = self.current
        if (
            known is None
            or not self.may_go_on(job)
            or job.position <= 0
            or job.position < known.position
            or known.printer_id != printer_id
        ):
            return None
        self._began_here, self._begun_at = True, None
        return known

    def end(self, path: str | None, elapsed: float | None) -> PrintIdentity | None:
        """A print ended after `elapsed` seconds; returns it, None if that was not the running one."""
        known = self._unended
        if known is None or (path is not None and path != known.path):
            return None
        # Not by the wall clock: it may be off by days, and be put right in mid print.
        # Whoever holds OctoPrint's event bus up lets us hear late of a print's start.
        if elapsed is not None and elapsed > self._age_then + self._known_for() + SLACK:
            return None
        self._keep(replace(known, ended=True))
        return known

    def _repeated(self, job: Job) -> PrintIdentity | None:
        known = self.running
        if known is None or self._begun_at is None or not known.is_of(job):
            return None
        return known if self._known_for() < DUPLICATE_WITHIN else None

    def _known_for(self) -> float:
        """Return how many seconds ago the print that began here was heard of; infinite for an older one."""
        return math.inf if self._begun_at is None else self._elapsed() - self._begun_at

    def _keep(self, identity: PrintIdentity) -> None:
        self.current = identity
        write_json(self._path, serialization.to_json(identity))


def _read(path: Path) -> PrintIdentity | None:
    content = read_json(path)
    if content is None:
        return None
    try:
        return serialization.from_json(PrintIdentity, content)
    except ValueError:
        return None
