"""Share the detectors fairly: by token, by printer, and in each printer's order."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from ..engine.errors import Busy
from ..engine.models import Detection, Frame

MAX_WAITING = 32
"""Frames without an answer for each detector; beyond it frames are refused."""

AHEAD_SECONDS = 0.1
"""A detector gets its next frame while it looks at one, if both are known to take no longer than this. Otherwise it
would do nothing until the event loop came round to it, and somebody's heavy picture must not go ahead of others."""


class Detector(Protocol):
    """All that a server needs of a detector."""

    async def detect(self, frame: Frame) -> Detection:
        """Return the answer to a frame, after that to any frame before. Raises DetectionError; never blocks the loop."""


@dataclass(eq=False, slots=True)
class _Worker:
    """A detector. `in_hand` has the seconds that each frame handed to it is expected to take, at most two."""

    detector: Detector
    in_hand: list[float] = field(default_factory=list)
    done_at: float = -math.inf


@dataclass(eq=False, slots=True)
class _Place:
    """A waiting frame. `turn` receives the detector, for which the owner is charged so many seconds in advance."""

    owner: str
    printer: str
    turn: asyncio.Future[_Worker]
    charged: float = 0.0


@dataclass(slots=True)
class _Share:
    """An owner's use of the detectors. `typical` is the time its last frame took, in seconds."""

    spent: float
    typical: float = 0.0
    waiting: list[_Place] = field(default_factory=list)


class DetectorQueue:
    """Hands each frame to a detector.

    The next detector goes to the owner who has had the least detector time of those who wait, and among
    its printers in turn. A printer's frames are looked at one after the other. When too many wait, the
    newest of whoever has most of them makes room.
    """

    def __init__(self, detectors: Sequence[Detector], now: Callable[[], float] = time.monotonic) -> None:
        """Share these detectors. `workers` is their number."""
        self._workers = [_Worker(detector) for detector in detectors]
        self.workers = len(detectors)
        self._max_waiting = MAX_WAITING * len(detectors)
        self._now = now
        self._shares: dict[str, _Share] = {}
        self._at_work: set[str] = set()
        self._least_spent = 0.0
        self.waiting = 0
        """Frames that have no answer yet."""

    @asynccontextmanager
    async def detected(self, owner: str, printer: str, frame: Frame) -> AsyncIterator[Detection]:
        """Give the detection of a frame. Raises Busy, or the detector's DetectionError.

        The printer's next frame waits until the block ends. A client that goes away gives up its place.
        """
        if self.waiting >= self._max_waiting:
            self._make_room(owner, printer)
        share = self._shares.setdefault(owner, _Share(self._least_spent))
        if not share.waiting:
            # An owner cannot save up unused time.
            share.spent = max(share.spent, self._least_spent)
        place = _Place(owner, printer, asyncio.get_running_loop().create_future())
        share.waiting.append(place)
        self.waiting += 1
        try:
            self._hand_out()
            worker = await self._turn(place, share)
            try:
                yield await self._detect(worker, place, share, frame)
            finally:
                self._at_work.discard(printer)
                # The printer's other frames go to the end, so that printers take turns.
                share.waiting.sort(key=lambda other: other.printer == printer)
                self._hand_out()
        finally:
            self.waiting -= 1

    async def _turn(self, place: _Place, share: _Share) -> _Worker:
        try:
            return await place.turn
        except asyncio.CancelledError:
            if place in share.waiting:
                share.waiting.remove(place)
            elif not place.turn.cancelled() and place.turn.exception() is None:
                self._give_back(place.turn.result(), place, share, 0.0)
                self._at_work.discard(place.printer)
                self._hand_out()
            raise

    async def _detect(self, worker: _Worker, place: _Place, share: _Share, frame: Frame) -> Detection:
        began = self._now()
        work = asyncio.ensure_future(worker.detector.detect(frame))

        def done(work: asyncio.Future[Detection]) -> None:
            if not work.cancelled():
                work.exception()  # whoever asked may be gone
            now = self._now()
            # It may have waited for the frame before.
            share.typical = now - max(began, worker.done_at)
            worker.done_at = now
            self._give_back(worker, place, share, share.typical)
            self._hand_out()

        # The detector stays busy until its thread is done, even if the client has gone.
        work.add_done_callback(done)
        try:
            return await asyncio.shield(work)
        finally:
            del work  # its error's traceback holds this, and with it the picture

    def _give_back(self, worker: _Worker, place: _Place, share: _Share, took: float) -> None:
        share.spent += took - place.charged
        worker.in_hand.remove(place.charged or math.inf)

    def _hand_out(self) -> None:
        while True:
            worker = min(self._workers, key=lambda worker: (len(worker.in_hand), sum(worker.in_hand)))
            if sum(worker.in_hand) > AHEAD_SECONDS or len(worker.in_hand) > 1:
                return
            candidates = [
                (share.spent, index, place)
                for index, share in enumerate(self._shares.values())
                if (place := self._next(share)) is not None
            ]
            if not candidates:
                return
            *_, place = min(candidates)
            share = self._shares[place.owner]
            expected = share.typical or math.inf  # unknown before an owner's first frame
            if worker.in_hand and expected > AHEAD_SECONDS:
                return
            self._least_spent = max(self._least_spent, share.spent)
            # Charge the expected time at once; otherwise an owner could get all detectors for the price of one.
            place.charged = share.typical
            share.spent += place.charged
            share.waiting.remove(place)
            self._at_work.add(place.printer)
            worker.in_hand.append(expected)
            place.turn.set_result(worker)

    def _next(self, share: _Share) -> _Place | None:
        return next(
            (
                place
                for place in share.waiting
                if place.printer not in self._at_work and not place.turn.done()
            ),
            None,
        )

    def _make_room(self, owner: str, printer: str) -> None:
        """Refuse the newest frame of whoever has more of them than the newcomer. Raises Busy if nobody has."""
        counts = {key: len(share.waiting) for key, share in self._shares.items()}
        greedy = max(counts, key=lambda key: counts[key], default=owner)
        if counts.get(greedy, 0) <= counts.get(owner, 0) + 1:
            greedy = owner
        waiting = self._shares[greedy].waiting if greedy in self._shares else []
        printers = Counter(place.printer for place in waiting)
        most = max(printers, key=lambda key: printers[key], default=printer)
        if greedy == owner and printers[most] <= printers[printer] + 1:
            raise _busy()
        newest = [place for place in waiting if place.printer == most][-1]
        waiting.remove(newest)
        newest.turn.set_exception(_busy())


def _busy() -> Busy:
    return Busy("The server has more pictures to look at than it can.", retry_after=5.0)
