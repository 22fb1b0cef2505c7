"""The state of a watch at one moment, to show, send and store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ..judging.acceptance import Places
from ..judging.assessment import Assessment
from ..judging.judge import Memory
from ..judging.latch import Latch
from ..judging.verdict import Level, Verdict
from ..models import Box
from ..statistics import TemporalStatistics
from .cadence import Calls
from .policy import Action, Intervention


class Phase(StrEnum):
    """What a watch is doing."""

    IDLE = "idle"
    WATCHING = "watching"
    PAUSED = "paused"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Blind:
    """Why FailWatch cannot see or cannot ask, in a stable key and in words, and since when.

    With a `camera` it is that one alone, while others see. `looks` counts the looks in a row that came to
    nothing, and `told` has the reasons that an event told of. `accepted` says that the user knows, and
    wants the print to go on. `counted_from` is since when FailWatch has looked in vain without a gap, None
    until it looks again after one. `said` has the detection service's own words, if it gave a reason.
    `held_back` says that a silence began before people were told: they are when it ends.
    """

    reason: str
    detail: str
    since: float
    camera: str = ""
    accepted: bool = False
    looks: int = 1
    told: tuple[str, ...] = ()
    counted_from: float | None = None
    said: str = ""
    held_back: bool = False


@dataclass(frozen=True, slots=True)
class CameraView:
    """The answer to one camera's picture.

    `problem` says in words why there is no answer, `reason` as a stable key; a history keeps the words.
    """

    camera: str
    p: float = 0.0
    boxes: tuple[Box, ...] = ()
    tagged_image_url: str | None = None
    problem: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One frame, answered and judged. Times in seconds.

    `p` is what counted, `raw_p` what the detector saw, of which it can explain `explained` by what it has
    learned of the camera. `latency` is how long the answer took in real time, `spacing` the distance from
    the look before. `statistics_served` says that the service kept the statistics, not this watch.
    """

    number: int
    at: float
    p: float
    views: tuple[CameraView, ...]
    statistics: TemporalStatistics
    verdict: Verdict
    latency: float
    spacing: float | None = None
    statistics_served: bool = False
    raw_p: float | None = None
    explained: float = 0.0

    @property
    def places(self) -> Places:
        """Return the places of all boxes, by camera."""
        return {view.camera: view.boxes for view in self.views if view.boxes}


SWITCHED_OFF = "command"
"""The hold by a print file's `@FAILWATCH off`: only a silence, as the print goes on and may fail.

Under any other hold nothing is printed, or nobody knows whether it is: then there is nothing to look at.
"""


def keep_from_looking(holds: Iterable[str]) -> bool:
    """Return whether one of these holds keeps the watch from looking."""
    return any(reason != SWITCHED_OFF for reason in holds)


@dataclass(frozen=True, slots=True)
class WatchState:
    """A watch at one moment; `to_json` and `from_json` of `serialization` carry it anywhere."""

    printer_id: str = ""
    phase: Phase = Phase.IDLE
    since: float = 0.0
    print_id: str | None = None
    print_name: str = ""
    started_at: float | None = None
    holds: tuple[str, ...] = ()
    """Why the watch does not look, or is silent, although the print runs, e.g. "heating"."""
    blind: Blind | None = None
    blind_cameras: tuple[Blind, ...] = ()
    """Cameras that gave nothing in the last look, while others did."""
    look: Look | None = None
    memory: Memory = field(default_factory=Memory)
    latch: Latch = field(default_factory=Latch)
    intervention: Intervention = field(default_factory=Intervention)
    muted: bool = False
    snoozed_until: float | None = None
    calls: Calls = field(default_factory=Calls)
    next_look_at: float | None = None
    failed_looks: int = 0
    """Looks in a row that came to nothing, also before the watch calls itself blind."""
    told: Level = Level.NONE
    """The level as people were told of it: below `level` while a silence holds something back."""
    detector: str = ""
    """The kind of the detector whose answers `memory` is made of; empty where an older release left it."""

    @property
    def assessment(self) -> Assessment:
        """The part of the state that judging carries from look to look."""
        return Assessment(self.memory, self.latch, self.muted, self.snoozed_until, SWITCHED_OFF in self.holds)

    def assessed(self, assessment: Assessment) -> WatchState:
        """Return the state with another assessment."""
        return replace(
            self,
            memory=assessment.memory,
            latch=assessment.latch,
            muted=assessment.muted,
            snoozed_until=assessment.snoozed_until,
        )

    @property
    def level(self) -> Level:
        """The level that stands."""
        return self.latch.level

    def is_silent(self, at: float) -> bool:
        """Return whether the user, or the print's file, asked for silence at that time."""
        is_snoozed = self.snoozed_until is not None and at < self.snoozed_until
        return self.muted or is_snoozed or SWITCHED_OFF in self.holds

    @property
    def is_kept_from_looking(self) -> bool:
        """Whether a hold keeps the watch from looking; a FailWatch of before may do so under any hold."""
        return bool(self.holds) and self.next_look_at is None


