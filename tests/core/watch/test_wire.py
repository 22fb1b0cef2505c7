"""States go over the wire, and to disk and back, without loss."""

import contextlib
import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.judging.acceptance import Acceptance
from octoprint_failwatch.engine.judging.judge import Memory
from octoprint_failwatch.engine.judging.trend import NEW_SWING
from octoprint_failwatch.engine.judging.verdict import Verdict
from octoprint_failwatch.engine.models import Box, Detection, Frame
from octoprint_failwatch.engine.serialization import from_json, to_json
from octoprint_failwatch.engine.watch.messages import state_json
from octoprint_failwatch.engine.watch.policy import Order
from octoprint_failwatch.engine.watch.state import (
    Blind,
    CameraView,
    Event,
    EventKind,
    Look,
    Phase,
    WatchState,
)

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def sent(value: object) -> Any:
    """Return what arrives of a value."""
    return json.loads(json.dumps(to_json(value), allow_nan=False))


@given(st.from_type(WatchState))
def test_a_state_comes_back_as_it_was(state: WatchState) -> None:
    """All of it, to the last digit."""
    assert from_json(WatchState, sent(state)) == state


@given(st.from_type(Event))
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    """All of it."""
    assert from_json(Event, sent(event)) == event


@given(st.from_type(WatchState), st.data())
def test_a_state_of_another_release(state: WatchState, data: st.DataObject) -> None:
    """What this release does not know is ignored, what the other did not know is as at first."""
    wire = sent(state)
    absent = data.draw(st.sets(st.sampled_from(sorted(wire))))
    wire = {key: value for key, value in wire.items() if key not in absent} | {"of tomorrow": [1]}
    assert from_json(WatchState, wire) == dataclasses.replace(
        state, **{key: getattr(WatchState(), key) for key in absent}
    )


@given(st.from_type(WatchState), st.data())
def test_a_damaged_state_is_refused_and_breaks_nothing(state: WatchState, data: st.DataObject) -> None:
    """Whatever stands in place of a value: a state, or ValueError."""
    wire = sent(state)
    path = data.draw(st.sampled_from(sorted(wire)))
    wire[path] = data.draw(anything)
    with contextlib.suppress(ValueError):
        assert isinstance(from_json(WatchState, wire), WatchState)


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        [],
        "state",
        {"phase": "sleeping"},
        {"since": "noon"},
        {"since": True},
        pytest.param({"since": 10**400}, id="since: too large"),
        {"print_id": 7},
        {"holds": "heating"},
        {"holds": [1]},
        {"muted": 1},
        {"look": {}},
        {"memory": {"statistics": {"prediction_num": 1.5}}},
    ],
    ids=str,
)
def test_what_is_no_state(damaged: object) -> None:
    """Is told by ValueError, which hosts expect."""
    with pytest.raises(ValueError, match=r".+"):
        from_json(WatchState, damaged)


def test_whole_numbers_become_decimals_again() -> None:
    """JSON of other languages writes 1.0 as 1."""
    since = from_json(WatchState, {"since": 5}).since
    assert (since, type(since)) == (5.0, float)


def test_pictures_and_raw_answers_stay_here() -> None:
    """They are not for the wire."""
    frame = to_json(Frame(b"\xff", 0.0, "printer", "print"))
    assert frame["print_id"] == "print"
    assert "jpeg" not in frame
    detection = to_json(Detection(0.5, (Box(0, 0, 1, 1, 0.5),), raw=object()))
    assert detection["p"] == 0.5
    assert "raw" not in detection


def test_enumerations_are_their_values() -> None:
    """So that templates and automations can compare them."""
    state = to_json(WatchState(phase=Phase.BLIND))
    assert type(state["phase"]) is str
    assert state["phase"] == "blind"
    assert to_json({EventKind.FAILURE: Memory()})["failure"]["judged_at"] is None


@pytest.mark.parametrize(("height", "limit"), [(0.5, 0.7), (0.96, None)])
def test_what_was_accepted_is_told_with_the_mean_at_which_it_alarms_again(
    height: float, limit: float | None
) -> None:
    state = WatchState(memory=Memory(acceptance=Acceptance(at=1.0, until=None, height=height)))
    shown = state_json(state)["memory"]["acceptance"]
    assert (shown["height"], shown["limit"]) == (height, pytest.approx(limit))
    assert state_json(WatchState())["memory"]["acceptance"] is None


EMPTY = {
    "statistics": dict.fromkeys(
        ("ewm_mean", "rolling_mean_short", "rolling_mean_long", "prediction_num", "prediction_num_lifetime"),
        0,
    )
    | {"frames": 0, "frames_lifetime": 0},
    "trend": {
        "slow_mean": 0,
        "baseline": None,
        "learned": 0,
        "slow_square": 0,
        "sure_looks": 0,
        "sure_frames": 0,
    }
    | {"opening": 0, "opening_looks": 0, "fixture": 0, "fixture_prints": 0}
    | {"unrest": NEW_SWING**3, "excess": 0, "excess_frames": 0},
    "latch": {"level": "none", "since": None, "verdict": None, "quiet_since": None, "confirmed": False}
    | {"silent_until": None},
    "intervention": {"countdown": None, "paused_at": None, "done": False, "ordered": None, "pauses": 0},
    "calls": {"hour": "", "in_hour": 0, "month": "", "in_month": 0},
    "verdict": {"level": "none", "rule": "quiet", "score": 0, "usual": 0, "limit": 0},
}


UNJUDGED = {"judged_at": None, "acceptance": None, "answers": 0}


@pytest.mark.parametrize(
    ("kind", "stored", "otherwise"),
    [
        (
            WatchState,
            {},
            {"printer_id": "", "phase": "idle", "since": 0, "print_id": None, "print_name": ""}
            | {"started_at": None, "holds": [], "blind": None, "blind_cameras": [], "look": None}
            | {"memory": {key: EMPTY[key] for key in ("statistics", "trend")} | UNJUDGED}
            | {key: EMPTY[key] for key in ("latch", "intervention", "calls")}
            | {
                "muted": False,
                "snoozed_until": None,
                "next_look_at": None,
                "failed_looks": 0,
                "told": "none",
            },
        ),
        (Memory, {}, UNJUDGED),
        (
            Blind,
            {"reason": "no_snapshot", "detail": "", "since": 1},
            {"camera": "", "accepted": False, "looks": 1, "told": [], "counted_from": None, "said": ""}
            | {"held_back": False},
        ),
        (
            Look,
            {"number": 1, "at": 1, "p": 0.5, "views": [{"camera": ""}], "latency": 1}
            | {key: EMPTY[key] for key in ("statistics", "verdict")},
            {"spacing": None, "statistics_served": False, "raw_p": None, "explained": 0},
        ),
        (
            CameraView,
            {"camera": ""},
            {"p": 0, "boxes": [], "tagged_image_url": None, "problem": "", "reason": ""},
        ),
        (Verdict, {}, EMPTY["verdict"]),
        (Order, {"action": "pause", "cause": "failure"}, {"tries": 1, "next_try_at": None, "problems": []}),
        (
            Acceptance,
            {"at": 1, "until": None, "height": 0.5},
            {"seen": 0, "outside": 0, "covers_sure": False},
        ),
        (
            Event,
            {"kind": "failure", "at": 1, "print_id": None},
            {"level": "none", "camera": "", "minor": False},
        ),
    ],
)
def test_what_another_release_did_not_store_is_as_at_first(
    kind: type, stored: dict[str, Any], otherwise: dict[str, Any]
) -> None:
    read = to_json(from_json(kind, stored))
    assert {key: read[key] for key in otherwise} == otherwise
