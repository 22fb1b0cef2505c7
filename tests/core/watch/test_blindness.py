"""Blindness, of all or one of several cameras: what is reported, and how often."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from octoprint_failwatch.engine.errors import (
    DarkPicture,
    FailWatchError,
    LateSnapshot,
    NotAuthorised,
    ServerFailed,
    SnapshotError,
    TimedOut,
    Unavailable,
)
from octoprint_failwatch.engine.judging.assessment import Answer
from octoprint_failwatch.engine.judging.latch import Latch
from octoprint_failwatch.engine.judging.verdict import Level
from octoprint_failwatch.engine.models import Detection, Frame
from octoprint_failwatch.engine.monitor import Monitor
from octoprint_failwatch.engine.watch.actions import due_action, due_at, tell_what_stands
from octoprint_failwatch.engine.watch.look import Camera, CameraAnswer, combine
from octoprint_failwatch.engine.watch.look_outcome import look_answered, look_failed
from octoprint_failwatch.engine.watch.policy import Action, Cause, Countdown, Intervention, Policy
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import (
    SWITCHED_OFF,
    Blind,
    Event,
    EventKind,
    Phase,
    WatchState,
    is_unanswered,
)
from octoprint_failwatch.engine.watch.transitions import hold, release, rest
from tests.core.watching import ScriptedDetector, Watched, live_camera, picture, watching


def camera(name: str, course: Iterable[str]) -> Camera:
    """Return a camera that goes through "good", "gone", "late" and "dark"; the last of them repeats."""
    looks, numbers = iter(course), itertools.count()
    last = ""

    async def snapshot() -> bytes:
        nonlocal last
        last = next(looks, last)
        if last == "gone":
            raise SnapshotError("unplugged")
        if last == "late":
            raise LateSnapshot("waited for")
        number = next(numbers)
        return picture(number % 3, brightness=1, size=(640, 480)) if last == "dark" else picture(number)

    return Camera(snapshot, name)


def told(run: Watched, *kinds: EventKind) -> list[tuple[EventKind, str, str]]:
    """Return which of these events were told, with camera and detail."""
    return [(event.kind, event.camera, event.detail) for event in run.events if event.kind in kinds]


ALL = (EventKind.BLIND, EventKind.SEEING, EventKind.CAMERA_BLIND, EventKind.CAMERA_SEEING)


async def looks(run: Watched, number: int) -> None:
    """Run until that many pictures were judged."""
    await run.frames(number)


async def test_one_dead_camera_of_two_is_told_once_and_its_return_too() -> None:
    cameras = [live_camera("left"), camera("right", ["gone"] * 9 + ["good"])]
    async with watching(ScriptedDetector([0.0]), cameras=cameras) as run:
        run.watch.start("print-1")
        await looks(run, 2)
        assert told(run, *ALL) == []
        await looks(run, 9)
        (right,) = run.watch.state.blind_cameras
        assert (right.camera, right.detail, right.looks) == ("right", "unplugged", 9)
        assert run.watch.state.phase is Phase.WATCHING
        await looks(run, 12)
        assert told(run, *ALL) == [
            (EventKind.CAMERA_BLIND, "right", "no_snapshot"),
            (EventKind.CAMERA_SEEING, "right", "no_snapshot"),
        ]
        assert run.watch.state.blind_cameras == ()


async def test_a_camera_that_misses_two_looks_is_not_told_of() -> None:
    cameras = [live_camera("left"), camera("right", itertools.cycle(["gone", "gone", "good"]))]
    async with watching(ScriptedDetector([0.0]), cameras=cameras) as run:
        run.watch.start("print-1")
        await looks(run, 12)
        assert told(run, *ALL) == []


async def test_where_no_camera_sees_the_cameras_are_not_told_of_one_by_one() -> None:
    cameras = [camera("left", ["good", *["gone"] * 6, "good"]), camera("right", ["good", *["gone"] * 20])]
    async with watching(ScriptedDetector([0.0]), cameras=cameras) as run:
        run.watch.start("print-1")
        await run.told(EventKind.SEEING)
        assert told(run, *ALL) == [
            (EventKind.BLIND, "", "no_snapshot"),
            (EventKind.SEEING, "", "no_snapshot"),
        ]
        await run.told(EventKind.CAMERA_BLIND)
        assert told(run, *ALL)[2:] == [(EventKind.CAMERA_BLIND, "right", "no_snapshot")]


async def test_a_camera_that_was_told_of_is_not_told_of_again_after_all_were_blind() -> None:
    cameras = [camera("left", [*["good"] * 5, *["gone"] * 5, "good"]), camera("right", ["gone"])]
    async with watching(ScriptedDetector([0.0]), cameras=cameras) as run:
        run.watch.start("print-1")
        await run.told(EventKind.SEEING)
        await looks(run, 12)
        assert [kind for kind, _, _ in told(run, *ALL)] == [
            EventKind.CAMERA_BLIND,
            EventKind.BLIND,
            EventKind.SEEING,
        ]


async def test_another_print_begins_with_no_camera_known_to_be_blind() -> None:
    cameras = [live_camera("left"), camera("right", ["gone"])]
    async with watching(ScriptedDetector([0.0]), cameras=cameras) as run:
        run.watch.start("print-1")
        await run.told(EventKind.CAMERA_BLIND)
        run.watch.end("done")
        assert run.watch.state.blind_cameras == ()
        run.watch.start("print-2")
        await run.until(lambda: run.kinds().count(EventKind.CAMERA_BLIND) == 2)


@pytest.mark.parametrize("others", [[], [live_camera("other")]])
async def test_a_camera_that_comes_back_in_the_dark_is_told_as_dark(others: list[Camera]) -> None:
    """An automation that switches a light on by the reason `dark` hears of it, once."""
    course = ["gone"] * 5 + ["dark", "dark", "gone", "gone"] * 3 + ["good"]
    async with watching(ScriptedDetector([0.0]), cameras=[*others, camera("camera", course)]) as run:
        run.watch.start("print-1")
        kind = EventKind.CAMERA_BLIND if others else EventKind.BLIND
        back = EventKind.CAMERA_SEEING if others else EventKind.SEEING
        await run.told(back)
        assert [event.detail for event in run.events if event.kind is kind] == ["no_snapshot", "dark"]
        assert not any(event.minor for event in run.events)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (["good", "dark"], ["good", "gone"]),  # at once: a light mends one of them
        (["dark"], ["good"] * 6 + ["gone"]),  # the dark was told before
        (["good"] * 6 + ["dark"], ["gone"]),  # the other was told before
    ],
)
async def test_where_no_camera_sees_the_reason_told_is_news_and_rather_the_dark(
    left: list[str], right: list[str]
) -> None:
    cameras = [camera("left", left), camera("right", right)]
    async with watching(ScriptedDetector([0.0]), cameras=cameras) as run:
        run.watch.start("print-1")
        blind = await run.told(EventKind.BLIND)
        assert blind.detail == ("no_snapshot" if left == ["dark"] else "dark")


async def test_one_dark_picture_while_the_camera_is_gone_is_a_hiccup() -> None:
    course = itertools.cycle(["gone", "gone", "gone", "dark"])
    async with watching(ScriptedDetector([0.0]), cameras=[camera("", course)]) as run:
        run.watch.start("print-1")
        await run.until(lambda: run.watch.state.blind is not None and run.watch.state.blind.looks > 20)
        assert told(run, *ALL) == [(EventKind.BLIND, "", "no_snapshot")]


def test_another_reason_is_soon_looked_at_again_however_long_it_was_blind() -> None:
    """A light that an automation switches on is not waited for as long as a camera that is gone."""
    blind = Blind("no_snapshot", "unplugged", 0.0, looks=8, told=("no_snapshot",))
    state = WatchState(print_id="print-1", phase=Phase.BLIND, blind=blind, failed_looks=8)
    waits, events = [], []
    for _ in range(3):
        step = look_failed(state, WatchSettings(), DarkPicture("dark"), cameras=1, now=1000.0)
        state = step.state
        waits.append((state.next_look_at or 0.0) - 1000.0)
        events.append([event.detail for event in step.events])
    assert events == [[], ["dark"], []]
    assert waits == [10.0, 300.0, 300.0]


async def test_a_service_that_is_down_in_several_ways_bothers_nobody_twice() -> None:
    """Each way is an event of its own for automations, but only the first is for people."""
    errors = [Unavailable("refused")] * 4 + [ServerFailed("502")] * 4 + [Unavailable("refused")] * 4
    async with watching(ScriptedDetector([*errors, 0.0])) as run:
        run.watch.start("print-1")
        await run.told(EventKind.SEEING)
        blind = [event for event in run.events if event.kind is EventKind.BLIND]
        assert [(event.detail, event.minor) for event in blind] == [
            ("unavailable", False),
            ("server_failed", True),
        ]


async def test_a_token_that_is_refused_while_blind_is_told_at_once() -> None:
    errors = [Unavailable("refused")] * 3 + [NotAuthorised("no")]
    detector = ScriptedDetector(errors)
    async with watching(detector) as run:
        run.watch.start("print-1")

        def refused() -> list[Event]:
            return [event for event in run.events if event.detail == "not_authorised"]

        await run.until(lambda: bool(refused()))
        assert len(detector.frames) == 4
        assert not refused()[0].minor


@pytest.mark.parametrize("error", [TimedOut("no answer"), LateSnapshot("no picture")])
def test_what_was_waited_for_in_vain_is_told_at_once(error: SnapshotError | TimedOut) -> None:
    """Two more looks would be waited for as long, and an hour's failure is seen a minute later."""
    state = WatchState(phase=Phase.WATCHING, print_id="print-1")
    step = look_failed(state, WatchSettings(), error, cameras=1, now=20.0)
    assert [(event.kind, event.detail) for event in step.events] == [(EventKind.BLIND, error.kind)]
    refused = look_failed(state, WatchSettings(), Unavailable("refused"), cameras=1, now=20.0)
    assert refused.events == ()