class EventKind(StrEnum):
    """What a host may tell people about, or must do."""

    STARTED = "started"
    ENDED = "ended"
    MAYBE = "maybe"
    FAILURE = "failure"
    CLEARED = "cleared"
    BLIND = "blind"
    SEEING = "seeing"
    CAMERA_BLIND = "camera_blind"
    CAMERA_SEEING = "camera_seeing"
    CAMERA_MOVED = "camera_moved"
    ACKNOWLEDGED = "acknowledged"
    COUNTDOWN = "countdown"
    CALLED_OFF = "called_off"
    ACTION = "action"
    ACTION_FAILED = "action_failed"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed. `detail` is a reason, an answer or an action, by kind.

    ACTION says that the host has seen the print obey, CALLED_OFF that what was announced does not come because
    somebody paused the print. `camera` names the one camera that it is about.
    `minor` says that it is nothing to bother people with: they asked for silence, or they know that
    FailWatch is blind, and can do nothing about why it still is.
    """

    kind: EventKind
    at: float
    print_id: str | None
    detail: str = ""
    level: Level = Level.NONE
    camera: str = ""
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """The next state, the events that led to it, and what the host is to do to the print.

    `teaches` says that the look may be learned from.
    """

    state: WatchState
    events: tuple[Event, ...] = ()
    order: Action | None = None
    teaches: bool = False


STILL_HOLDS = 60.0
"""Seconds by which a look may be older than the watching: one that took long begins before what it ends."""


def has_looked(state: WatchState, last: WatchState | None) -> bool:
    """Return whether a look was taken since the last state.

    A clock that is put right moves the time of the look that was there, and makes it no other one.
    """
    look, before = state.look, None if last is None else last.look
    return look is not None and (before is None or look.views is not before.views)


def present_look(state: WatchState) -> Look | None:
    """Return the last look while it tells how the print looks; None without a print, blind or on hold.

    A print that is paused goes on looking as it did: whoever comes to see why it was finds the numbers.
    """
    look = state.look
    if state.phase is Phase.PAUSED:
        return look
    if look is None or state.phase is not Phase.WATCHING or state.is_kept_from_looking:
        return None
    # After a pause or a restart the watching begins with a look that may be hours old.
    return look if look.at >= state.since - STILL_HOLDS else None


def is_unanswered(state: WatchState) -> bool:
    """Return whether a look failed after the last answered one, so that the answer is out of date."""
    if state.blind is not None:
        return state.phase is not Phase.IDLE
    return state.failed_looks > 0 and state.phase is Phase.WATCHING and not state.is_kept_from_looking


def present_level(state: WatchState) -> Level:
    """Return the print's level; none until the print is known to run still."""
    return Level.NONE if state.phase is Phase.IDLE else state.level
