"""A watch through the life of prints."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import asdict, replace

import pytest

from octoprint_failwatch.engine.clients.http import REQUEST_TIMEOUT
from octoprint_failwatch.engine.errors import NotAuthorised, RateLimited, SnapshotError, Unavailable
from octoprint_failwatch.engine.imaging.visibility import VisibilityLimits
from octoprint_failwatch.engine.judging.assessment import Answer
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.verdict import Level, Verdict
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.serialization import from_json, to_json
from octoprint_failwatch.engine.sources.source import ReadOptions
from octoprint_failwatch.engine.watch.cadence import Cadence
from octoprint_failwatch.engine.watch.look import Camera
from octoprint_failwatch.engine.watch.policy import Action, Policy
from octoprint_failwatch.engine.watch.settings import LEAST_GAP, WatchSettings, gap_after
from octoprint_failwatch.engine.watch.state import Event, EventKind, Phase, WatchState
from tests.core.watching import (
    START,
    Host,
    ScriptedDetector,
    VirtualClock,
    Watched,
    live_camera,
    picture,
    watching,
)
from tests.patience import PATIENCE

PAUSING = WatchSettings(policy=Policy(on_failure=Action.PAUSE))


def failing(after: int = 5) -> ScriptedDetector:
    """Return a detector that sees a failure from some frame on."""
    return ScriptedDetector([0.01] * after + [1.0])


async def test_a_failing_print_is_paused_once() -> None:
    """Good frames say nothing, bad ones raise maybe, then failure, then one pause."""
    async with watching(failing(), PAUSING) as run:
        run.watch.start("print-1", "benchy")
        action = await run.told(EventKind.ACTION)
        assert action.detail == "pause"
        assert run.kinds() == [EventKind.STARTED, EventKind.MAYBE, EventKind.FAILURE, EventKind.ACTION]
        await run.frames(40)
        assert run.kinds().count(EventKind.ACTION) == 1
        assert run.watch.state.level is Level.FAILURE
        assert "looks much worse than normal" in run.watch.state.latch.verdict.reason


async def test_frames_carry_who_and_what() -> None:
    """The detector is told the printer and the print."""
    detector = failing()
    async with watching(detector) as run:
        run.watch.start("print-1")
        await run.told(EventKind.FAILURE)
        assert {(frame.printer_id, frame.print_id) for frame in detector.frames} == {("printer", "print-1")}
        assert [frame.taken_at - START for frame in detector.frames[:4]] == [0, 10, 20, 30]


async def test_the_user_may_say_no_before_the_pause() -> None:
    """An announced pause is off after "not a failure", and the same level alarms no more."""
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, veto=30))
    async with watching(failing(), settings) as run:
        run.watch.start("print-1")
        countdown = await run.told(EventKind.COUNTDOWN)
        assert run.watch.state.intervention.countdown.due_at == countdown.at + 30
        run.watch.answer(Answer.NOT_A_FAILURE)
        await run.frames(60)
        assert EventKind.ACTION not in run.kinds()
        assert run.watch.state.level is Level.NONE


async def test_an_unanswered_veto_becomes_a_pause() -> None:
    """Without an answer the announced pause comes, even while a look hangs."""
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, veto=30))
    async with watching(failing(), settings) as run:
        run.watch.start("print-1")
        countdown = await run.told(EventKind.COUNTDOWN)
        action = await run.told(EventKind.ACTION)
        assert action.at == pytest.approx(countdown.at + 30)


async def test_resuming_says_not_a_failure() -> None:
    """Whoever resumes has looked: the level falls, and this print is not paused again."""
    async with watching(failing(), PAUSING) as run:
        run.watch.start("print-1")
        await run.told(EventKind.ACTION)
        run.watch.pause()
        assert run.watch.state.phase is Phase.PAUSED
        run.watch.resume()
        assert run.watch.state.level is Level.NONE
        assert run.kinds()[-1] is EventKind.ACKNOWLEDGED
        await run.frames(100)
        assert run.kinds().count(EventKind.ACTION) == 1


async def test_an_unanswered_pause_becomes_a_cancel() -> None:
    """The cancel comes while the print stands paused."""
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, cancel_after=600))
    async with watching(failing(), settings) as run:
        run.watch.start("print-1")
        paused = await run.told(EventKind.ACTION)
        run.watch.pause()
        await run.until(lambda: run.kinds().count(EventKind.ACTION) == 2)
        assert (run.events[-1].detail, run.events[-1].at) == ("cancel", pytest.approx(paused.at + 600))
        assert run.host.acted[1] == (Action.CANCEL, pytest.approx(paused.at + 600))
        assert EventKind.CALLED_OFF not in run.kinds(), "it was FailWatch that paused"


async def test_nothing_is_looked_at_while_paused_or_held() -> None:
    """Paused and held prints cost no call."""
    detector = ScriptedDetector([0.0])
    async with watching(detector) as run:
        run.watch.hold("heating")
        run.watch.start("print-1")
        await run.idle_for(60)
        assert not detector.frames
        run.watch.release("heating")
        await run.frames(2)
        run.watch.pause()
        looked = len(detector.frames)
        await run.idle_for(60)
        assert len(detector.frames) == looked
        run.watch.resume()
        await run.frames(4)
        assert EventKind.ACKNOWLEDGED not in run.kinds()


async def test_an_answer_after_the_end_is_dropped() -> None:
    """The next print starts without the last one's late answer."""
    asked, release = asyncio.Event(), asyncio.Event()

    class Slow(ScriptedDetector):
        async def detect(self, frame: Frame) -> Detection:
            if not asked.is_set():
                asked.set()
                await release.wait()
            return await super().detect(frame)

    detector = Slow([1.0])
    async with watching(detector) as run:
        run.watch.start("print-1")
        await asked.wait()
        run.watch.end("cancelled")
        run.watch.start("print-2")
        release.set()
        await run.frames(3)
        assert {frame.print_id for frame in detector.frames} == {"print-2"}
        statistics = run.watch.state.memory.statistics
        assert statistics.prediction_num == statistics.prediction_num_lifetime