async def test_one_of_two_cameras_that_was_waited_for_in_vain_is_told_at_once() -> None:
    cameras = [live_camera("left"), camera("right", ["good", "late", "good"])]
    async with watching(ScriptedDetector([0.0]), cameras=cameras) as run:
        run.watch.start("print-1")
        await looks(run, 3)
        assert told(run, *ALL) == [
            (EventKind.CAMERA_BLIND, "right", "no_snapshot"),
            (EventKind.CAMERA_SEEING, "right", "no_snapshot"),
        ]


@pytest.mark.parametrize(("cause", "stays"), [(Cause.BLIND, False), (Cause.FAILURE, True)])
def test_whoever_sees_again_in_time_does_not_pause_for_having_been_blind(cause: Cause, stays: bool) -> None:
    """What was to be paused for is gone; a pause for a failure still comes."""
    countdown = Countdown(Action.PAUSE, 100.0, 160.0, cause)
    state = WatchState(
        print_id="print-1",
        phase=Phase.BLIND,
        blind=Blind("unavailable", "down", 50.0),
        intervention=Intervention(countdown),
    )
    seen = CameraAnswer(Frame(b"", 130.0, "printer", "print-1"), Detection(0.02))
    result = combine([seen], [], 1)
    after = look_answered(state, WatchSettings(), result, started=130.0, now=130.0, latency=0.1).state
    assert after.phase is Phase.WATCHING
    assert (after.intervention.countdown == countdown) is stays


