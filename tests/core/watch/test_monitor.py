"""What every host may rely on: act first, report once confirmed, try again, lose nothing."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from octoprint_failwatch.engine.errors import NotAuthorised
from octoprint_failwatch.engine.history import History
from octoprint_failwatch.engine.judging.assessment import Answer
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.monitor import Monitor
from octoprint_failwatch.engine.serialization import from_json, to_json
from octoprint_failwatch.engine.watch.policy import Action, Intervention, Policy
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import Event, EventKind, Phase, WatchState
from tests.core.watching import START, Host, ScriptedDetector, VirtualClock, Watched, watching
from tests.patience import eventually

PAUSING = WatchSettings(policy=Policy(on_failure=Action.PAUSE))


def failing() -> ScriptedDetector:
    return ScriptedDetector([0.01] * 5 + [1.0])


async def test_a_pause_is_told_only_once_it_is_confirmed() -> None:
    """Until then it is ordered: no automation may cut the heaters of a print that runs."""
    host = Host()
    host.allowed.clear()
    async with watching(failing(), PAUSING, host=host) as run:
        run.watch.start("print-1")
        await run.until(lambda: bool(host.acted))
        await run.frames(20)
        assert EventKind.ACTION not in run.kinds()
        assert run.watch.state.intervention.ordered is not None
        host.allowed.set()
        await run.told(EventKind.ACTION)
        assert run.watch.state.intervention.paused_at is not None
        assert len(host.acted) == 1


async def test_a_pause_that_fails_is_told_and_tried_again_until_it_happens() -> None:
    """The failure is told once for each reason, in place of the action and never after it."""
    host = Host()
    host.problems = ["busy", "busy", "hangs"]
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, cancel_after=600))
    async with watching(failing(), settings, host=host) as run:
        run.watch.start("print-1")
        action = await run.told(EventKind.ACTION)
        failed = [event.detail for event in run.events if event.kind is EventKind.ACTION_FAILED]
        assert failed == ["pause: busy", "pause: hangs"]
        tries = host.acted[:4]
        assert [one for one, _ in tries] == [Action.PAUSE] * 4
        gaps = [later - earlier for (_, earlier), (_, later) in itertools.pairwise(tries)]
        assert gaps == [pytest.approx(30.0)] * 3
        assert run.kinds().index(EventKind.ACTION_FAILED) < run.kinds().index(EventKind.ACTION)
        coming = (state.intervention.countdown for state in run.states)
        cancel = next(one for one in coming if one is not None and one.action is Action.CANCEL)
        assert cancel.due_at == pytest.approx(action.at + 600), "its time begins with the pause"


async def test_a_failure_without_words_is_one_all_the_same() -> None:
    host = Host()
    host.problems = [""]
    async with watching(failing(), PAUSING, host=host) as run:
        run.watch.start("print-1")
        failed = await run.told(EventKind.ACTION_FAILED)
        assert failed.detail == "pause: ActionFailed"
        await run.told(EventKind.ACTION)


async def test_trying_again_ends_with_an_answer() -> None:
    host = Host()
    host.problems = ["busy"] * 1000
    async with watching(failing(), PAUSING, host=host) as run:
        run.watch.start("print-1")
        await run.until(lambda: len(host.acted) >= 3)
        run.watch.answer(Answer.NOT_A_FAILURE)
        tried = len(host.acted)
        await run.frames(60)
        assert len(host.acted) == tried


async def test_a_pause_that_an_answer_comes_too_late_for_is_told_and_not_followed_by_a_cancel() -> None:
    """Nobody else says that the print stands still, and waits for somebody."""
    settings = replace(PAUSING, policy=replace(PAUSING.policy, cancel_after=600.0))
    host = Host()
    host.allowed.clear()
    async with watching(failing(), settings, host=host) as run:
        run.watch.start("print-1")
        await run.until(lambda: run.watch.state.intervention.ordered is not None)
        run.watch.answer(Answer.NOT_A_FAILURE)
        assert EventKind.ACTION not in run.kinds()
        run.watch.pause()
        assert run.kinds()[-1] is EventKind.ACTION
        assert run.watch.state.intervention.countdown is None
        run.watch.resume()
        assert run.watch.state.intervention == Intervention(pauses=1)
        await run.frames(2)


@pytest.mark.parametrize("when", ["under way", "between two tries"])
async def test_a_pause_that_was_called_off_is_told_though_the_host_has_given_it_up(when: str) -> None:
    """A printer that is busy pauses minutes after it was told to."""
    host = Host()
    host.pending = True
    host.problems = ["the printer still reports pausing"]
    if when == "under way":
        host.allowed.clear()
    async with watching(failing(), PAUSING, host=host) as run:
        run.watch.start("print-1")
        await run.until(lambda: run.watch.state.intervention.ordered is not None)
        if when == "between two tries":
            await run.told(EventKind.ACTION_FAILED)
        run.watch.answer(Answer.NOT_A_FAILURE)
        host.allowed.set()
        await run.frames(20)
        assert len(host.acted) == 1, "it is not tried again"
        run.watch.pause()
        assert run.kinds()[-1] is EventKind.ACTION
        assert run.watch.state.intervention.countdown is None


async def test_an_order_that_an_answer_called_off_is_not_tried_again() -> None:
    host = Host()
    host.allowed.clear()
    host.problems = ["busy"]
    async with watching(failing(), PAUSING, host=host) as run:
        run.watch.start("print-1")
        await run.until(lambda: run.watch.state.intervention.ordered is not None)
        run.watch.answer(Answer.NOT_A_FAILURE)
        host.allowed.set()
        await run.until(lambda: run.watch.state.intervention.ordered is None)
        tried = len(host.acted)
        await run.frames(20)
        assert len(host.acted) == tried
        assert EventKind.ACTION_FAILED not in run.kinds()


async def test_an_answered_print_is_paused_again_when_it_fails_again() -> None:
    """After the pause it was denied, got better, and failed for real."""
    detector = ScriptedDetector([0.01] * 5 + [0.9] * 15 + [0.01] * 200 + [1.0])
    async with watching(detector, PAUSING) as run:
        run.watch.start("print-1")
        await run.told(EventKind.ACTION)
        run.watch.pause()
        run.watch.resume()
        answer = next(event for event in run.events if event.kind is EventKind.ACKNOWLEDGED)
        assert answer.detail == "resumed"
        await run.until(lambda: run.kinds().count(EventKind.ACTION) == 2)


async def test_a_resume_answers_only_what_failwatch_asked() -> None:
    """Whoever paused the print himself while all was well has answered nothing."""
    async with watching(ScriptedDetector([0.01])) as run:
        run.watch.start("print-1")
        await run.frames(10)
        run.watch.pause()
        run.watch.resume()
        await run.frames(15)
        assert EventKind.ACKNOWLEDGED not in run.kinds()


async def test_the_users_own_pause_takes_the_same_way_and_is_not_failwatchs() -> None:
    host = Host()
    host.problems = ["busy"]
    async with watching(ScriptedDetector([0.01]), host=host) as run:
        run.watch.start("print-1")
        await run.frames(3)
        run.watch.order(Action.PAUSE)
        await run.until(lambda: len(host.acted) == 2)
        await run.until(lambda: run.watch.state.intervention.ordered is None)
        assert EventKind.ACTION_FAILED in run.kinds()
        assert EventKind.ACTION not in run.kinds()


async def test_acting_needs_neither_a_disk_nor_a_listener() -> None:
    """The order comes first, and nothing that goes wrong after it stops anything else."""

    class Broken(Host):
        def save(self, state: WatchState) -> None:
            raise OSError("disk full")

        def report(self, state: WatchState, events: Sequence[Event]) -> None:
            super().report(state, events)
            raise RuntimeError("nobody listens")

    host = Broken()
    async with watching(failing(), PAUSING, host=host) as run:
        run.watch.start("print-1")
        await run.told(EventKind.ACTION)
        assert host.acted


async def test_a_watch_that_breaks_down_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octoprint_failwatch.engine.monitor.AGAIN_AFTER", 0.01)
    broke: list[bool] = []
    watch_as_ever = Monitor._is_due

    def break_once(self: Monitor, now: float) -> bool:
        if not broke:
            broke.append(True)
            raise RuntimeError("a bug")
        return watch_as_ever(self, now)

    monkeypatch.setattr(Monitor, "_is_due", break_once)
    async with watching(ScriptedDetector([0.1])) as run:
        run.watch.start("print-1")
        await run.frames(3)
        assert broke


async def test_another_set_up_keeps_state_pictures_and_what_is_coming() -> None:
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, veto=500))
    async with watching(failing(), settings) as run:
        run.watch.start("print-1")
        countdown = await run.told(EventKind.COUNTDOWN)
        frames = dict(run.watch.frames)
        calls = run.watch.state.calls
        await run.watch.replace(replace(run.watch.setup, detector=ScriptedDetector([1.0])))
        assert dict(run.watch.frames) == frames
        assert run.watch.state.calls == calls
        action = await run.told(EventKind.ACTION)
        assert action.at == pytest.approx(countdown.at + 500)
        assert run.kinds().count(EventKind.COUNTDOWN) == 1


@pytest.mark.parametrize("changed", [False, True])
async def test_who_switches_an_action_off_while_it_is_coming_is_obeyed(changed: bool) -> None:
    """A print that was paused would be cancelled although its user just said in the settings that none is to be."""
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, veto=500, cancel_after=600))
    without = {"policy": Policy(on_failure=Action.PAUSE, veto=500)} if changed else {}
    async with watching(failing(), settings) as run:
        run.watch.start("print-1")
        await run.told(EventKind.ACTION)
        run.watch.pause()
        assert run.watch.state.intervention.countdown is not None
        await run.watch.replace(replace(run.watch.setup, settings=replace(settings, **without)))
        assert (run.states[-1].intervention.countdown is None) is changed, "it is told at once"
        await run.idle_for(700)
        assert [action for action, _ in run.host.acted] == [Action.PAUSE, Action.CANCEL][: 2 - changed]


async def normal(run: Watched, looks: int) -> float:
    """Return the level that is normal for the printer after so many more looks."""
    asked = run.watch.setup.detector.frames
    enough = len(asked) + looks
    await run.until(lambda: len(asked) > enough)
    look = run.watch.state.look
    return look.verdict.usual if look else 0.0


async def test_what_one_detector_taught_says_nothing_of_anothers_answers() -> None:
    """A service was tried out that sees something in every picture: it would hide from the next what that sees."""
    async with watching(ScriptedDetector([0.15])) as run:
        run.watch.start("print-1")
        assert await normal(run, 400) > 0.05
        await run.watch.replace(replace(run.watch.setup, detector=ScriptedDetector([0.15])))
        assert await normal(run, 2) > 0.05, "the same kind with other settings"
        other = replace(run.watch.setup, detector=ScriptedDetector([0.01]), detector_kind="other")
        await run.watch.replace(other)
        assert await normal(run, 2) < 0.03
        assert run.watch.state.print_id == "print-1"


async def test_a_detector_that_was_only_tried_and_never_answered_costs_nothing_that_was_learned() -> None:
    async with watching(ScriptedDetector([0.15])) as run:
        run.watch.start("print-1")
        assert await normal(run, 400) > 0.05
        refused = ScriptedDetector([NotAuthorised("Invalid token.")])
        first = run.watch.setup
        await run.watch.replace(replace(first, detector=refused, detector_kind="other"))
        await run.told(EventKind.BLIND)
        await run.watch.replace(first)
        await run.told(EventKind.SEEING)
        assert await normal(run, 2) > 0.05


async def test_another_detector_takes_back_no_level_that_stands() -> None:
    """While it learns what is normal it doubts nothing: two minutes of that, and a doubt would be over."""
    async with watching(ScriptedDetector([0.01] * 90 + [0.45])) as run:
        run.watch.start("print-1")
        await run.told(EventKind.MAYBE)
        other = replace(run.watch.setup, detector=ScriptedDetector([0.45]), detector_kind="other")
        await run.watch.replace(other)
        await normal(run, 20)
        assert EventKind.CLEARED not in run.kinds()
        assert run.watch.state.level is not Level.NONE
        run.watch.start("print-2")
        await normal(run, 2)
        assert run.watch.state.detector == "other"


@pytest.mark.parametrize(("kind", "goes_on"), [("script", True), ("", True), ("other", False)])
async def test_of_a_stored_state_only_the_same_detectors_knowledge_goes_on(kind: str, goes_on: bool) -> None:
    """An older release did not say whose it was."""
    async with watching(ScriptedDetector([0.15])) as run:
        run.watch.start("print-1")
        await run.frames(400)
    async with watching(ScriptedDetector([0.15]), state=replace(run.watch.state, detector=kind)) as again:
        again.watch.start("print-1")
        assert (await normal(again, 2) > 0.05) is goes_on
        assert again.watch.state.detector == "script"


async def test_after_its_end_nothing_is_done_or_told() -> None:
    async with watching(failing(), PAUSING) as run:
        run.watch.start("print-1")
        await run.frames(2)
        monitor = run.watch
    told = len(run.events)
    monitor.end("done")
    assert len(run.events) == told


async def test_a_stored_state_is_at_rest_until_its_print_is_known_to_go_on() -> None:
    host = Host()
    host.allowed.clear()
    async with watching(failing(), PAUSING, host=host) as run:
        run.watch.start("print-1")
        await run.until(lambda: bool(host.acted))
        run.watch.hold("heating")
        state = from_json(WatchState, to_json(run.watch.state))
    assert state.intervention.ordered is not None
    later = VirtualClock(START + 5000)
    async with watching(ScriptedDetector([1.0]), PAUSING, state=state, clock=later) as run:
        assert run.watch.state.phase is Phase.IDLE
        assert run.watch.state.holds == ()
        assert run.watch.state.level is Level.FAILURE
        run.watch.start("print-1")
        await run.told(EventKind.ACTION)


async def test_a_snooze_ends_with_its_print() -> None:
    async with watching(failing(), PAUSING) as run:
        run.watch.start("print-1")
        run.watch.snooze(100_000)
        assert run.watch.state.snoozed_until is not None
        run.watch.end("done")
        run.watch.start("print-2")
        assert run.watch.state.snoozed_until is None
        await run.told(EventKind.ACTION)


async def test_what_was_told_before_a_silence_is_told_again_after_it() -> None:
    """And acted on, with the time to say no: the silence called off what was coming."""
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, veto=30))
    async with watching(failing(), settings) as run:
        run.watch.start("print-1")
        await run.told(EventKind.COUNTDOWN)
        run.watch.snooze(600)
        assert run.watch.state.intervention.countdown is None
        await run.told(EventKind.ACTION)
        told = [event for event in run.events if event.kind is EventKind.FAILURE and not event.minor]
        assert len(told) == 2
        assert run.kinds().count(EventKind.COUNTDOWN) == 2


async def test_a_failure_that_gets_better_is_no_new_suspicion() -> None:
    detector = ScriptedDetector([0.01] * 5 + [1.0] * 10 + [0.5] * 200)
    settings = WatchSettings(rules=FailWatchRules(sustained=0.9))
    async with watching(detector, settings) as run:
        run.watch.start("print-1")
        await run.told(EventKind.FAILURE)
        await run.told(EventKind.CLEARED)
        assert run.kinds().count(EventKind.MAYBE) == 1
        cleared = next(event for event in run.events if event.kind is EventKind.CLEARED)
        assert cleared.minor is (cleared.level is Level.MAYBE)


class Stepping(VirtualClock):
    """A clock that the system's one is `ahead` of."""

    ahead = 0.0

    def step(self) -> float:
        return self.ahead

    def follow(self, step: float) -> None:
        self.time += step
        self.ahead -= step