async def test_an_answer_that_comes_while_no_print_runs_is_dropped() -> None:
    """The next print is some time off, and nothing may be told of the one that is over."""
    asked, release, dropped = asyncio.Event(), asyncio.Event(), asyncio.Event()

    class Slow(ScriptedDetector):
        async def detect(self, frame: Frame) -> Detection:
            asked.set()
            try:
                await release.wait()
            except asyncio.CancelledError:
                dropped.set()
                raise
            return await super().detect(frame)

    async with watching(Slow([1.0])) as run:
        run.watch.start("print-1")
        await asked.wait()
        run.watch.end("cancelled")
        async with asyncio.timeout(PATIENCE):
            await dropped.wait()
        release.set()
        await run.idle_for(60)
        assert run.watch.state.memory.statistics.prediction_num_lifetime == 0
        assert run.kinds()[-1] is EventKind.ENDED


async def test_a_new_print_keeps_the_printer() -> None:
    """Counters of the print start anew, those of the printer go on."""
    async with watching(ScriptedDetector([0.1])) as run:
        run.watch.start("print-1")
        await run.frames(5)
        run.watch.end("done")
        assert run.watch.state.phase is Phase.IDLE
        lifetime = run.watch.state.memory.statistics.prediction_num_lifetime
        run.watch.start("print-2")
        assert run.watch.state.memory.statistics.prediction_num == 0
        assert run.watch.state.memory.statistics.ewm_mean == 0
        await run.frames(1)
        assert run.watch.state.memory.statistics.prediction_num_lifetime == lifetime + 1


async def test_a_restart_goes_on_where_it_was() -> None:
    """The state goes through JSON and the same print goes on, without a start being told again."""
    async with watching(failing(), PAUSING) as run:
        run.watch.start("print-1")
        await run.told(EventKind.ACTION)
        stored = to_json(run.watch.state)
    state = from_json(WatchState, stored)
    async with watching(
        ScriptedDetector([1.0]), PAUSING, state=state, clock=VirtualClock(START + 1000)
    ) as run:
        run.watch.start("print-1")
        assert EventKind.STARTED not in run.kinds()
        assert run.watch.state.level is Level.FAILURE
        before = state.memory.statistics.prediction_num
        await run.frames(before + 2)
        assert EventKind.ACTION not in run.kinds()


