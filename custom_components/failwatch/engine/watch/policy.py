"""What to do about a level: notify, pause, cancel, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from ..judging.verdict import Level


class Action(StrEnum):
    """What FailWatch may do, from least to most."""

    NOTHING = "nothing"
    NOTIFY = "notify"
    PAUSE = "pause"
    CANCEL = "cancel"

    @property
    def acts_on_print(self) -> bool:
        """Whether the print itself is touched."""
        return self in (Action.PAUSE, Action.CANCEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What each level leads to. Times are in seconds.

    For `veto` seconds before a pause or cancel the user may say no. A pause that stays unanswered for
    `cancel_after` becomes a cancel; being blind for `pause_when_blind_after` becomes a pause.
    """

    on_maybe: Action = Action.NOTIFY
    on_failure: Action = Action.NOTIFY
    veto: float = 0.0
    cancel_after: float | None = None
    pause_when_blind_after: float | None = None

    def for_level(self, level: Level) -> Action:
        """Return what the level leads to."""
        if level is Level.FAILURE:
            return self.on_failure
        return self.on_maybe if level is Level.MAYBE else Action.NOTHING


@dataclass(frozen=True, slots=True)
class Countdown:
    """A pause or cancel that comes at `due_at` unless the user says no."""

    action: Action
    announced_at: float
    due_at: float


@dataclass(frozen=True, slots=True)
class Intervention:
    """How far FailWatch has gone with this print: it pauses a print once."""

    countdown: Countdown | None = None
    paused_at: float | None = None
    done: bool = False


def plan(intervention: Intervention, policy: Policy, level: Level, at: float) -> Intervention:
    """Return the intervention after the latch rose to a level."""
    action = policy.for_level(level)
    if not action.acts_on_print or intervention.done:
        return intervention
    return announce(intervention, action, at, at + policy.veto)


def announce(intervention: Intervention, action: Action, at: float, due_at: float) -> Intervention:
    """Return the intervention with a countdown, unless one is running that comes sooner.

    A cancel takes the place of a pause all the same, and still leaves its own time to say no.
    """
    running = intervention.countdown
    if running is not None and running.due_at <= due_at:
        escalates = running.action is Action.PAUSE and action is Action.CANCEL
        if not escalates:
            return intervention
    return replace(intervention, countdown=Countdown(action, at, due_at))


def carried_out(policy: Policy, action: Action, at: float) -> Intervention:
    """Return the intervention after its action was handed to the host."""
    if action is Action.PAUSE and policy.cancel_after is not None:
        cancel = Countdown(Action.CANCEL, at, at + policy.cancel_after)
        return Intervention(countdown=cancel, paused_at=at, done=True)
    return Intervention(paused_at=at if action is Action.PAUSE else None, done=True)


def answered(intervention: Intervention) -> Intervention:
    """Return the intervention after the user answered: nothing more is coming."""
    return Intervention(done=intervention.done)


def paused(intervention: Intervention) -> Intervention:
    """Return the intervention after somebody paused the print: a coming pause has nothing left to do."""
    countdown = intervention.countdown
    if countdown is not None and countdown.action is Action.PAUSE:
        return replace(intervention, countdown=None)
    return intervention


def begun_anew(intervention: Intervention, at: float) -> Intervention:
    """Return the intervention with its countdown, if there is one, at its beginning."""
    countdown = intervention.countdown
    if countdown is None:
        return intervention
    due_at = at + countdown.due_at - countdown.announced_at
    return replace(intervention, countdown=Countdown(countdown.action, at, due_at))
