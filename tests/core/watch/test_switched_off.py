"""A print file's `@FAILWATCH off`: the print is looked at and shown as it is, and nobody is told or paused."""

import math
from pathlib import Path

import pytest

from octoprint_failwatch.engine.errors import Unavailable
from octoprint_failwatch.engine.history import History
from octoprint_failwatch.engine.judging.failwatch_rules import FailWatchRules
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.replay import recorded, replay
from octoprint_failwatch.engine.serialization import from_json, to_json
from octoprint_failwatch.engine.watch.policy import Action, Policy
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import SWITCHED_OFF, EventKind, WatchState, present_look
from tests.core.watching import ScriptedDetector, VirtualClock, watching

PAUSING = WatchSettings(policy=Policy(on_failure=Action.PAUSE, veto=30.0))


def failing(after: int = 5) -> ScriptedDetector:
    return ScriptedDetector([0.01] * after + [1.0])


async def test_a_failure_while_it_is_switched_off_is_shown_and_told_when_it_is_switched_on() -> None:
    """Told and acted on at once then, with the time to say no."""
    async with watching(failing(), PAUSING) as run:
        run.watch.start("print-1")
        await run.frames(2)
        run.watch.hold(SWITCHED_OFF)
        await run.frames(60)
        state = run.watch.state
        assert state.level is Level.FAILURE
        assert present_look(state) is state.look
        assert [event.kind for event in run.events if not event.minor] == [EventKind.STARTED]
        assert not run.host.acted
        switched_on = run.clock.time
        run.watch.release(SWITCHED_OFF)
        told = await run.told(EventKind.FAILURE)
        assert (told.at, told.minor) == (switched_on, False)
        action = await run.told(EventKind.ACTION)
        assert action.at == pytest.approx(switched_on + 30)


async def test_a_pause_that_was_coming_waits_until_it_is_switched_on() -> None:
    """What was announced before is announced again, with all of the time to say no."""
    async with watching(failing(), PAUSING) as run:
        run.watch.start("print-1")
        await run.told(EventKind.COUNTDOWN)
        run.watch.hold(SWITCHED_OFF)
        await run.idle_for(600)
        assert not run.host.acted
        assert run.watch.state.level is Level.FAILURE
        switched_on = run.clock.time
        run.watch.release(SWITCHED_OFF)
        action = await run.told(EventKind.ACTION)
        assert action.at == pytest.approx(switched_on + 30)
        assert run.kinds().count(EventKind.COUNTDOWN) == 2


async def test_it_stays_silent_where_something_else_asks_for_it_too() -> None:
    """Whoever muted the print is not woken by its file, nor is the file's silence ended by who unmutes."""
    async with watching(failing(), PAUSING) as run:
        run.watch.start("print-1")
        run.watch.hold(SWITCHED_OFF)
        run.watch.mute()
        await run.frames(60)
        run.watch.mute(False)
        assert run.watch.state.told is Level.NONE
        run.watch.mute()
        run.watch.release(SWITCHED_OFF)
        assert run.watch.state.told is Level.NONE
        run.watch.mute(False)
        assert run.watch.state.told is Level.FAILURE


async def test_nothing_is_learned_while_it_is_switched_off() -> None:
    """Its user says that what is seen now is not how the print should look."""
    async with watching(ScriptedDetector([0.1])) as run:
        run.watch.start("print-1")
        await run.frames(10)
        before = run.watch.state.memory.trend.learned
        assert before > 0
        run.watch.hold(SWITCHED_OFF)
        await run.frames(30)
        assert run.watch.state.memory.trend.learned == before
        run.watch.release(SWITCHED_OFF)
        await run.frames(40)
        assert run.watch.state.memory.trend.learned > before


async def test_other_holds_keep_it_from_looking_all_the_same() -> None:
    """Filament is changed in a part over which the file switched it off."""
    detector = failing(1000)
    async with watching(detector) as run:
        run.watch.start("print-1")
        await run.frames(2)
        run.watch.hold(SWITCHED_OFF)
        run.watch.hold("filament_change")
        asked = len(detector.frames)
        run.watch.check_now()
        await run.idle_for(600)
        assert len(detector.frames) == asked
        assert present_look(run.watch.state) is None
        run.watch.release("filament_change")
        await run.frames(asked + 3)
        assert run.watch.state.holds == (SWITCHED_OFF,)