@pytest.mark.parametrize("cancel_after", [None, 500.0], ids=["coming pause", "coming cancel"])
async def test_what_ran_out_while_nobody_watched_comes_in_full_after_a_restart(
    cancel_after: float | None,
) -> None:
    """Announced again, with all of its time: neither let loose at once nor forgotten."""
    policy = Policy(on_failure=Action.PAUSE, veto=0 if cancel_after else 60, cancel_after=cancel_after)
    settings = replace(PAUSING, policy=policy)
    async with watching(failing(), settings) as run:
        run.watch.start("print-1")
        await run.told(EventKind.COUNTDOWN)
        if cancel_after:
            run.watch.pause()
        state = from_json(WatchState, to_json(run.watch.state))
    later = VirtualClock(START + 100_000)
    async with watching(ScriptedDetector([1.0]), settings, state=state, clock=later) as run:
        await run.idle_for(1000)
        assert run.events == []
        run.watch.start("print-1")
        if cancel_after:
            run.watch.pause()
        countdown = await run.told(EventKind.COUNTDOWN)
        action = await run.told(EventKind.ACTION)
        assert action.detail == ("cancel" if cancel_after else "pause")
        assert action.at == countdown.at + (cancel_after or 60)
        assert run.kinds().count(EventKind.COUNTDOWN) == 1


async def test_neither_a_quick_restart_nor_saved_settings_restart_a_countdown() -> None:
    """It comes when it was announced for."""
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, veto=300))
    async with watching(failing(), settings) as run:
        run.watch.start("print-1")
        announced = await run.told(EventKind.COUNTDOWN)
        await run.watch.replace(run.watch.setup)
        state = from_json(WatchState, to_json(run.watch.state))
        soon = VirtualClock(run.clock.time + 20)
    async with watching(ScriptedDetector([1.0]), settings, state=state, clock=soon) as run:
        run.watch.start("print-1")
        action = await run.told(EventKind.ACTION)
        assert EventKind.COUNTDOWN not in run.kinds()
        assert action.at == pytest.approx(announced.at + 300)


@pytest.mark.parametrize("answer", ["mute", "snooze"])
async def test_a_silence_holds_back_telling_and_acting_but_not_judging(answer: str) -> None:
    """The level is shown all along; when the silence ends it is told, and acted on with time to say no."""
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, veto=30))
    async with watching(failing(), settings) as run:
        run.watch.start("print-1")
        if answer == "mute":
            run.watch.mute()
        else:
            run.watch.snooze(2000)
        await run.frames(60)
        assert run.watch.state.level is Level.FAILURE
        assert run.kinds() == [EventKind.STARTED, EventKind.MAYBE, EventKind.FAILURE]
        assert all(event.minor for event in run.events[1:])
        if answer == "mute":
            run.watch.mute(False)
        countdown = await run.told(EventKind.COUNTDOWN)
        action = await run.told(EventKind.ACTION)
        assert action.at == pytest.approx(countdown.at + 30)
        told = [event for event in run.events if event.kind is EventKind.FAILURE and not event.minor]
        assert len(told) == 1


async def test_a_cancel_does_not_come_behind_the_back_of_whoever_paused() -> None:
    """It is called off, and that is told; after the resume the print is watched and cancelled as before."""
    settings = replace(PAUSING, policy=Policy(on_failure=Action.CANCEL, veto=60))
    async with watching(
        ScriptedDetector([0.01] * 5 + [1.0] * 30 + [0.01] * 100 + [1.0] * 100), settings
    ) as run:
        run.watch.start("print-1")
        countdown = await run.told(EventKind.COUNTDOWN)
        assert countdown.detail == "cancel"
        run.watch.pause()
        called_off = run.events[-1]
        assert (called_off.kind, called_off.detail) == (EventKind.CALLED_OFF, "cancel")
        assert run.watch.state.level is Level.FAILURE
        await run.idle_for(5000)
        assert not run.host.acted
        run.watch.answer(Answer.CLEARED)
        run.watch.resume()
        cancelled = await run.told(EventKind.ACTION)
        assert (cancelled.detail, run.host.acted[0][0]) == ("cancel", Action.CANCEL)


async def test_a_cancel_that_failed_is_not_tried_again_once_somebody_paused() -> None:
    """The order was given while it printed, and the printer was busy."""
    settings = replace(PAUSING, policy=Policy(on_failure=Action.CANCEL))
    host = Host()
    host.problems = ["busy"] * 100
    async with watching(failing(), settings, host=host) as run:
        run.watch.start("print-1")
        await run.told(EventKind.ACTION_FAILED)
        tries = len(host.acted)
        run.watch.pause()
        assert run.events[-1].kind is EventKind.CALLED_OFF
        await run.idle_for(5000)
        assert len(host.acted) == tries


