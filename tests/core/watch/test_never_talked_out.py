"""Nothing talks FailWatch out of a failure: a state machine over everything that can happen to a watch.

`FAILWATCH_STEPS=200000 pytest tests/core/watch/test_never_talked_out.py` takes as many steps as that.
"""

import os
from dataclasses import replace
from typing import NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from octoprint_failwatch.engine.errors import RateLimited, SnapshotError, Unavailable
from octoprint_failwatch.engine.judging.assessment import Answer
from octoprint_failwatch.engine.judging.failwatch_rules import SURE_LOOKS, FailWatchRules
from octoprint_failwatch.engine.judging.trend import Trend
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.serialization import from_json, to_json
from octoprint_failwatch.engine.watch import actions, transitions
from octoprint_failwatch.engine.watch.look import Camera, CameraAnswer, LookResult, combine
from octoprint_failwatch.engine.watch.look_outcome import look_answered, look_failed
from octoprint_failwatch.engine.watch.policy import Action, Cause, Policy
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import (
    SWITCHED_OFF,
    EventKind,
    Phase,
    Step,
    WatchState,
    present_level,
)
from tests.slow import RUNS_SLOW_TESTS


class Seen(NamedTuple):
    """What a detector says of one camera's picture."""

    p: float
    explained: float = 0.0
    moved: bool = False


async def no_picture() -> bytes:
    raise SnapshotError("gone")


STEPS = int(os.environ.get("FAILWATCH_STEPS", "20000" if RUNS_SLOW_TESTS else "5000"))
PER_RUN = 50
SURE = FailWatchRules().sure
SEEN = st.lists(
    st.none()
    | st.builds(
        Seen, p=st.floats(0, 1), explained=st.floats(0, 0.35), moved=st.sampled_from([False] * 9 + [True])
    ),
    min_size=1,
    max_size=3,
)
ALARMS = (EventKind.MAYBE, EventKind.FAILURE, EventKind.BLIND, EventKind.CAMERA_BLIND)
ANSWERED = -(10**9)
"""Sure looks in a row that count for nothing: the user has answered since they began."""