@pytest.mark.parametrize("snoozed", [False, True])
async def test_a_failure_from_before_another_hold_is_told_and_acted_on_in_its_time(snoozed: bool) -> None:
    """Filament is changed in a print that fails: the pause that was announced comes, or is announced with the snooze's end."""
    async with watching(failing(), PAUSING) as run:
        run.watch.start("print-1")
        if snoozed:
            run.watch.snooze(900)
        await run.until(lambda: run.watch.state.level is Level.FAILURE)
        assert (EventKind.COUNTDOWN in run.kinds()) is not snoozed
        run.watch.hold("filament_change")
        action = await run.told(EventKind.ACTION)
        countdown = await run.told(EventKind.COUNTDOWN)
        assert action.at == pytest.approx(countdown.at + 30)
        assert run.watch.state.told is Level.FAILURE


async def test_that_it_cannot_check_is_seen_and_pauses_nothing() -> None:
    """Blind time counts from the moment at which it is switched on."""
    settings = WatchSettings(policy=Policy(pause_when_blind_after=600, veto=60))
    async with watching(ScriptedDetector([0.01, Unavailable("down")]), settings) as run:
        run.watch.start("print-1")
        run.watch.hold(SWITCHED_OFF)
        await run.told(EventKind.BLIND)
        await run.idle_for(5000)
        assert run.watch.state.blind is not None
        assert not run.host.acted
        switched_on = run.clock.time
        run.watch.release(SWITCHED_OFF)
        countdown = await run.told(EventKind.COUNTDOWN)
        assert countdown.at >= switched_on + 600


async def test_good_looks_before_it_is_switched_off_or_on_are_no_quiet_time_after_it() -> None:
    """As after any other hold."""
    async with watching(ScriptedDetector([0.01] * 5 + [1.0] * 20 + [0.0])) as run:
        run.watch.start("print-1")
        await run.told(EventKind.FAILURE)
        for change in (run.watch.hold, run.watch.release):
            await run.until(lambda: run.watch.state.latch.quiet_since is not None)
            change(SWITCHED_OFF)
            assert run.watch.state.latch.quiet_since is None
        switched_on = run.clock.time
        cleared = await run.told(EventKind.CLEARED)
        assert cleared.at >= switched_on + WatchSettings().latch_times.clear_failure


async def test_a_failure_is_told_where_a_restart_ends_the_silence() -> None:
    """FailWatch no longer knows that the file switched it off, and watches as ever."""
    async with watching(failing(), PAUSING) as run:
        run.watch.start("print-1")
        run.watch.hold(SWITCHED_OFF)
        await run.frames(60)
        state = from_json(WatchState, to_json(run.watch.state))
        later = VirtualClock(run.clock.time + 60)
    async with watching(ScriptedDetector([1.0]), PAUSING, state=state, clock=later) as run:
        run.watch.start("print-1")
        told = run.events[0]
        assert (told.kind, told.minor) == (EventKind.FAILURE, False)
        action = await run.told(EventKind.ACTION)
        assert action.at == pytest.approx(told.at + 30)


async def test_the_replay_of_a_print_that_was_switched_off_is_the_live_one(tmp_path: Path) -> None:
    """What was not learned live is not learned in the replay, also after a restart in its middle."""
    history = History(tmp_path / "history.db")
    ps = [0.15 + 0.1 * math.sin(index / 5) for index in range(60)] + [0.7] * 30
    clock = VirtualClock()
    async with watching(ScriptedDetector(ps), history=history, clock=clock) as run:
        run.watch.start("one")
        await run.frames(20)
        run.watch.hold(SWITCHED_OFF)
        await run.frames(35)
        run.watch.release(SWITCHED_OFF)
        await run.frames(45)
        run.watch.hold(SWITCHED_OFF)
        await run.frames(50)
        state = run.watch.state
    async with watching(ScriptedDetector(ps[50:]), state=state, history=history, clock=clock) as run:
        run.watch.start("one")
        await run.frames(80)
    history.settle()
    live = [(one.look.verdict, one.level) for one in history.frames("one")]
    for rules in (None, FailWatchRules()):
        assert [(one.verdict, one.level) for one in replay(recorded(history, ["one"]), rules)] == live
    assert Level.FAILURE in {level for _, level in live}
    history.close()