def test_a_hold_is_no_time_in_which_failwatch_was_blind() -> None:
    """Only looks in vain count: a pause for blindness comes so long after the first one behind the hold."""
    settings = WatchSettings(policy=Policy(pause_when_blind_after=300.0, veto=30.0))
    blind = Blind("unavailable", "", 0.0, counted_from=0.0)
    state = WatchState(printer_id="printer", print_id="print", phase=Phase.BLIND, blind=blind)
    assert due_action(state, settings, 1000.0) is not None
    held = hold(state, "heating").state
    assert due_action(held, settings, 1000.0) is None
    assert due_action(release(held, "heating", settings, 1000.0).state, settings, 1000.0) is None


@pytest.mark.parametrize(("phase", "due"), [(Phase.IDLE, None), (Phase.WATCHING, 60.0), (Phase.PAUSED, 60.0)])
def test_before_a_print_is_known_to_go_on_nothing_is_due(phase: Phase, due: float | None) -> None:
    """What was planned before a restart waits until then, and wakes nobody."""
    planned = Intervention(Countdown(Action.PAUSE, 50.0, 60.0))
    state = WatchState(printer_id="printer", print_id="one", phase=phase, intervention=planned)
    settings = WatchSettings()
    assert due_at(state, settings.policy, 100.0) == due
    assert (due_action(state, settings, 100.0) is None) is (due is None)


