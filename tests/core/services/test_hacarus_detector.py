"""HACARUS as a detector, in all three dialects."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.clients.hacarus import Assessment
from octoprint_failwatch.engine.detectors import create_detector, query_service
from octoprint_failwatch.engine.detectors import hacarus as hacarus_detector
from octoprint_failwatch.engine.detectors.hacarus import p_of
from octoprint_failwatch.engine.errors import (
    BadAnswer,
    BadRequest,
    BadSetting,
    Busy,
    DetectionError,
    NotAuthorised,
    NotFound,
    NotPermitted,
    ServerFailed,
    TimedOut,
)
from tests.core.services.asking import frame, host
from tests.core.services.test_hacarus import server
from tests.emulators.broken import HANG, broken, hanging_up
from tests.emulators.hacarus_state import CLIENT_ID, CLIENT_SECRET, State
from tests.emulators.judging import Sighting
from tests.emulators.running import running
from tests.patience import PATIENCE


def settings(address: Any, **changes: Any) -> dict[str, Any]:
    credentials = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return {
        "kind": "hacarus",
        "url": str(address),
        "answer_within": PATIENCE,
        **credentials,
        **changes,
    }


async def settled() -> None:
    """Let deletions in the background come to their end."""
    tasks = [task for task in asyncio.all_tasks() if "delete" in repr(task.get_coro())]
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize(("dialect", "p"), [("check", 0.8), ("saas", 1.0), ("sdk", 1.0)])
async def test_a_frame_is_judged(dialect: str, p: float) -> None:
    async with running(server(dialect, State())) as url, host() as lent:
        detector = create_detector(settings(url), lent)
        bad, good = await detector.detect(frame(0.8)), await detector.detect(frame(0.0))
        await detector.close()
    assert bad.p == pytest.approx(p, abs=0.03)
    (box,) = bad.boxes
    assert (box.x_min, box.y_max) == pytest.approx((0.25, 0.75), abs=0.03)
    assert bad.tagged_image_url is not None
    assert (good.p, good.boxes) == (0.0, ())
    assert CLIENT_SECRET not in repr(bad.raw)


async def test_half_is_at_the_threshold() -> None:
    async with running(server("check", State())) as url, host() as lent:
        detection = await create_detector(settings(url), lent).detect(frame(0.5))
        stricter = await create_detector(settings(url, threshold=0.05), lent).detect(frame(0.5))
    assert detection.p == pytest.approx(0.5, abs=0.03)
    assert stricter.p == pytest.approx(2 / 3, abs=0.03)


async def test_a_frames_item_is_gone_once_the_next_is_answered() -> None:
    state = State()
    async with running(server("check", state)) as url, host() as lent:
        detector = create_detector(settings(url), lent)
        first = await detector.detect(frame())
        async with lent.session.get(str(first.tagged_image_url)) as response:
            assert response.status == 200
        for _ in range(3):
            await detector.detect(frame())
        await settled()
        assert len(state.items) == 1
        await detector.close()
    assert state.items == {}
    assert len(set(state.deleted)) == 4


@pytest.mark.parametrize("reason", ["busy", "slow", "model"])
async def test_a_frame_that_gets_no_answer_leaves_nothing_behind(reason: str) -> None:
    state = State(busy=reason == "busy", polls=1000 if reason == "slow" else 1)
    changes = {"busy": {}, "slow": {"answer_within": 2.0}, "model": {"model_id": "none"}}[reason]
    expected = {"busy": Busy, "slow": TimedOut, "model": BadRequest}[reason]
    async with running(server("check", state)) as url, host() as lent:
        detector = create_detector(settings(url, **changes), lent)
        with pytest.raises(expected):
            await detector.detect(frame())
        await detector.close()
    assert state.items == {}
    assert len(state.deleted) == 1


async def test_a_question_that_is_cut_short_at_the_end_is_not_told_as_the_reason() -> None:
    asked = 0

    @web.middleware
    async def hang(request: web.Request, handler: Any) -> web.StreamResponse:
        nonlocal asked
        asked += request.method == "GET" and "/items/" in request.path
        if asked > 1:
            await asyncio.Event().wait()
        answer: web.StreamResponse = await handler(request)
        return answer

    app = server("check", State(polls=1000))
    app.middlewares.append(hang)
    async with running(app) as url, host() as lent:
        detector = create_detector(settings(url, answer_within=2.0), lent)
        with pytest.raises(TimedOut, match="had not judged the picture"):
            await detector.detect(frame())


async def test_a_frame_that_is_given_up_leaves_nothing_behind() -> None:
    judged = asyncio.Event()

    async def judge(jpeg: bytes) -> list[Sighting]:
        judged.set()
        return []

    state = State(judge, polls=1000)
    async with running(server("check", state)) as url, host() as lent:
        detector = create_detector(settings(url), lent)
        task = asyncio.ensure_future(detector.detect(frame()))
        await judged.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await detector.close()
    assert len(state.deleted) == 1
    assert state.items == {}


async def test_a_frame_that_is_given_up_while_it_is_sent_leaves_nothing_behind() -> None:
    arrived, may_answer = asyncio.Event(), asyncio.Event()

    @web.middleware
    async def slow(request: web.Request, handler: Any) -> web.StreamResponse:
        answer: web.StreamResponse = await handler(request)
        if (request.method, request.path) == ("POST", "/api/v1/items/"):
            arrived.set()
            await may_answer.wait()
        return answer

    state = State()
    app = server("check", state)
    app.middlewares.append(slow)
    async with running(app) as url, host() as lent:
        detector = create_detector(settings(url), lent)
        task = asyncio.ensure_future(detector.detect(frame()))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        may_answer.set()
        await detector.close()
    assert len(state.deleted) == 1
    assert state.items == {}


async def test_a_fault_of_the_connection_is_sat_out() -> None:
    app = server("check", State())
    # The first is asked for again by aiohttp itself.
    app.middlewares.append(hanging_up(3, "GET", "/api/v1/items/failwatch"))
    async with running(app) as url, host() as lent:
        detection = await create_detector(settings(url), lent).detect(frame(0.8))
    assert detection.p == pytest.approx(0.8, abs=0.03)


WRONG: dict[str, tuple[int, Any, type[DetectionError]]] = {
    "token": (401, {"errors": {"title": "Token has expired"}}, NotAuthorised),
    "permission": (403, {"errors": {"title": "Not yours"}}, NotPermitted),
    "answer": (200, {"data": []}, BadAnswer),
    "status": (200, {"data": {"item_id": "1", "status": "failed"}}, ServerFailed),
    "nobody": (200, {"data": {"item_id": "1", "status": "done", "assessments": []}}, BadAnswer),
}


@pytest.mark.parametrize("what", WRONG)
async def test_what_waiting_cannot_mend_is_told_at_once(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status, body, error = WRONG[what]
    monkeypatch.setattr(hacarus_detector, "DONE_GRACE", 0.0)

    @web.middleware
    async def spoil(request: web.Request, handler: Any) -> web.StreamResponse:
        if request.method == "GET" and "/items/" in request.path:
            return web.json_response(body, status=status)
        answer: web.StreamResponse = await handler(request)
        return answer

    app = server("check", State())
    app.middlewares.append(spoil)
    async with running(app) as url, host() as lent:
        with pytest.raises(error):
            await create_detector(settings(url, answer_within=300), lent).detect(frame(0.8))


async def test_a_server_that_stays_silent_at_the_log_in() -> None:
    async with broken(HANG) as url, host() as lent:
        with pytest.raises(TimedOut):
            await create_detector(settings(url, answer_within=0.1), lent).detect(frame())


async def test_only_the_chosen_models_word_counts() -> None:
    state = State()
    other = state.add_model("Other", "Reconstructor", [], polls=0)
    chosen = next(iter(state.models))
    async with running(server("check", state)) as url, host() as lent:
        detector = create_detector(settings(url, model_id=chosen), lent)
        detection = await detector.detect(frame(0.8))
    assert [one["model_id"] for one in detection.raw["assessments"]] == [chosen]
    assert other.model_id != chosen


async def test_what_there_is_to_choose() -> None:
    state = State()
    state.add_model("Half-baked", "Reconstructor", [], polls=9)
    model = next(iter(state.models))
    async with running(server("check", state)) as url, host() as lent:
        found = await query_service(settings(url), lent)
        assert [choice.value for choice in found.choices["model_id"]] == ["active", model]
        with pytest.raises(NotAuthorised, match="Client id and secret mismatch"):
            await query_service(settings(url, client_secret="wrong"), lent)


async def test_that_pictures_stay_is_said() -> None:
    async with host() as lent:
        async with running(server("saas", State())) as url:
            assert "keeps every picture" in await create_detector(settings(url), lent).check()
        async with running(server("check", State())) as url:
            assert "keeps" not in await create_detector(settings(url), lent).check()


async def test_checking_tries_the_model() -> None:
    state = State()
    async with running(server("check", state)) as url, host() as lent:
        assert await create_detector(settings(url, model_id=next(iter(state.models))), lent).check()
        with pytest.raises(NotFound, match="Cannot find models"):
            await create_detector(settings(url, model_id="none"), lent).check()


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": ""},
        {"client_secret": ""},
        {"dialect": "klingon"},
        {"threshold": -1},
        {"threshold": "much"},
        {"answer_within": math.nan},
        {"answer_within": []},
        {"url": ""},
    ],
)
async def test_what_is_needed_is_said(changes: dict[str, Any]) -> None:
    async with host() as lent:
        with pytest.raises(BadSetting):
            create_detector(settings("http://host", **changes), lent)


SCORES = st.floats(0, 1e9, allow_nan=False)
THRESHOLDS = st.floats(1e-3, 1e3)


@given(SCORES, SCORES, THRESHOLDS)
def test_p_rises_with_the_score_and_stays_below_one(one: float, other: float, threshold: float) -> None:
    low, high = (p_of(Assessment(anomaly_score=score), threshold) for score in sorted((one, other)))
    assert 0 <= low <= high <= 1
    assert p_of(Assessment(anomaly_score=threshold), threshold) == 0.5


@pytest.mark.parametrize(
    ("assessment", "p"),
    [
        (Assessment(label="NG"), 1),
        (Assessment(label="OK"), 0),
        (Assessment(result="bad"), 1),
        (Assessment(result="good"), 0),
        (Assessment(detected_objects=2), 1),
        (Assessment(detected_objects=0), 0),
        (Assessment(label="OK", result="bad"), 1),
    ],
)
def test_words_count_where_there_is_no_score(assessment: Assessment, p: float) -> None:
    assert p_of(assessment, 0.1) == p


@pytest.mark.parametrize("assessment", [Assessment(), Assessment(label="?"), Assessment(anomaly_score=-1)])
def test_neither_score_nor_word_is_an_error_and_never_a_zero(assessment: Assessment) -> None:
    with pytest.raises(BadAnswer):
        p_of(assessment, 0.1)