async def test_a_silence_that_ends_over_a_paused_print_tells_and_pauses_nothing() -> None:
    """The user's own pause must not become one by FailWatch, after which an unanswered print is cancelled."""
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, cancel_after=60))
    async with watching(failing(), settings) as run:
        run.watch.start("print-1")
        run.watch.mute()
        await run.frames(60)
        run.watch.pause()
        run.watch.mute(False)
        assert run.events[-1].kind is EventKind.FAILURE
        assert not run.events[-1].minor
        assert run.watch.state.told is Level.FAILURE
        intervention = run.watch.state.intervention
        assert intervention.countdown is None
        assert intervention.ordered is None


async def test_muting_ends_with_the_print() -> None:
    """The next print is watched again."""
    async with watching(failing()) as run:
        run.watch.start("print-1")
        run.watch.mute()
        assert run.watch.state.muted
        run.watch.end("done")
        run.watch.start("print-2")
        assert not run.watch.state.muted
        await run.told(EventKind.FAILURE)


async def test_three_looks_without_an_answer_are_blindness() -> None:
    """Blind is told once, with a reason, and cleared once."""
    detector = ScriptedDetector([0.0] + [Unavailable("refused")] * 6 + [0.0])
    async with watching(detector) as run:
        run.watch.start("print-1")
        blind = await run.told(EventKind.BLIND)
        assert blind.detail == "unavailable"
        assert run.watch.state.phase is Phase.BLIND
        assert run.watch.state.blind.detail == "refused"
        assert len(detector.frames) == 4
        await run.told(EventKind.SEEING)
        assert run.kinds().count(EventKind.BLIND) == 1
        assert run.watch.state.phase is Phase.WATCHING
        assert run.watch.state.blind is None


@pytest.mark.parametrize("error", [NotAuthorised("token"), RateLimited("hot", retry_after=77)])
async def test_what_waiting_cannot_mend_is_blindness_at_once(error: Exception) -> None:
    """A refused token shows after one look, and Retry-After is kept to."""
    detector = ScriptedDetector([error, 0.0])
    async with watching(detector) as run:
        run.watch.start("print-1")
        await run.told(EventKind.BLIND)
        await run.told(EventKind.SEEING)
        waited = detector.frames[1].taken_at - detector.frames[0].taken_at
        assert waited == pytest.approx(77 if isinstance(error, RateLimited) else 10)


async def test_a_frozen_camera_is_noticed() -> None:
    """The same bytes again and again are no pictures of a running print."""
    same = picture(1)

    async def snapshot() -> bytes:
        return same

    async with watching(ScriptedDetector([0.0]), cameras=[Camera(snapshot)]) as run:
        run.watch.start("print-1")
        assert (await run.told(EventKind.BLIND)).detail == "frozen"


async def test_a_camera_that_gave_the_same_picture_before_a_print_is_not_frozen_in_it() -> None:
    """Nobody told that the print before was over; of this one nothing has been seen yet."""

    async def snapshot() -> bytes:
        return picture(1)

    detector, frozen_after = ScriptedDetector([0.0]), VisibilityLimits().frozen_after
    async with watching(detector, cameras=[Camera(snapshot)]) as run:
        run.watch.start("print-1")
        await run.frames(frozen_after - 1)
        run.watch.start("print-2")
        before = len(detector.frames)
        await run.told(EventKind.BLIND)
        assert len(detector.frames) - before == frozen_after


async def test_a_dark_camera_is_noticed_and_costs_no_call() -> None:
    """A picture in which nothing can be seen is not sent."""
    numbers = itertools.count()

    async def snapshot() -> bytes:
        return picture(next(numbers) % 3, brightness=1, size=(640, 480))

    detector = ScriptedDetector([0.0])
    async with watching(detector, cameras=[Camera(snapshot)]) as run:
        run.watch.start("print-1")
        assert (await run.told(EventKind.BLIND)).detail == "dark"
        assert not detector.frames