def test_it_is_blind_since_the_last_look_that_was_one_too_many() -> None:
    latch = Latch(Level.MAYBE, 60.0, quiet_since=90.0)
    state = WatchState(printer_id="printer", print_id="one", phase=Phase.WATCHING, since=50.0, latch=latch)
    settings, since, quiet_since = WatchSettings(blind_after=3), [], []
    for now in (100.0, 110.0, 120.0, 130.0, 140.0):
        state = look_failed(state, settings, Unavailable("No connection."), cameras=1, now=now).state
        since.append((state.phase, state.since))
        quiet_since.append(state.latch.quiet_since)
    assert quiet_since == [90.0, 90.0, None, None, None], "nobody saw that it stayed quiet"
    assert since == [(Phase.WATCHING, 50.0)] * 2 + [(Phase.BLIND, 120.0)] * 3


@pytest.mark.parametrize("was_blind", [False, True])
def test_it_sees_since_the_first_answer_after_it_was_blind(*, was_blind: bool) -> None:
    state = WatchState(printer_id="printer", print_id="one", phase=Phase.WATCHING, since=50.0)
    if was_blind:
        state = replace(state, phase=Phase.BLIND, blind=Blind("no_snapshot", "unplugged", 60.0))
    seen = CameraAnswer(Frame(b"", 100.0, "printer", "one"), Detection(0.02))
    result = combine([seen], [], 1)
    after = look_answered(state, WatchSettings(), result, started=100.0, now=101.0, latency=0.1).state
    assert (after.phase, after.since) == (Phase.WATCHING, 101.0 if was_blind else 50.0)


SEES_NOTHING = Blind("no_snapshot", "unplugged", 1000.0)


@pytest.mark.parametrize(
    ("changes", "unanswered"),
    [
        ({"phase": Phase.WATCHING}, False),
        ({"phase": Phase.WATCHING, "failed_looks": 1, "next_look_at": 9.0}, True),
        ({"phase": Phase.WATCHING, "failed_looks": 1, "next_look_at": 9.0, "holds": ("heating",)}, True),
        ({"phase": Phase.WATCHING, "failed_looks": 1, "holds": ("heating",)}, False),
        ({"phase": Phase.PAUSED, "failed_looks": 1}, False),
        ({"phase": Phase.BLIND, "blind": SEES_NOTHING}, True),
        ({"phase": Phase.PAUSED, "blind": SEES_NOTHING}, True),
        ({"phase": Phase.IDLE, "blind": SEES_NOTHING}, False),
    ],
)
def test_when_the_last_answer_is_out_of_date(changes: dict[str, Any], unanswered: bool) -> None:
    assert is_unanswered(WatchState(printer_id="printer", **changes)) is unanswered


