"""Decide what to do about a level (notify, pause, cancel), and when."""

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


class Cause(StrEnum):
    """Why FailWatch is about to touch a print."""

    MAYBE = "maybe"
    FAILURE = "failure"
    BLIND = "blind"
    UNANSWERED = "unanswered"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What each level leads to. Times are in seconds.

    For `veto` seconds before a pause or cancel the user may say no. A pause that stays unanswered for
    `cancel_after` becomes a cancel; being blind for `pause_when_blind_after` becomes a pause. After
    `max_pauses` pauses of one print people are only told; None is no limit.
    """

    on_maybe: Action = Action.NOTIFY
    on_failure: Action = Action.NOTIFY
    veto: float = 0.0
    cancel_after: float | None = None
    pause_when_blind_after: float | None = None
    max_pauses: int | None = None

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
    cause: Cause = Cause.FAILURE


@dataclass(frozen=True, slots=True)
class Order:
    """A pause or cancel that the host was told to carry out, and that is not seen to have happened yet.

    `tries` counts how often; `next_try_at` is when it is told again, None while it is being carried out.
    `problems` has why it did not happen, each reason once. `is_pending` says that the printer has it all the
    same, and may still obey. `called_off` says that it is no longer wanted, but came too late to be taken
    back: it may still happen.
    """

    action: Action
    cause: Cause
    tries: int = 1
    next_try_at: float | None = None
    problems: tuple[str, ...] = ()
    called_off: bool = False
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class Intervention:
    """How far FailWatch has gone with this print.

    One of `countdown` and `ordered` at most is there, except for the cancel that follows a pause.
    `paused_at` is when a pause by FailWatch was confirmed; `done` says that nothing more is planned until
    somebody answers. `pauses` counts the confirmed pauses of this print.
    """

    countdown: Countdown | None = None
    paused_at: float | None = None
    done: bool = False
    ordered: Order | None = None
    pauses: int = 0

    @property
    def wanted_order(self) -> Order | None:
        """The order, unless it was called off."""
        return None if self.ordered is None or self.ordered.called_off else self.ordered


FIRST_TRIES = 5
RETRY_SOON, RETRY_LATER = 30.0, 300.0
"""Seconds between the first tries of an order, and between those after them."""


def plan_action(intervention: Intervention, policy: Policy, level: Level, at: float) -> Intervention:
    """Return the intervention after a level was reported."""
    action = policy.for_level(level)
    if not action.acts_on_print:
        return intervention
    cause = Cause.FAILURE if level is Level.FAILURE else Cause.MAYBE
    return announce_action(intervention, policy, action, cause, at)


def announce_action(
    intervention: Intervention, policy: Policy, action: Action, cause: Cause, at: float
) -> Intervention:
    """Return the intervention with a countdown, unless nothing more is planned or one comes sooner.

    A cancel takes the place of a pause all the same, and still leaves its own time to say no.
    """
    spent = policy.max_pauses is not None and intervention.pauses >= policy.max_pauses
    if intervention.done or intervention.wanted_order is not None or (spent and action is Action.PAUSE):
        return intervention
    due_at, running = at + policy.veto, intervention.countdown
    if running is not None and running.due_at <= due_at:
        escalates = running.action is Action.PAUSE and action is Action.CANCEL
        if not escalates:
            return intervention
    return replace(intervention, countdown=Countdown(action, at, due_at, cause))


def give_order(intervention: Intervention, action: Action, cause: Cause) -> Intervention:
    """Return the intervention whose action the host is told to carry out."""
    return replace(intervention, countdown=None, ordered=Order(action, cause))


def settle(intervention: Intervention, policy: Policy, at: float) -> Intervention:
    """Return the intervention after its order was seen to be obeyed; only now a cancel may follow a pause."""
    order = intervention.ordered
    if order is None or order.cause is Cause.USER:
        return replace(intervention, ordered=None)
    if order.action is not Action.PAUSE:
        return Intervention(done=True, pauses=intervention.pauses)
    if order.called_off:
        return Intervention(paused_at=at, pauses=intervention.pauses + 1)
    cancel = None
    if policy.cancel_after is not None:
        cancel = Countdown(Action.CANCEL, at, at + policy.cancel_after, Cause.UNANSWERED)
    return Intervention(cancel, paused_at=at, done=True, pauses=intervention.pauses + 1)


def fail(intervention: Intervention, problem: str, at: float, *, is_pending: bool = False) -> Intervention:
    """Return the intervention after its order failed: it will be repeated. One that may still happen is kept."""
    order = intervention.ordered
    if order is None:
        return intervention
    if order.called_off:
        return intervention if is_pending else replace(intervention, ordered=None)
    problems = order.problems if problem in order.problems else (*order.problems, problem)
    wait = RETRY_SOON if order.tries < FIRST_TRIES else RETRY_LATER
    failed = replace(order, next_try_at=at + wait, problems=problems, is_pending=is_pending)
    return replace(intervention, ordered=failed)


def try_again(intervention: Intervention) -> Intervention:
    """Return the intervention whose order is given once more."""
    order = intervention.ordered
    if order is None:
        return intervention
    return replace(intervention, ordered=replace(order, tries=order.tries + 1, next_try_at=None))


def call_off(intervention: Intervention) -> Intervention:
    """Return the intervention with its plans cancelled; a pause that has happened, or is under way, stays."""
    return replace(intervention, countdown=None, ordered=_under_way(intervention))


def call_off_for(intervention: Intervention, *causes: Cause) -> Intervention:
    """Return the intervention without the plans whose causes are gone."""
    coming = intervention.ordered or intervention.countdown
    return call_off(intervention) if coming is not None and coming.cause in causes else intervention


def under(intervention: Intervention, policy: Policy) -> Intervention:
    """Return the intervention under a policy that was changed: what that does not ask for comes no more.

    Nor does a cancel come sooner than a pause may stay unanswered now.
    """
    countdown, coming = intervention.countdown, intervention.ordered or intervention.countdown
    if coming is None or coming.cause is Cause.USER:
        return intervention
    wanted = {
        Cause.MAYBE: policy.on_maybe,
        Cause.FAILURE: policy.on_failure,
        Cause.BLIND: Action.NOTHING if policy.pause_when_blind_after is None else Action.PAUSE,
        Cause.UNANSWERED: Action.NOTHING if policy.cancel_after is None else Action.CANCEL,
    }[coming.cause]
    if not wanted.acts_on_print:
        return call_off(intervention)
    if countdown is None:
        return intervention
    waits = policy.cancel_after if countdown.cause is Cause.UNANSWERED else None
    due_at = max(countdown.due_at, countdown.announced_at + (waits or 0.0))
    return replace(intervention, countdown=replace(countdown, action=wanted, due_at=due_at))


def arm_again(intervention: Intervention) -> Intervention:
    """Return the intervention after an answer: plans are cancelled, and the print may be paused again."""
    return Intervention(ordered=_under_way(intervention), pauses=intervention.pauses)


def _under_way(intervention: Intervention) -> Order | None:
    """Return the order that the printer has or is just being given, as one that was called off too late."""
    order = intervention.ordered
    if order is None or order.cause is Cause.USER or (order.next_try_at is not None and not order.is_pending):
        return None
    return replace(order, called_off=True, next_try_at=None)


def after_pause(intervention: Intervention) -> Intervention:
    """Return the intervention after the print was paused: what was planned while it printed comes no more.

    A coming pause has nothing left to do, and a cancel must not come behind the back of whoever paused. What goes
    on is an order that is just being carried out, and the cancel of a pause by FailWatch that nobody answered.
    """
    countdown, order = intervention.countdown, intervention.ordered
    if countdown is not None and countdown.cause is not Cause.UNANSWERED:
        countdown = None
    if order is not None and order.action is Action.CANCEL and order.next_try_at is not None:
        order = order if order.cause in (Cause.UNANSWERED, Cause.USER) else None
    return replace(intervention, countdown=countdown, ordered=order)


def coming(intervention: Intervention) -> Action | None:
    """Return the planned or ordered action, None if there is none."""
    planned = intervention.ordered or intervention.countdown
    return None if planned is None else planned.action


def after_absence(intervention: Intervention, policy: Policy, at: float) -> Intervention:
    """Return the intervention after a time without watching, such as a restart.

    A countdown that still runs goes on. One that ran out meanwhile, and an order that was never confirmed,
    begin again: nobody could say no, or see what became of it.
    """
    countdown = intervention.countdown
    order = intervention.wanted_order
    if order is not None and order.cause is not Cause.USER:
        countdown = Countdown(order.action, at, at + policy.veto, order.cause)
    elif countdown is not None and countdown.due_at <= at:
        whole = countdown.due_at - countdown.announced_at
        countdown = Countdown(countdown.action, at, at + whole, countdown.cause)
    return replace(intervention, countdown=countdown, ordered=None)
