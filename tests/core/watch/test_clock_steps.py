"""A corrected clock moves every stored time, and changes no duration."""

from collections.abc import Callable

import pytest

from octoprint_failwatch.engine.judging.acceptance import Acceptance
from octoprint_failwatch.engine.judging.assessment import Answer
from octoprint_failwatch.engine.judging.judge import Memory
from octoprint_failwatch.engine.judging.latch import Latch, confirm
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.watch.policy import Action, Cause, Countdown, Intervention, Order
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import Blind, EventKind, Phase, WatchState
from octoprint_failwatch.engine.watch.transitions import shift_times
from octoprint_failwatch.engine.watch.watch import Watch
from tests.core.watching import START, ScriptedDetector, VirtualClock, watching

YEARS = 2 * 365 * 86400.0


def test_what_was_accepted_lasts_as_long_as_before() -> None:
    for until, moved in ((1800.0, 5400.0), (None, None)):
        before = WatchState(memory=Memory(acceptance=Acceptance(at=100.0, until=until, height=0.5)))
        after = shift_times(before, 3600.0).memory.acceptance
        assert after is not None
        assert (after.at, after.until, after.height) == (3700.0, moved, 0.5)


def test_an_order_is_tried_again_when_it_would_have_been() -> None:
    order = Order(Action.PAUSE, Cause.FAILURE, tries=2, next_try_at=30.0)
    after = shift_times(WatchState(intervention=Intervention(ordered=order)), -10.0).intervention.ordered
    assert after is not None
    assert (after.next_try_at, after.tries) == (20.0, 2)


def test_a_confirmed_failure_stands_since_it_was_seen() -> None:
    assert confirm(Latch(Level.FAILURE, since=5.0), 9.0).since == 5.0
    assert confirm(Latch(), 9.0).since == 9.0


def test_all_times_of_a_state_move_together() -> None:
    def at(moment: float) -> WatchState:
        return WatchState(
            printer_id="printer",
            since=moment,
            started_at=moment + 1,
            blind=Blind("no_snapshot", "", moment + 2, counted_from=moment + 3),
            blind_cameras=(Blind("no_snapshot", "", moment + 4, "left"),),
            intervention=Intervention(
                Countdown(Action.PAUSE, moment + 5, moment + 6),
                ordered=Order(Action.CANCEL, Cause.FAILURE, next_try_at=moment + 7),
            ),
            latch=Latch(Level.MAYBE, moment + 8, quiet_since=moment + 9),
            memory=Memory(judged_at=moment + 10, acceptance=Acceptance(moment + 11, moment + 12, 0.5)),
        )

    for seconds in (3600.0, -3600.0):
        assert shift_times(at(10_000.0), seconds) == at(10_000.0 + seconds)


class BehindClock(VirtualClock):
    """A clock of a machine that keeps no time while it is off, until the network tells it."""

    def __init__(self) -> None:
        super().__init__(START - YEARS)
        self.behind = 0.0

    def step(self) -> float:
        return self.behind

    def follow(self, step: float) -> None:
        self.time += step
        self.behind -= step


async def test_a_print_after_the_clock_was_put_right_while_nothing_ran_begins_when_it_does() -> None:
    """Its history would say that it took years."""
    clock = BehindClock()
    async with watching(ScriptedDetector([0.01]), WatchSettings(), clock=clock) as run:
        await run.idle_for(100)
        clock.behind = YEARS
        run.watch.start("print-1", "cube")
        assert START <= run.events[0].at < START + 1000
        await run.frames(2)
        assert run.watch.state.started_at == run.events[0].at
        assert run.watch.state.phase is Phase.WATCHING


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        (lambda watch: watch.answer(Answer.FAILURE), EventKind.ACKNOWLEDGED),
        (lambda watch: watch.end("cancelled"), EventKind.ENDED),
    ],
    ids=["answer", "end"],
)
async def test_what_is_said_of_a_paused_print_is_said_when_it_is(
    say: Callable[[Watch], None], kind: EventKind
) -> None:
    clock = BehindClock()
    async with watching(ScriptedDetector([0.01]), WatchSettings(), clock=clock) as run:
        run.watch.start("print-1", "cube")
        await run.frames(2)
        run.watch.pause()
        paused = run.watch.state
        clock.behind = YEARS
        say(run.watch)
        assert run.events[-1].kind is kind
        assert run.events[-1].at == pytest.approx(paused.since + YEARS)
        assert (run.watch.state.started_at is None) is (kind is EventKind.ENDED)
        if paused.started_at is not None and run.watch.state.started_at is not None:
            assert run.watch.state.started_at == pytest.approx(paused.started_at + YEARS)
