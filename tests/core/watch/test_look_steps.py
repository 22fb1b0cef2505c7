"""What one look leads to: the answers of all cameras, what is seen and not seen, and when to look again."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from octoprint_failwatch.engine.errors import (
    DarkPicture,
    FailWatchError,
    LateSnapshot,
    ModelUnavailable,
    NotAuthorised,
    NotPermitted,
    RateLimited,
    ServerFailed,
    SnapshotError,
    TimedOut,
    Unavailable,
)
from octoprint_failwatch.engine.imaging.regions import Polygon
from octoprint_failwatch.engine.judging.judge import Memory
from octoprint_failwatch.engine.judging.latch import Latch
from octoprint_failwatch.engine.judging.trend import Trend
from octoprint_failwatch.engine.judging.verdict import Level, Rule, Verdict
from octoprint_failwatch.engine.models import Box, Detection, Frame
from octoprint_failwatch.engine.statistics import TemporalStatistics
from octoprint_failwatch.engine.watch.blindness import after_failed_look, blind_cameras, main_error
from octoprint_failwatch.engine.watch.cadence import Cadence, Calls, hourly_spacing, next_interval
from octoprint_failwatch.engine.watch.look import Camera, CameraAnswer, LookResult, ask, combine
from octoprint_failwatch.engine.watch.look_outcome import look_answered, look_failed
from octoprint_failwatch.engine.watch.policy import Action, Cause, Countdown, Intervention, Policy
from octoprint_failwatch.engine.watch.settings import WatchSettings
from octoprint_failwatch.engine.watch.state import (
    Blind,
    CameraView,
    Event,
    EventKind,
    Look,
    Phase,
    Step,
    WatchState,
)
from tests.core.watching import NOW, WATCHING, ScriptedDetector, live_camera, picture

GONE, DARK = SnapshotError("unplugged"), DarkPicture("dark")
KNOWN = Blind("no_snapshot", "unplugged", 700.0, looks=3, told=("no_snapshot",), counted_from=700.0)


def answer(p: float, camera: str = "", at: float = NOW - 5.0, **more: object) -> CameraAnswer:
    return CameraAnswer(Frame(b"", at, "printer", "one", camera), Detection(p, **more))


def failed(name: str, error: FailWatchError) -> tuple[Camera, FailWatchError]:
    return live_camera(name), error


# The answers of several cameras


@pytest.mark.parametrize(
    ("quorum", "p", "explained"), [(1, 0.9, 0.3), (2, 0.5, 0.1), (3, 0.2, 0.0), (9, 0.2, 0.0)]
)
def test_p_is_the_highest_that_as_many_cameras_reach_as_were_asked_for(
    quorum: int, p: float, explained: float
) -> None:
    """And of it as much is explained as is left of each camera by its own."""
    seen = [answer(0.5, explained=0.1), answer(0.9, explained=0.3), answer(0.2)]
    result = combine(seen, [], quorum)
    assert result.detection.p == p
    assert result.detection.explained == pytest.approx(explained)


def test_what_one_cameras_background_explains_excuses_nothing_of_another() -> None:
    result = combine([answer(0.9, explained=0.8), answer(0.6)], [], 1)
    assert (result.detection.p, result.detection.explained) == (0.9, pytest.approx(0.3))


def test_a_services_statistics_count_where_one_camera_asks() -> None:
    served, box = TemporalStatistics(0.4), Box(0.1, 0.1, 0.2, 0.2, 0.9)
    one = answer(0.5, "left", statistics=served, boxes=(box,), tagged_image_url="https://s.example/a.jpg")
    alone = combine([one], [], 1)
    assert alone.detection.statistics == served
    assert alone.views == (CameraView("left", 0.5, (box,), "https://s.example/a.jpg"),)
    for others in ([answer(0.1, "right")], []):
        gone = [] if others else [failed("right", LateSnapshot("late"))]
        assert combine([one, *others], gone, 1).detection.statistics is None
    beside = combine([one], [failed("right", LateSnapshot("late")), failed("top", GONE)], 1)
    assert beside.views[1:] == (
        CameraView("right", problem="late", reason=LateSnapshot.kind),
        CameraView("top", problem="unplugged", reason="no_snapshot"),
    )
    assert beside.late == {"right"}
    assert beside.seen == (one,)


class Whole(ScriptedDetector):
    """Sees one box in the corner that is ignored, and one beside it."""

    async def detect(self, frame: Frame) -> Detection:
        await super().detect(frame)
        return Detection(0.9, (Box(0.0, 0.0, 0.2, 0.2, 0.9), Box(0.6, 0.6, 0.8, 0.8, 0.5)))


class Masking(Whole):
    """Can leave regions out itself."""

    masks_regions = True

    async def detect_outside(self, frame: Frame, regions: Sequence[Polygon]) -> Detection:
        return Detection(0.25, raw=(frame, regions))


CORNER = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))


@pytest.mark.parametrize(
    ("detector", "regions", "p", "blackens"),
    [
        (Whole([0.0], returns_boxes=True), (), 0.9, False),
        (Masking([0.0]), (), 0.9, False),
        (Masking([0.0]), (CORNER,), 0.25, False),
        (Whole([0.0], returns_boxes=True), (CORNER,), 0.5, False),
        (Whole([0.0]), (CORNER,), 0.9, True),
    ],
)
async def test_what_is_ignored_is_left_out_by_the_detector_from_its_boxes_or_from_the_picture(
    detector: Whole, regions: tuple[Polygon, ...], p: float, blackens: bool
) -> None:
    frame = Frame(picture(1), NOW, "printer", "one")
    assert (await ask(detector, replace(live_camera(), regions=regions), frame)).p == p
    if detector.frames:
        assert (detector.frames[0].jpeg != frame.jpeg) is blackens
        assert replace(detector.frames[0], jpeg=b"") == replace(frame, jpeg=b"")


# Nothing is seen


def after(
    error: FailWatchError, blind: Blind | None = None, *, count: int = 1, silent: bool = False
) -> tuple[Blind | None, Sequence[Event]]:
    return after_failed_look(blind, error, failed=count, after=3, print_id="one", at=NOW, silent=silent)


@pytest.mark.parametrize(
    ("error", "count", "blinds"),
    [
        (GONE, 2, False),
        (GONE, 3, True),
        (ServerFailed("500"), 2, False),
        (TimedOut("late"), 1, True),
        (LateSnapshot("late"), 1, True),
        (NotAuthorised("who?"), 1, True),
        (NotPermitted("no"), 1, True),
        (ModelUnavailable("no"), 1, True),
        (RateLimited("slow"), 1, True),
    ],
)
def test_a_watch_is_blind_after_three_looks_or_where_waiting_cannot_help(
    error: FailWatchError, count: int, blinds: bool
) -> None:
    blind, events = after(error, count=count)
    if not blinds:
        assert (blind, events) == (None, ())
        return
    assert blind is not None
    assert blind == Blind(
        error.kind, str(error), NOW, looks=count, told=(error.kind,), counted_from=NOW, said=blind.said
    )
    assert events == (Event(EventKind.BLIND, NOW, "one", error.kind),)


@pytest.mark.parametrize(
    ("before", "error", "tells"),
    [
        (KNOWN, GONE, False),
        (KNOWN, DARK, False),
        (replace(KNOWN, reason="dark"), DARK, True),
        (replace(KNOWN, reason="dark", told=("no_snapshot", "dark")), DARK, False),
        (replace(KNOWN, reason="dark"), GONE, False),
        (KNOWN, NotAuthorised("who?"), True),
    ],
)
def test_another_reason_is_told_once_it_lasts_or_cannot_be_waited_for(
    before: Blind, error: FailWatchError, tells: bool
) -> None:
    blind, events = after(error, before, count=4)
    assert blind is not None
    assert (blind.looks, blind.since, blind.counted_from) == (4, 700.0, 700.0)
    assert (blind.reason, blind.detail) == (error.kind, str(error))
    assert [event.detail for event in events] == ([error.kind] if tells else [])
    assert blind.told == (*before.told, *([error.kind] if tells else []))


def test_after_a_gap_blindness_counts_from_the_first_look_that_failed_again() -> None:
    blind, _ = after(GONE, replace(KNOWN, counted_from=None))
    assert blind is not None
    assert blind.counted_from == NOW
    assert blind.since == 700.0


def test_the_services_own_words_are_kept_while_it_is_the_reason() -> None:
    blind, _ = after(NotAuthorised("Who?", said="Token is bad"))
    assert blind is not None
    assert blind.said == "Token is bad"
    blind, _ = after(GONE, blind)
    assert blind is not None
    assert blind.said == ""


@pytest.mark.parametrize(
    ("before", "error", "silent", "minor", "held_back"),
    [
        (None, Unavailable("no"), False, False, False),
        (None, Unavailable("no"), True, True, True),
        (replace(KNOWN, reason="unavailable"), Unavailable("no"), False, True, False),
        (replace(KNOWN, reason="unavailable"), Unavailable("no"), True, True, False),
        (replace(KNOWN, reason="dark"), DARK, False, False, False),
        (replace(KNOWN, reason="dark"), DARK, True, True, True),
        (replace(KNOWN, reason="dark", held_back=True), DARK, False, False, True),
    ],
)
def test_people_are_not_bothered_in_a_silence_nor_with_a_second_reason_that_passes(
    before: Blind | None, error: FailWatchError, silent: bool, minor: bool, held_back: bool
) -> None:
    """What a silence held back is told at its end; a reason that passes by itself is not."""
    blind, (event,) = after(error, before, count=3, silent=silent)
    assert event.minor is minor
    assert blind is not None
    assert blind.held_back is held_back


@pytest.mark.parametrize(
    ("errors", "told", "reason"),
    [
        ([("left", GONE), ("right", ServerFailed("500"))], [], "server_failed"),
        ([("left", DARK), ("right", GONE)], [], "dark"),
        ([("left", GONE), ("right", ServerFailed("500"))], [("right", "server_failed")], "no_snapshot"),
        ([("left", GONE), ("right", ServerFailed("500"))], [("left", "server_failed")], "server_failed"),
        ([("left", DARK), ("right", GONE)], [("left", "dark")], "no_snapshot"),
        ([("left", DARK), ("right", GONE)], [("left", "dark"), ("right", "no_snapshot")], "dark"),
        ([("left", GONE), ("mid", GONE), ("right", ServerFailed("5"))], [("right", "dark")], "server_failed"),
    ],
)
def test_of_several_reasons_the_one_that_is_news_is_told_and_first_what_a_light_mends(
    errors: list[tuple[str, FailWatchError]], told: list[tuple[str, str]], reason: str
) -> None:
    known = [Blind(why, "", 0.0, camera) for camera, why in told]
    assert main_error(errors, known).kind == reason


SEES = CameraView("left")
FAILS = CameraView("left", problem="unplugged", reason="no_snapshot")
LEFT = Blind("no_snapshot", "unplugged", 700.0, "left", looks=2)
TOLD = replace(LEFT, looks=3, told=("no_snapshot",))


@pytest.mark.parametrize(
    ("before", "view", "late", "now", "events"),
    [
        (None, SEES, False, None, []),
        (LEFT, SEES, False, None, []),
        (TOLD, SEES, False, None, [EventKind.CAMERA_SEEING]),
        (None, FAILS, False, replace(LEFT, since=NOW, looks=1), []),
        (None, FAILS, True, replace(TOLD, since=NOW, looks=1), [EventKind.CAMERA_BLIND]),
        (replace(LEFT, looks=1), FAILS, False, LEFT, []),
        (LEFT, FAILS, False, TOLD, [EventKind.CAMERA_BLIND]),
        (TOLD, FAILS, False, replace(TOLD, looks=4), []),
        (TOLD, FAILS, True, replace(TOLD, looks=4), []),
        (
            TOLD,
            CameraView("left", problem="d", reason="dark"),
            False,
            replace(TOLD, reason="dark", detail="d", looks=4),
            [],
        ),
        (
            replace(TOLD, reason="dark"),
            CameraView("left", problem="d", reason="dark"),
            False,
            replace(TOLD, reason="dark", detail="d", looks=4, told=("no_snapshot", "dark")),
            [EventKind.CAMERA_BLIND],
        ),
    ],
)
def test_of_one_of_several_cameras_it_is_told_once_that_it_is_blind_and_that_it_sees_again(
    before: Blind | None, view: CameraView, late: bool, now: Blind | None, events: list[EventKind]
) -> None:
    blind, told = blind_cameras(
        [] if before is None else [before],
        [CameraView("right"), view],
        late=["left"] if late else [],
        after=3,
        print_id="one",
        at=NOW,
        silent=False,
    )
    assert blind == (() if now is None else (now,))
    assert [(event.kind, event.camera, event.minor) for event in told] == [
        (kind, "left", False) for kind in events
    ]


# When to look again


@pytest.mark.parametrize(
    ("retry_after", "waits"),
    [
        (5.0, 10.0),
        (60.0, 60.0),
        (300.0, 300.0),
        (500.0, 300.0),
        (700.0, 350.0),
        (3600.0, 1800.0),
        (9e9, 1800.0),
    ],
)
def test_of_a_long_wait_that_a_service_asks_for_half_is_spent(retry_after: float, waits: float) -> None:
    assert next_interval(Cadence(), calm=False, retry_after=retry_after) == waits
    assert next_interval(Cadence(interval=2000.0), calm=False, retry_after=retry_after) == 2000.0


def test_whoever_asks_for_two_looks_a_second_gets_them() -> None:
    often = Cadence(interval=0.5)
    assert next_interval(often, calm=True) == next_interval(often, calm=False, failed=1) == 0.5
    assert next_interval(often, calm=False, at_least=2.0) == 2.0


@pytest.mark.parametrize(
    ("budget", "used", "minute", "cameras", "spacing"),
    [
        (None, 0, 0, 1, 0.0),
        (0, 0, 0, 1, 0.0),
        (60, 0, 0, 1, 60.0),
        (60, 0, 0, 2, 120.0),
        (60, 0, 30, 1, 60.0),
        (60, 50, 30, 1, 180.0),
        (60, 50, 30, 3, 600.0),
        (60, 59, 30, 1, 1800.0),
        (60, 59, 30, 2, 1800.0),
        (60, 60, 30, 1, 1800.0),
        (30, 29, 59, 1, 120.0),
    ],
)
def test_what_is_left_of_an_hours_budget_lasts_to_its_end(
    budget: int | None, used: int, minute: int, cameras: int, spacing: float
) -> None:
    calls = Calls("1970-01-01T00", used, "1970-01", used)
    assert hourly_spacing(Cadence(calls_per_hour=budget), calls, 60.0 * minute, cameras) == spacing


def answered(
    state: WatchState = WATCHING,
    settings: WatchSettings | None = None,
    result: LookResult | None = None,
    p: float = 0.02,
) -> Step:
    result = result or combine([answer(p)], [], 1)
    settings = settings or WatchSettings()
    return look_answered(state, settings, result, started=NOW - 8.0, now=NOW, latency=2.5)


def standing(level: Level, *, p: float, **changes: object) -> WatchState:
    """Return the state of a print with this level, of which the recent looks showed p."""
    statistics = TemporalStatistics(p, p, p, 50, 50, 50.0, 50.0)
    return replace(
        WATCHING,
        memory=Memory(statistics, Trend(baseline=0.02, slow_mean=p), judged_at=NOW - 15.0),
        latch=Latch(level, 900.0, Verdict(level)) if level is not Level.NONE else Latch(),
        told=level,
        **changes,
    )


def test_a_look_says_what_was_seen_when_and_how_long_it_took() -> None:
    served = TemporalStatistics(0.3, 0.2, 0.1, 12, 120, 12.0, 120.0)
    box = Box(0.1, 0.1, 0.2, 0.2, 0.9)
    result = combine([answer(0.5, statistics=served, boxes=(box,), explained=0.1)], [], 1)
    first = answered(result=result).state.look
    assert first == Look(
        12,
        NOW - 5.0,
        0.4,
        result.views,
        served,
        first.verdict if first else Verdict(),
        2.5,
        None,
        statistics_served=True,
        raw_p=0.5,
        explained=pytest.approx(0.1),
    )
    second = answered(replace(WATCHING, look=replace(first, at=NOW - 25.0)) if first else WATCHING).state.look
    assert second is not None
    assert (second.number, second.spacing, second.statistics_served) == (1, 20.0, False)


def test_a_look_that_is_answered_ends_blindness_and_what_was_planned_for_it() -> None:
    planned = Intervention(Countdown(Action.PAUSE, 990.0, 1020.0, Cause.BLIND))
    blind = replace(WATCHING, phase=Phase.BLIND, blind=KNOWN, failed_looks=5, intervention=planned)
    step = answered(blind)
    after_it = step.state
    assert (after_it.phase, after_it.since, after_it.blind, after_it.failed_looks) == (
        Phase.WATCHING,
        NOW,
        None,
        0,
    )
    assert after_it.intervention == Intervention()
    assert [(event.kind, event.detail) for event in step.events] == [(EventKind.SEEING, "no_snapshot")]
    other = Intervention(Countdown(Action.PAUSE, 990.0, 1020.0, Cause.FAILURE))
    assert answered(replace(blind, intervention=other)).state.intervention == other
    seeing = answered(replace(WATCHING, intervention=planned))
    assert (seeing.state.since, seeing.state.intervention, seeing.events) == (500.0, planned, ())


def test_a_camera_that_was_moved_is_told_of_and_teaches_nothing() -> None:
    known = standing(Level.NONE, p=0.02)
    still = answered(known)
    assert still.teaches
    assert still.state.memory.trend.baseline is not None
    result = combine([answer(0.02, "left"), answer(0.02, "right", moved=True)], [], 1)
    step = answered(known, result=result)
    assert not step.teaches
    assert step.state.memory.trend.baseline is None
    assert [(event.kind, event.camera) for event in step.events] == [(EventKind.CAMERA_MOVED, "right")]


@pytest.mark.parametrize(
    ("level", "mean", "p", "wait"),
    [
        (Level.NONE, 0.02, 0.02, 60.0),
        (Level.NONE, 0.02, 0.21, 60.0),
        (Level.NONE, 0.02, 0.23, 10.0),
        (Level.NONE, 0.3, 0.02, 10.0),
        (Level.MAYBE, 0.02, 0.02, 10.0),
    ],
)
def test_the_next_look_comes_sooner_once_anything_is_halfway_to_a_level(
    level: Level, mean: float, p: float, wait: float
) -> None:
    """Counted from the beginning of the one before, so that a slow answer delays nothing."""
    settings = WatchSettings(cadence=Cadence(interval=10.0, calm_interval=60.0))
    step = answered(standing(level, p=mean), settings, p=p)
    assert step.state.next_look_at == NOW - 8.0 + wait


def test_an_hours_budget_spaces_the_looks_of_all_cameras() -> None:
    settings = WatchSettings(cadence=Cadence(calls_per_hour=60))
    state = replace(WATCHING, calls=Calls("1970-01-01T00", 2, "1970-01", 2))
    two = combine([answer(0.02, "left")], [failed("right", GONE)], 1)
    assert answered(state, settings, two).state.next_look_at == NOW - 8.0 + 120.0


PAUSES = WatchSettings(policy=Policy(on_maybe=Action.NOTIFY, on_failure=Action.PAUSE, veto=30.0))


@pytest.mark.parametrize("silent", [False, True])
def test_a_level_that_rises_is_told_and_planned_for_unless_in_a_silence(silent: bool) -> None:
    step = answered(standing(Level.MAYBE, p=0.8, muted=silent), PAUSES, p=0.9)
    failure = step.events[0]
    assert (failure.kind, failure.level, failure.at, failure.minor) == (
        EventKind.FAILURE,
        Level.FAILURE,
        NOW - 5.0,
        silent,
    )
    assert failure.detail == (step.state.look.verdict.reason if step.state.look else "")
    assert step.state.told is (Level.MAYBE if silent else Level.FAILURE)
    planned = None if silent else Countdown(Action.PAUSE, NOW, NOW + 30.0, Cause.FAILURE)
    assert step.state.intervention.countdown == planned
    assert [event.kind for event in step.events[1:]] == ([] if silent else [EventKind.COUNTDOWN])


@pytest.mark.parametrize(
    ("p", "told", "level", "cause", "stays"),
    [
        (0.0, Level.FAILURE, Level.NONE, Cause.FAILURE, False),
        (0.0, Level.FAILURE, Level.NONE, Cause.MAYBE, False),
        (0.0, Level.NONE, Level.NONE, Cause.FAILURE, False),
        (0.53, Level.FAILURE, Level.MAYBE, Cause.FAILURE, False),
        (0.53, Level.FAILURE, Level.MAYBE, Cause.MAYBE, True),
        (0.53, Level.NONE, Level.MAYBE, Cause.BLIND, True),
    ],
)
def test_a_level_that_falls_takes_back_what_was_planned_for_more(
    p: float, told: Level, level: Level, cause: Cause, stays: bool
) -> None:
    """To a doubt it is no news to bother people with."""
    countdown = Countdown(Action.PAUSE, 990.0, 4000.0, cause)
    before = standing(Level.FAILURE, p=p, intervention=Intervention(countdown))
    before = replace(
        before,
        told=told,
        latch=replace(before.latch, quiet_since=300.0),
        memory=replace(before.memory, trend=Trend(baseline=0.02)),
    )
    step = answered(before, PAUSES, p=p)
    assert step.state.level is level
    (cleared,) = step.events
    assert (cleared.kind, cleared.level, cleared.minor) == (EventKind.CLEARED, level, level is Level.MAYBE)
    assert step.state.told is min(told, level, key=lambda one: one.rank)
    assert step.state.intervention.countdown == (countdown if stays else None)
    again = answered(step.state, PAUSES, p=p)
    assert again.events == ()


# A look that fails


def fails(state: WatchState, error: FailWatchError, settings: WatchSettings | None = None) -> Step:
    return look_failed(state, settings or WatchSettings(), error, cameras=1, now=NOW)


def test_a_look_that_fails_leaves_the_print_watched_until_it_is_the_third() -> None:
    quiet = Latch(Level.FAILURE, 900.0, Verdict(Level.FAILURE, Rule.HIGH), quiet_since=950.0)
    first = fails(replace(WATCHING, latch=quiet), GONE)
    assert (first.state.phase, first.state.failed_looks, first.state.since) == (Phase.WATCHING, 1, 500.0)
    assert first.state.latch == quiet
    assert first.state.next_look_at == NOW + 10.0
    second = fails(first.state, GONE)
    assert (second.state.blind, second.state.next_look_at) == (None, NOW + 20.0)
    third = fails(second.state, GONE)
    assert (third.state.phase, third.state.failed_looks, third.state.since) == (Phase.BLIND, 3, NOW)
    assert third.state.latch == replace(quiet, quiet_since=None)
    assert third.state.next_look_at == NOW + 40.0
    assert [event.kind for event in third.events] == [EventKind.BLIND]
    fourth = look_failed(third.state, WatchSettings(), GONE, cameras=1, now=NOW + 40.0)
    assert (fourth.state.since, fourth.state.next_look_at, fourth.events) == (NOW, NOW + 120.0, ())


def test_a_reason_that_was_not_told_yet_is_looked_at_again_soon() -> None:
    blind = replace(WATCHING, phase=Phase.BLIND, blind=KNOWN, failed_looks=9)
    assert fails(blind, GONE).state.next_look_at == NOW + 300.0
    assert fails(blind, DARK).state.next_look_at == NOW + 10.0


def test_what_a_service_asks_for_and_the_budget_put_the_next_look_off() -> None:
    assert fails(WATCHING, RateLimited("slow", retry_after=90.0)).state.next_look_at == NOW + 90.0
    hourly = WatchSettings(cadence=Cadence(calls_per_hour=60))
    state = replace(WATCHING, calls=Calls("1970-01-01T00", 1, "1970-01", 1))
    assert fails(state, GONE, hourly).state.next_look_at == NOW + 60.0