def test_a_stored_silence_without_a_print_is_over() -> None:
    """An older release kept it; the next print must not begin in it."""
    kept = WatchState(printer_id="printer", muted=True, snoozed_until=9e9)
    assert kept.is_silent(1000.0)
    stored = rest(kept)
    assert not stored.is_silent(1000.0)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (lambda watch: watch.snooze(10_000), lambda watch: watch.snooze(0)),
        (lambda watch: watch.mute(), lambda watch: watch.mute(False)),
        (lambda watch: watch.hold(SWITCHED_OFF), lambda watch: watch.release(SWITCHED_OFF)),
    ],
    ids=["snooze", "mute", "off"],
)
async def test_that_it_cannot_check_is_told_when_a_silence_ends_that_it_began_in(
    begin: Callable[[Monitor], None], end: Callable[[Monitor], None]
) -> None:
    """As a failure is; until then it is minor, and told once."""
    cameras = [camera("left", ["good"] * 9 + ["gone"]), camera("right", ["good"] * 3 + ["gone"])]
    async with watching(ScriptedDetector([0.0]), cameras=cameras) as run:
        run.watch.start("print-1")
        await looks(run, 2)
        begin(run.watch)
        await run.told(EventKind.BLIND)
        assert [(event.kind, event.minor) for event in run.events[1:]] == [
            (EventKind.CAMERA_BLIND, True),
            (EventKind.BLIND, True),
        ]
        assert run.watch.state.phase is Phase.BLIND
        end(run.watch)
        ended = run.clock.time
        assert [(event.kind, event.camera, event.minor, event.at) for event in run.events[3:]] == [
            (EventKind.BLIND, "", False, ended),
            (EventKind.CAMERA_BLIND, "right", False, ended),
        ]
        run.watch.mute()
        run.watch.mute(False)
        assert len(run.events) == 5


@pytest.mark.parametrize("accepted", [False, True])
async def test_a_blindness_that_was_over_or_accepted_before_the_silence_ended_is_not_told(
    accepted: bool,
) -> None:
    script = [0.0, 0.0, *[Unavailable("down")] * 4, *([Unavailable("down")] if accepted else [0.0])]
    async with watching(ScriptedDetector(script)) as run:
        run.watch.start("print-1")
        await looks(run, 2)
        run.watch.mute()
        await run.told(EventKind.BLIND)
        if accepted:
            run.watch.answer(Answer.NOT_A_FAILURE)
        else:
            await run.told(EventKind.SEEING)
        before = len(run.events)
        run.watch.mute(False)
        assert len(run.events) == before
        assert not (run.watch.state.blind and run.watch.state.blind.held_back)


REFUSED, DOWN = NotAuthorised("Refused."), Unavailable("down")


@pytest.mark.parametrize(
    ("loud", "silent", "held_back"),
    [([], [REFUSED, DOWN, DOWN], True), ([REFUSED], [DOWN, DOWN], False), ([REFUSED], [REFUSED], False)],
)
def test_what_would_have_been_minor_anyway_is_not_told_at_the_end_of_a_silence(
    loud: list[FailWatchError], silent: list[FailWatchError], held_back: bool
) -> None:
    """What is held back stays so while other reasons come."""
    state = WatchState(print_id="print-1", phase=Phase.WATCHING)
    for muted, errors in ((False, loud), (True, silent)):
        state = replace(state, muted=muted)
        for error in errors:
            state = look_failed(state, WatchSettings(), error, cameras=1, now=0.0).state
    assert state.blind is not None
    assert state.blind.held_back is held_back


def test_a_silence_that_ends_over_a_failure_that_cannot_be_checked_tells_both() -> None:
    blind = Blind("dark", "It is dark.", 0.0, held_back=True)
    state = WatchState(print_id="print-1", phase=Phase.BLIND, blind=blind, latch=Latch(Level.FAILURE))
    told = tell_what_stands(state, WatchSettings(), 1.0)
    assert [event.kind for event in told.events] == [EventKind.BLIND, EventKind.FAILURE]


def test_looking_goes_on_once_the_last_hold_is_over() -> None:
    state = WatchState(print_id="print-1", phase=Phase.WATCHING, holds=("heating", "layer"))
    one = release(state, "heating", WatchSettings(), 1.0).state
    assert one.next_look_at is None
    assert release(one, "layer", WatchSettings(), 1.0).state.next_look_at == 1.0