class Watched(RuleBasedStateMachine):
    """One printer's watch, and what an observer with a pencil knows of it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_700_000_000.0
        self.settings = WatchSettings(
            policy=Policy(
                on_failure=Action.PAUSE, veto=30.0, cancel_after=600.0, pause_when_blind_after=300.0
            )
        )
        self.state = WatchState(printer_id="printer")
        self.prints = 0
        self.sure = 0
        self.last_look = self.now
        self.under_way: tuple[LookResult, float] | None = None

    def take(self, step: Step | None) -> None:
        if step is None:
            return
        before = self.state
        self.state = step.state
        assert not (step.teaches and SWITCHED_OFF in before.holds), "learned while it was switched off"
        for event in step.events:
            if event.kind is EventKind.ACTION:
                assert before.intervention.ordered is not None, "told without having been ordered"
                assert event.detail == before.intervention.ordered.action
            if event.kind in ALARMS and not event.minor:
                assert not self.state.is_silent(self.now)
        ordered = self.state.intervention.ordered
        if step.order is not None and ordered is not None and ordered.cause is not Cause.USER:
            assert not self.state.is_silent(self.now), "acted in a silence"

    def due(self) -> None:
        for _ in range(10):
            step = actions.due_action(self.state, self.settings, self.now)
            if step is None:
                return
            self.take(step)

    @property
    def looks(self) -> bool:
        return self.state.phase in (Phase.WATCHING, Phase.BLIND) and "heating" not in self.state.holds

    @rule(seconds=st.floats(0, 4000))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.due()

    @rule(seconds=st.sampled_from([-90_000.0, -3600.0, 3600.0, 90_000.0]))
    def the_clock_is_put_right(self, seconds: float) -> None:
        self.now += seconds
        self.state = transitions.shift_times(self.state, seconds)
        self.under_way = None

    @rule()
    def start(self) -> None:
        self.prints += 1
        self.sure = 0
        self.under_way = None
        self.take(transitions.start_print(self.state, f"print-{self.prints}", "", self.now))

    @rule(another_print=st.booleans())
    def restart(self, another_print: bool) -> None:
        self.state = transitions.rest(from_json(WatchState, to_json(self.state)))
        self.under_way = None
        if another_print:
            self.start()
            assert not self.state.is_silent(self.now), "a silence outlasts its print"
        elif self.state.print_id is not None:
            self.take(transitions.resume_known_print(self.state, self.settings, self.now))

    @precondition(lambda self: self.state.phase in (Phase.WATCHING, Phase.BLIND))
    @rule()
    def pause(self) -> None:
        self.under_way = None
        self.take(transitions.pause(self.state, self.settings.policy, self.now))

    @precondition(lambda self: self.state.phase is Phase.PAUSED)
    @rule()
    def resume(self) -> None:
        asked = self.state.level is not Level.NONE or self.state.intervention.paused_at is not None
        self.take(transitions.resume(self.state, self.settings, self.now))
        if asked:
            self.sure = ANSWERED

    @precondition(lambda self: self.state.phase is Phase.PAUSED)
    @rule()
    def resume_after_clearing(self) -> None:
        self.take(transitions.answer(self.state, Answer.CLEARED, self.settings, self.now))
        self.take(transitions.resume(self.state, self.settings, self.now))
        self.sure = 0
        assert self.state.memory.acceptance is None, "whoever clears the mess accepts none"

    @precondition(lambda self: self.state.print_id is not None)
    @rule()
    def end(self) -> None:
        self.sure = 0
        self.under_way = None
        self.take(transitions.end_print(self.state, "done", self.now))

    @precondition(lambda self: "heating" not in self.state.holds)
    @rule()
    def hold(self) -> None:
        self.under_way = None
        self.take(transitions.hold(self.state, "heating"))

    @precondition(lambda self: "heating" in self.state.holds)
    @rule()
    def release(self) -> None:
        self.take(transitions.release(self.state, "heating", self.settings, self.now))

    @precondition(lambda self: SWITCHED_OFF not in self.state.holds)
    @rule()
    def the_file_switches_off(self) -> None:
        self.take(transitions.hold(self.state, SWITCHED_OFF))
        assert self.state.intervention.countdown is None, "acts although it is switched off"

    @precondition(lambda self: SWITCHED_OFF in self.state.holds)
    @rule()
    def the_file_switches_on(self) -> None:
        self.take(transitions.release(self.state, SWITCHED_OFF, self.settings, self.now))

    @precondition(lambda self: self.state.print_id is not None)
    @rule(said=st.sampled_from([Answer.NOT_A_FAILURE, Answer.FAILURE, Answer.CLEARED, Answer.WITHDRAWN]))
    def answer(self, said: Answer) -> None:
        accepted, stands = self.state.memory.acceptance, self.state.level is not Level.NONE
        if said is Answer.NOT_A_FAILURE and stands:
            self.sure = ANSWERED
        elif said in (Answer.CLEARED, Answer.WITHDRAWN):
            self.sure = 0
        self.take(transitions.answer(self.state, said, self.settings, self.now))
        if said is Answer.NOT_A_FAILURE and not stands:
            assert self.state.memory.acceptance is accepted, (
                "accepting that FailWatch is blind accepts no picture"
            )

    @precondition(lambda self: self.state.print_id is not None)
    @rule(muted=st.booleans(), seconds=st.none() | st.floats(1, 2000))
    def silence(self, muted: bool, seconds: float | None) -> None:
        until = None if seconds is None else self.now + seconds
        self.take(transitions.silence(self.state, self.settings, self.now, muted=muted, snoozed_until=until))

    @precondition(lambda self: self.state.print_id is not None)
    @rule(action=st.sampled_from([Action.PAUSE, Action.CANCEL]))
    def the_user_orders(self, action: Action) -> None:
        self.take(actions.give(self.state, action, Cause.USER))

    @rule(
        problem=st.sampled_from(["", "busy", "hangs"]), action=st.sampled_from([Action.PAUSE, Action.CANCEL])
    )
    def acted(self, problem: str, action: Action) -> None:
        self.take(actions.acted(self.state, action, self.settings.policy, self.now, problem))

    @rule(interval=st.sampled_from([5.0, 10.0, 30.0]), quorum=st.integers(1, 2))
    def settings_are_saved(self, interval: float, quorum: int) -> None:
        self.under_way = None
        cadence = replace(self.settings.cadence, interval=interval)
        self.settings = replace(self.settings, cadence=cadence, quorum=quorum)

    @rule(baseline=st.floats(0, 0.35), fixture=st.floats(0, 0.35))
    def something_was_learned(self, baseline: float, fixture: float) -> None:
        trend = replace(self.state.memory.trend, baseline=baseline, fixture=fixture, fixture_prints=3)
        assert isinstance(trend, Trend)
        self.state = replace(self.state, memory=replace(self.state.memory, trend=trend))

    @precondition(lambda self: self.looks)
    @rule(
        error=st.sampled_from([Unavailable("down"), SnapshotError("gone"), RateLimited("", retry_after=9.0)])
    )
    def look_fails(self, error: Exception) -> None:
        self.now += 10
        self.take(look_failed(self.state, self.settings, error, cameras=1, now=self.now))  # type: ignore[arg-type]

    @precondition(lambda self: self.looks)
    @rule(seen=SEEN, times=st.integers(1, 12))
    def looks_answered(self, seen: list[Seen | None], times: int) -> None:
        self._look(seen, times)

    @precondition(lambda self: self.looks)
    @rule(p=st.floats(SURE, 1), explained=st.floats(0, 0.35), cameras=st.integers(1, 3))
    def mess_for_ten_looks(self, p: float, explained: float, cameras: int) -> None:
        self._look([Seen(p, explained)] * cameras, SURE_LOOKS)

    @precondition(lambda self: self.looks and self.under_way is None)
    @rule(seen=SEEN)
    def a_look_begins(self, seen: list[Seen | None]) -> None:
        self.under_way = self._result(seen), self.now

    @precondition(lambda self: self.under_way is not None)
    @rule(latency=st.floats(0, 29))
    def its_answer_comes_late(self, latency: float) -> None:
        assert self.under_way is not None
        result, started = self.under_way
        self.now += latency
        self._judge(result, started)
        self.due()

    def _look(self, seen: list[Seen | None], times: int) -> None:
        if self.under_way is not None:
            self._judge(*self.under_way)
        for _ in range(times):
            self.now += self.settings.cadence.interval
            self.due()
            if not self.looks:
                return
            self._judge(self._result(seen), self.now)
        self.due()

    def _result(self, seen: list[Seen | None]) -> LookResult:
        """What comes of a look; a camera of which nothing was seen has failed, though not all may."""
        answers, failed = [], []
        for number, one in enumerate(seen):
            name = f"camera {number}"
            if one is None and any(seen):
                failed.append((Camera(no_picture, name), SnapshotError("gone")))
                continue
            p, explained, moved = one or Seen(0.0)
            frame = Frame(b"", self.now, "printer", self.state.print_id or "", name)
            answers.append(CameraAnswer(frame, Detection(p, explained=min(explained, p), moved=moved)))
        return combine(answers, failed, self.settings.quorum)

    def _judge(self, result: LookResult, started: float) -> None:
        self.under_way = None
        self.take(
            look_answered(self.state, self.settings, result, started=started, now=self.now, latency=0.1)
        )
        ps = sorted((one.detection.p for one in result.seen), reverse=True)
        agreed = ps[min(self.settings.quorum, len(ps)) - 1]
        self._count(agreed >= SURE, result.seen[0].frame.taken_at)
        self.a_sure_failure_is_shown()

    def _count(self, is_sure: bool, at: float) -> None:
        """Count sure looks in a row; looks that follow at once on one another are one look."""
        apart, self.last_look = at - self.last_look, at
        if not is_sure:
            self.sure = 0
        elif apart >= 5:
            self.sure += 1

    @invariant()
    def a_sure_failure_is_shown(self) -> None:
        if self.sure >= SURE_LOOKS:
            assert present_level(self.state) is Level.FAILURE, self.state.memory

    @invariant()
    def what_stands_and_is_not_silent_was_told(self) -> None:
        state = self.state
        if state.print_id is not None and state.phase is not Phase.IDLE and not state.is_silent(self.now):
            snoozed = state.snoozed_until is not None
            assert snoozed or state.told is state.level, (state.told, state.level)
            blind = [*state.blind_cameras, *([state.blind] if state.blind else [])]
            assert snoozed or not any(one.held_back for one in blind)

    @invariant()
    def a_print_is_looked_at_unless_a_hold_forbids_it(self) -> None:
        if self.state.phase in (Phase.WATCHING, Phase.BLIND):
            assert (self.state.next_look_at is not None) == self.looks

    @invariant()
    def nothing_is_left_of_a_print_that_is_over(self) -> None:
        state = self.state
        if state.print_id is None:
            assert state.level is Level.NONE
            assert not state.muted
            assert state.snoozed_until is None
            assert state.memory.acceptance is None
            assert state.intervention.countdown is None

    @invariant()
    def a_cancel_follows_only_a_pause_that_happened(self) -> None:
        countdown = self.state.intervention.countdown
        if countdown is not None and countdown.cause.value == "unanswered":
            assert self.state.intervention.paused_at is not None

    @invariant()
    def nothing_comes_behind_the_back_of_whoever_paused(self) -> None:
        countdown = self.state.intervention.countdown
        if self.state.phase is Phase.PAUSED and countdown is not None:
            assert countdown.cause is Cause.UNANSWERED


Watched.TestCase.settings = settings(
    max_examples=max(1, STEPS // PER_RUN),
    stateful_step_count=PER_RUN,
    suppress_health_check=list(HealthCheck),
)
TestWatched = Watched.TestCase