async def test_long_blindness_pauses_by_choice() -> None:
    """After the chosen minutes without a picture the print is paused."""

    async def snapshot() -> bytes:
        raise SnapshotError("no route to the camera")

    settings = WatchSettings(policy=Policy(pause_when_blind_after=300))
    async with watching(ScriptedDetector([0.0]), settings, cameras=[Camera(snapshot)]) as run:
        run.watch.start("print-1")
        blind = await run.told(EventKind.BLIND)
        action = await run.told(EventKind.ACTION)
        assert action.at >= blind.at + 300
        assert "no route" in run.watch.state.blind.detail


async def test_two_cameras_and_a_quorum() -> None:
    """With a quorum of two, one camera alone cannot raise p; a broken one is named."""

    async def broken() -> bytes:
        raise SnapshotError("unplugged")

    settings = WatchSettings(quorum=2)
    cameras = [live_camera("left"), live_camera("right"), Camera(broken, "top")]
    async with watching(ScriptedDetector(itertools.cycle([1.0, 0.1])), settings, cameras) as run:
        run.watch.start("print-1")
        await run.frames(3)
        look = run.watch.state.look
        assert look.p == 0.1
        assert [view.problem for view in look.views] == ["", "", "unplugged"]
        assert [view.reason for view in look.views] == ["", "", "no_snapshot"]
        assert run.watch.state.phase is Phase.WATCHING


async def test_cameras_are_asked_at_the_same_time() -> None:
    """One that takes long does not keep another from being asked."""
    second_was_asked = asyncio.Event()
    first, second = live_camera("first"), live_camera("second")

    async def waits() -> bytes:
        await second_was_asked.wait()
        return await first.snapshot()

    async def asked() -> bytes:
        second_was_asked.set()
        return await second.snapshot()

    cameras = [Camera(waits, "first"), Camera(asked, "second")]
    async with watching(ScriptedDetector([0.0]), WatchSettings(look_timeout=PATIENCE), cameras) as run:
        run.watch.start("print-1")
        await run.frames(2)
        assert [view.camera for view in run.watch.state.look.views] == ["first", "second"]


async def test_a_detector_that_never_answers_is_too_slow() -> None:
    """The reason says that it is not simply down."""

    class Stuck(ScriptedDetector):
        async def detect(self, frame: Frame) -> Detection:
            await asyncio.Event().wait()
            return await super().detect(frame)

    async with watching(Stuck([0.0]), WatchSettings(look_timeout=0.01)) as run:
        run.watch.start("print-1")
        assert (await run.told(EventKind.BLIND)).detail == "timed_out"