async def test_a_clock_that_is_put_right_changes_no_duration() -> None:
    """A step back of an hour in mid print: the countdown comes when it was to come, and the print can end."""

    clock = Stepping()
    settings = replace(PAUSING, policy=Policy(on_failure=Action.PAUSE, veto=300))
    async with watching(failing(), settings, clock=clock) as run:
        run.watch.start("print-1")
        countdown = await run.told(EventKind.COUNTDOWN)
        clock.ahead = -3600.0
        action = await run.told(EventKind.ACTION)
        assert action.at == pytest.approx(countdown.at - 3600 + 300, abs=11)
        run.watch.end("done")
        assert run.watch.state.phase is Phase.IDLE


async def test_a_clock_that_is_put_right_during_a_look_does_not_stop_the_looking() -> None:
    """The answer under way was asked for at a time that lies an hour ahead now: it says nothing of when to look."""

    class Slow(ScriptedDetector):
        answers = asyncio.Event()

        async def detect(self, frame: Frame) -> Detection:
            self.frames.append(frame)
            await self.answers.wait()
            return Detection(0.01)

    clock, detector = Stepping(), Slow([])
    async with watching(detector, clock=clock) as run:
        run.watch.start("print-1")
        await eventually(lambda: detector.frames)
        clock.ahead = -3600.0
        run.watch.snooze(100)
        await eventually(lambda: clock.ahead == 0)
        detector.answers.set()
        await run.frames(2)
        look = run.watch.state.look
        assert look is not None
        assert look.at < START - 3000
        assert clock.time < START - 3000


async def test_the_history_has_what_was_confirmed(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    host = Host()
    host.problems = ["busy"]
    async with watching(failing(), PAUSING, host=host, history=history) as run:
        run.watch.start("print-1")
        await run.told(EventKind.ACTION)
        run.watch.end("cancelled")
    history.settle()
    kinds = [entry.kind for entry in history.entries("print-1")]
    assert kinds.index("action_failed") < kinds.index("action")
    history.close()


async def test_taking_back_what_was_not_there_is_harmless() -> None:
    async with watching(failing()) as run:
        run.watch.answer(Answer.NOT_A_FAILURE)
        run.watch.start("print-1")
        run.watch.answer(Answer.WITHDRAWN)
        assert run.watch.state.level is Level.NONE
        await run.told(EventKind.FAILURE)