async def test_an_hours_budget_that_is_used_up_is_waited_for_and_nobody_is_told() -> None:
    """Three cameras have two looks an hour; each hold that ends asks for one more, as a resume does."""
    settings = WatchSettings(cadence=Cadence(interval=100, calls_per_hour=8))
    detector = ScriptedDetector([0.0])
    async with watching(detector, settings, [live_camera(f"camera {n}", 100 * n) for n in range(3)]) as run:
        run.watch.start("print-1")
        for looks in range(1, 8):
            await run.frames(looks)
            run.watch.hold("heating")
            run.watch.release("heating")
        hours = [int(frame.taken_at // 3600) for frame in detector.frames]
        assert [hours.count(hour) for hour in sorted(set(hours))] == [6, 6, 6, 3]
        assert EventKind.BLIND not in run.kinds()


async def test_a_budget_slows_only_a_service_that_counts() -> None:
    """The built-in detector looks as often as it should, whatever budget a service had before."""
    settings = WatchSettings(cadence=Cadence(interval=10, calls_per_hour=60, calls_per_month=5))

    async def gaps(watch: Watched, detector: ScriptedDetector) -> set[float]:
        await watch.until(lambda: len(detector.frames) > 20)
        return {round(b.taken_at - a.taken_at) for a, b in itertools.pairwise(detector.frames)}

    detector, another = ScriptedDetector([0.0], metered=False), ScriptedDetector([0.0], metered=False)
    async with watching(detector, settings) as run:
        run.watch.start("print-1")
        assert await gaps(run, detector) == {10}
        await run.watch.replace(replace(run.watch.setup, detector=another))
        assert await gaps(run, another) == {10}
        counting = ScriptedDetector([0.0])
        await run.watch.replace(replace(run.watch.setup, detector=counting))
        assert (await run.told(EventKind.BLIND)).detail == "rate_limited"
        assert not counting.frames


async def test_who_changes_the_settings_waits_no_longer_than_they_say() -> None:
    """A service that wants to be left alone for hours is not the one that was chosen instead of it."""
    async with watching(ScriptedDetector([0.0, RateLimited("Later.", retry_after=36_000)])) as run:
        run.watch.start("print-1")
        await run.told(EventKind.BLIND)
        changed, another = run.clock.time, ScriptedDetector([0.0], metered=False)
        await run.watch.replace(replace(run.watch.setup, detector=another))
        seeing = await run.told(EventKind.SEEING)
        assert seeing.at <= changed + 11


def test_how_a_print_is_watched_unless_somebody_chooses() -> None:
    settings = WatchSettings()
    assert (settings.quorum, settings.blind_after, settings.cadence.interval) == (1, 3, 10)
    assert asdict(settings.latch_times) == {"clear_maybe": 120, "clear_failure": 600, "cooldown": 90}
    assert settings.look_timeout == 30
    assert settings.look_timeout > REQUEST_TIMEOUT, "whoever does not answer is told so, not cut off"
    assert ReadOptions().total < settings.look_timeout


def test_from_three_intervals_on_nobody_was_looking() -> None:
    assert [gap_after(interval) for interval in (1, 10, 100)] == [LEAST_GAP, LEAST_GAP, 300]
    assert LEAST_GAP == 60


async def test_without_a_print_nothing_ends() -> None:
    async with watching(failing()) as run:
        run.watch.end("done")
        run.watch.start("print-1")
        await run.told(EventKind.FAILURE)
        run.watch.end("done")
        run.watch.end("done again")
        assert [event.detail for event in run.events if event.kind is EventKind.ENDED] == ["done"]


@pytest.mark.parametrize(("p", "interval"), [(0.21, 60.0), (0.25, 10.0), (0.39, 10.0)])
async def test_a_print_is_calm_below_half_of_what_makes_a_doubt(p: float, interval: float) -> None:
    """Each look counts, and not only the mean, which follows it."""
    settings = WatchSettings(cadence=Cadence(interval=10, calm_interval=60))
    async with watching(ScriptedDetector([0.02, 0.02, 0.02, 0.02, p]), settings) as run:
        run.watch.start("print-1")
        await run.frames(5)
        state = next(state for state in run.states if state.look is not None and state.look.number == 5)
        assert state.next_look_at == pytest.approx(state.look.at + interval, abs=0.5)


async def test_a_calm_print_is_looked_at_less_often() -> None:
    """The interval is long while nothing is suspected, short as soon as p rises."""
    settings = WatchSettings(cadence=Cadence(interval=10, calm_interval=60))
    detector = failing(5)
    async with watching(detector, settings) as run:
        run.watch.start("print-1")
        await run.frames(8)
        gaps = [b.taken_at - a.taken_at for a, b in itertools.pairwise(detector.frames)]
        assert gaps[:7] == [60] * 5 + [10] * 2


async def test_check_now_looks_at_once() -> None:
    """The button does not wait for the interval."""
    detector = ScriptedDetector([0.0])
    async with watching(detector, WatchSettings(cadence=Cadence(interval=1000))) as run:
        run.watch.start("print-1")
        await run.frames(1)
        before = run.clock.time
        run.watch.check_now()
        await run.frames(2)
        assert detector.frames[1].taken_at - before < 1000


async def test_a_pause_by_hand_takes_the_place_of_a_coming_one() -> None:
    """FailWatch does not pause what is paused, and does not cancel it later either."""
    policy = Policy(on_failure=Action.PAUSE, veto=60, cancel_after=300)
    async with watching(failing(), replace(PAUSING, policy=policy)) as run:
        run.watch.start("print-1")
        await run.told(EventKind.COUNTDOWN)
        run.watch.pause()
        assert run.watch.state.intervention.countdown is None
        await run.idle_for(1000)
        assert EventKind.ACTION not in run.kinds()


@pytest.mark.parametrize("phase", [Phase.PAUSED, Phase.IDLE])
async def test_what_ends_a_hold_starts_no_look(phase: Phase) -> None:
    """Heated up, but the print is paused, or none runs."""
    detector = failing()
    async with watching(detector) as run:
        if phase is Phase.PAUSED:
            run.watch.start("print-1")
            await run.frames(2)
        run.watch.hold("heating")
        run.watch.pause()
        asked = len(detector.frames)
        run.watch.release("heating")
        await run.idle_for(100)
        assert run.watch.state.phase is phase
        assert len(detector.frames) == asked


BLIND_PAUSING = WatchSettings(policy=Policy(pause_when_blind_after=600, veto=60))


async def test_blindness_pauses_in_time_however_long_the_service_wants_to_be_left_alone() -> None:
    """The next look is hours away, the pause is not."""
    async with watching(ScriptedDetector([RateLimited("Later.", retry_after=36_000)]), BLIND_PAUSING) as run:
        run.watch.start("print-1")
        blind = await run.told(EventKind.BLIND)
        action = await run.told(EventKind.ACTION)
        assert action.at == pytest.approx(blind.at + 600 + 60)


@pytest.mark.parametrize("stop", ["pause", "hold"])
async def test_time_without_looks_is_not_time_in_which_failwatch_was_blind(stop: str) -> None:
    """Whoever comes back to a paused print finds it watched, not about to be paused at once."""
    async with watching(ScriptedDetector([0.01, Unavailable("down")]), BLIND_PAUSING) as run:
        run.watch.start("print-1")
        await run.told(EventKind.BLIND)
        if stop == "pause":
            run.watch.pause()
        else:
            run.watch.hold("heating")
        await run.idle_for(5000)
        assert EventKind.COUNTDOWN not in run.kinds()
        goes_on = run.clock.time
        if stop == "pause":
            run.watch.resume()
        else:
            run.watch.release("heating")
        countdown = await run.told(EventKind.COUNTDOWN)
        assert countdown.at >= goes_on + 600


async def test_a_short_hold_begins_the_quiet_time_anew() -> None:
    """What was good before it proves nothing after it."""
    async with watching(ScriptedDetector([0.01] * 5 + [1.0] * 20 + [0.0])) as run:
        run.watch.start("print-1")
        await run.told(EventKind.FAILURE)
        await run.until(lambda: run.watch.state.latch.quiet_since is not None)
        run.watch.hold("heating")
        run.watch.release("heating")
        released = run.clock.time
        assert run.watch.state.latch.quiet_since is None
        await run.frames(run.watch.state.memory.statistics.prediction_num + 1)
        cleared = await run.told(EventKind.CLEARED)
        assert cleared.at >= released + WatchSettings().latch_times.clear_failure


async def test_going_on_blind_by_choice() -> None:
    """Whoever says no to the pause is not asked again, until FailWatch has seen in between."""
    script = [Unavailable("down")] * 200 + [0.01] + [Unavailable("down")]

    class Answering(Host):
        def report(self, state: WatchState, events: Sequence[Event]) -> None:
            first = not any(event.kind is EventKind.COUNTDOWN for event in self.events)
            super().report(state, events)
            if first and any(event.kind is EventKind.COUNTDOWN for event in events):
                asyncio.get_running_loop().call_soon(run.watch.answer, Answer.NOT_A_FAILURE)

    async with watching(ScriptedDetector(script), BLIND_PAUSING, host=Answering()) as run:
        run.watch.start("print-1")
        await run.told(EventKind.SEEING)
        assert run.kinds().count(EventKind.COUNTDOWN) == 1
        assert EventKind.ACTION not in run.kinds()
        await run.told(EventKind.ACTION)
        assert run.kinds().count(EventKind.COUNTDOWN) == 2


async def test_a_muted_print_is_not_paused_for_blindness() -> None:
    """The user asked not to be bothered."""
    async with watching(ScriptedDetector([Unavailable("down")]), BLIND_PAUSING) as run:
        run.watch.start("print-1")
        run.watch.mute()
        await run.told(EventKind.BLIND)
        await run.idle_for(20_000)
        assert EventKind.COUNTDOWN not in run.kinds()


async def test_a_gap_is_no_evidence() -> None:
    """One good frame before a long blindness and one after it clear no failure."""
    script = [0.01] * 5 + [1.0] * 20 + [0.0] * 15 + [Unavailable("down")] * 30 + [0.0]
    async with watching(ScriptedDetector(script)) as run:
        run.watch.start("print-1")
        await run.told(EventKind.FAILURE)
        seeing = await run.told(EventKind.SEEING)
        cleared = await run.told(EventKind.CLEARED)
        assert cleared.at >= seeing.at + WatchSettings().latch_times.clear_failure


async def test_a_look_that_is_dropped_before_it_begins_is_not_the_last() -> None:
    """Paused in the very moment in which a look was due: the watch looks again when it goes on."""

    class Interfering(VirtualClock):
        async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
            if run.watch._looking is not None and not self.interfered:
                self.interfered = True
                run.watch.pause()
                run.watch.resume()
            await super().wait(event, seconds)

        interfered = False

    async with watching(ScriptedDetector([0.0]), clock=Interfering()) as run:
        run.watch.start("print-1")
        await run.frames(3)


async def test_an_answer_about_another_print_is_dropped() -> None:
    """A print begins while the last one's picture is still looked at."""
    late, asked = asyncio.Event(), asyncio.Event()

    class Slow(ScriptedDetector):
        async def detect(self, frame: Frame) -> Detection:
            if frame.print_id == "print-1":
                asked.set()
                await late.wait()
                return Detection(0.9)
            return await super().detect(frame)

    async with watching(Slow([0.1])) as run:
        run.watch.start("print-1")
        await asked.wait()
        run.watch.start("print-2")
        late.set()
        await run.frames(3)
        looked = [state.look for state in run.states if state.look is not None]
        assert {look.p for look in looked} == {0.1}
        assert run.watch.state.look.number == 3


async def test_no_look_goes_on_when_the_watch_has_ended() -> None:
    """The host closes the detector then, which may still have to tidy up after the look."""
    asked, tidied = asyncio.Event(), asyncio.Event()

    class Tidy(ScriptedDetector):
        async def detect(self, frame: Frame) -> Detection:
            asked.set()
            try:
                return await asyncio.Future()
            finally:
                for _ in range(20):
                    await asyncio.sleep(0)
                tidied.set()

    async with watching(Tidy([0.0]), WatchSettings(look_timeout=None)) as run:
        run.watch.start("print-1")
        await asked.wait()
    assert tidied.is_set()


@pytest.mark.parametrize("answer", ["mute", "snooze"])
async def test_an_end_of_silence_takes_nothing_back(answer: str) -> None:
    """An automation that unmutes what is not muted ends neither the alarm nor the coming pause."""
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, veto=600))
    async with watching(failing(), settings) as run:
        run.watch.snooze(1)
        run.watch.start("print-1")
        await run.told(EventKind.COUNTDOWN)
        if answer == "mute":
            run.watch.mute(False)
        else:
            run.watch.snooze(0)
        assert run.watch.state.level is Level.FAILURE
        assert run.watch.state.intervention.countdown is not None


async def test_an_answer_that_comes_after_the_end_raises_nothing() -> None:
    """Between prints no level stands."""
    async with watching(failing()) as run:
        run.watch.start("print-1")
        await run.told(EventKind.FAILURE)
        run.watch.end("done")
        run.watch.answer(Answer.FAILURE)
        assert run.watch.state.level is Level.NONE
        run.watch.answer(Answer.NOT_A_FAILURE)
        assert run.kinds()[-1] is EventKind.ENDED


async def test_a_fault_in_judging_makes_blind_and_not_breathless() -> None:
    """It is shown, and the next look comes no sooner than any other."""

    class Broken(FailWatchRules):
        def judge(self, *_: object) -> Verdict:
            raise ZeroDivisionError

    detector = ScriptedDetector([0.0])
    async with watching(detector, WatchSettings(rules=Broken())) as run:
        run.watch.start("print-1")
        await run.told(EventKind.BLIND)
        assert run.watch.state.blind.detail == "Unexpected: ZeroDivisionError"
        assert detector.frames[1].taken_at >= detector.frames[0].taken_at + 10


async def test_a_host_that_fails_ends_no_watch() -> None:
    """Looking goes on, whatever becomes of what is told."""
    detector = failing()
    async with watching(detector) as run:

        def broken(*_: object) -> None:
            raise OSError("disk full")

        run.watch._sink = broken
        run.watch.start("print-1")
        await run.frames(10)
        assert run.watch.state.level is Level.MAYBE or run.watch.state.level is Level.FAILURE
