"""The Super Detection API as a detector, and Obico's printer API."""

from __future__ import annotations

import asyncio
import json
from dataclasses import astuple
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.clients.obico import Found, found
from octoprint_failwatch.engine.detectors import create_detector, obico_printer, query_service
from octoprint_failwatch.engine.errors import (
    BadAnswer,
    BadRequest,
    BadSetting,
    DetectionError,
    NotAuthorised,
    NotFound,
    RateLimited,
    WrongAddress,
)
from octoprint_failwatch.engine.statistics import TemporalStatistics, advance
from tests.core.services.asking import frame, host
from tests.emulators.broken import answer, broken
from tests.emulators.obico import TOKEN, Obico, PrinterRecord
from tests.emulators.running import running


def settings(url: Any, **changes: Any) -> dict[str, Any]:
    return {"kind": "super_api", "url": str(url), "token": TOKEN, **changes}


async def test_p_statistics_and_tagged_picture_are_the_services() -> None:
    emulator = Obico()
    async with running(emulator.application()) as url, host() as lent:
        detector = create_detector(settings(url), lent)
        first = await detector.detect(frame(0.8))
        second = await detector.detect(frame(0.4))
        assert first.p == pytest.approx(0.8, abs=0.03)
        expected = advance(advance(TemporalStatistics(), first.p), second.p)
        assert second.statistics is not None
        assert astuple(second.statistics) == pytest.approx(astuple(expected), rel=1e-12)
        async with lent.session.get(str(first.tagged_image_url)) as response:
            assert await response.read() == frame(0.8).jpeg
    assert emulator.requests == [{"printer_id": "printer-1", "print_id": "print-1"}] * 2


async def test_boxes_of_later_releases_are_shares_of_the_picture() -> None:
    async with running(Obico(boxes=True).application()) as url, host() as lent:
        detection = await create_detector(settings(url), lent).detect(frame(0.8))
    (box,) = detection.boxes
    assert (box.x_min, box.y_min, box.x_max, box.y_max) == pytest.approx((0.25, 0.25, 0.75, 0.75), abs=0.03)
    assert detection.tagged_image_url is None


@pytest.mark.parametrize("path", ["", "/", "/ent/partners/api/predict/", "/ent/partners/api/predict"])
async def test_the_address_may_be_pasted_whole(path: str) -> None:
    emulator = Obico()
    async with running(emulator.application()) as url, host() as lent:
        await create_detector(settings(f"{url}{path}"), lent).detect(frame())
    assert len(emulator.requests) == 1


async def test_checking_leaves_no_trace_in_the_statistics() -> None:
    emulator = Obico()
    async with running(emulator.application()) as url, host() as lent:
        answer = await query_service(settings(url), lent)
        assert "accepts the token" in answer.says
        with pytest.raises(NotAuthorised, match="Invalid or Inactive Token"):
            await query_service(settings(url, token="wrong"), lent)
    assert emulator.printers == {}


async def test_the_services_refusals_keep_their_words() -> None:
    emulator = Obico()
    async with running(emulator.application()) as url, host() as lent:
        detector = create_detector(settings(url), lent)
        with pytest.raises(BadRequest, match="print_id"):
            await detector.detect(frame(print_id="x" * 257))
        emulator.too_hot = True
        with pytest.raises(RateLimited, match="running too hot") as caught:
            await detector.detect(frame())
    assert caught.value.retry_after is None


ODD_ANSWERS: list[Any] = [
    [],
    {},
    {"result": None},
    {"result": {}},
    {"result": {"p": None}},
    {"result": {"p": True}},
    {"result": {"p": "often"}},
    {"result": {"p": -0.1}},
    {"result": {"p": 1, "temporal_stats": []}},
    {"result": {"p": 1, "temporal_stats": {"ewm_mean": 1}}},
    {"result": {"p": 1, "detections": {}}},
    {"result": {"p": 1, "detections": [[0.5]]}},
    {"result": {"p": 1, "detections": [[0.5, [1, 2, 3]]]}},
]


@pytest.mark.parametrize("odd", ODD_ANSWERS, ids=str)
async def test_an_answer_without_what_it_must_have_is_an_error_and_never_a_zero(odd: Any) -> None:
    async def odd_answer(request: web.Request) -> web.Response:
        return web.json_response(odd)

    app = web.Application()
    app.router.add_post("/ent/partners/api/predict/", odd_answer)
    async with running(app) as url, host() as lent:
        with pytest.raises(BadAnswer):
            await create_detector(settings(url), lent).detect(frame())


@pytest.mark.parametrize(("p", "statistics"), [(1.437, {}), ("0.25", {"temporal_stats": None})])
async def test_a_sum_above_one_and_missing_statistics_are_fine(p: Any, statistics: Any) -> None:
    async def odd_answer(request: web.Request) -> web.Response:
        return web.json_response({"result": {"p": p, **statistics}})

    app = web.Application()
    app.router.add_post("/ent/partners/api/predict/", odd_answer)
    async with running(app) as url, host() as lent:
        detection = await create_detector(settings(url), lent).detect(frame())
    assert detection.p == float(p)
    assert detection.statistics is None


async def test_a_stranger_that_refuses_is_not_taken_for_the_service() -> None:
    page = answer("400 Bad Request", b"<html>", kind="text/html")
    for reply in (page, answer("400 Bad Request", b'{"code": 7}')):
        async with broken(reply) as url, host() as lent:
            with pytest.raises(WrongAddress):
                await create_detector(settings(url), lent).check()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://[", 7, "", "data:text/html,x"])
async def test_what_is_no_address_is_no_tagged_picture(address: Any) -> None:
    for sent, told in ((address, None), ("http://a/b.jpg", "http://a/b.jpg")):
        body = json.dumps({"result": {"p": 0.25, "tagged_img_url": sent}}).encode()
        async with broken(answer("200 OK", body)) as url, host() as lent:
            detection = await create_detector(settings(url), lent).detect(frame())
        assert (detection.p, detection.tagged_image_url) == (0.25, told)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(JSON)
def test_whatever_stands_for_boxes_is_read_or_refused(value: Any) -> None:
    try:
        boxes = found(value)
    except DetectionError:
        return
    assert len(boxes) == len(value)


@given(st.lists(st.tuples(st.floats(0, 9), st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS))), st.booleans())
def test_boxes_are_read_with_and_without_a_label(boxes: list[Any], labelled: bool) -> None:
    sent = [[*(["failure"] if labelled else []), score, list(edges)] for score, edges in boxes]
    assert found(sent) == tuple(Found("failure", score, *edges) for score, edges in boxes)


def of_printer(url: Any, **changes: Any) -> dict[str, Any]:
    return {"kind": "obico_printer", "url": str(url), "token": TOKEN, "printer": "7", **changes}


async def test_obico_is_told_when_prints_begin_and_end() -> None:
    emulator = Obico(printers={"7": PrinterRecord()})
    async with running(emulator.application()) as url, host() as lent:
        detector = create_detector(of_printer(url), lent)
        assert "Prusa in the shed" in await detector.check()
        await detector.detect(frame(print_id="one"))
        second = await detector.detect(frame(print_id="one"))
        third = await detector.detect(frame(print_id="two"))
        await detector.close()
    assert second.statistics is not None
    assert second.statistics.prediction_num == 2
    assert third.statistics is not None
    assert (third.statistics.prediction_num, third.statistics.prediction_num_lifetime) == (1, 3)
    assert emulator.finished == [("one", "success"), ("two", "success")]


async def test_two_prints_of_one_account_keep_a_print_each() -> None:
    emulator = Obico(printers={"7": PrinterRecord(), "8": PrinterRecord()})
    async with running(emulator.application()) as url, host() as lent:
        detector = create_detector(of_printer(url, printer="7, 8"), lent)
        assert (await detector.check()).count("Prusa in the shed") == 2
        for _ in range(3):
            first, second = await asyncio.gather(
                detector.detect(frame(print_id="one", printer_id="a")),
                detector.detect(frame(print_id="two", printer_id="b")),
            )
        assert emulator.finished == []
        for answer in (first, second):
            assert answer.statistics is not None
            assert answer.statistics.prediction_num == 3
        with pytest.raises(BadSetting, match="one number for each printer"):
            await detector.detect(frame(print_id="three", printer_id="c"))
        await detector.close()
    assert sorted(emulator.finished) == [("one", "success"), ("two", "success")]


async def test_a_printer_at_obico_may_be_taken_over_once_nothing_came_for_it_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    emulator = Obico(printers={"7": PrinterRecord()})
    async with running(emulator.application()) as url, host() as lent:
        detector = create_detector(of_printer(url), lent)
        await detector.detect(frame(print_id="one", printer_id="a"))
        with pytest.raises(BadSetting):
            await detector.detect(frame(print_id="two", printer_id="b"))
        monkeypatch.setattr(obico_printer, "IDLE_FOR", 0.0)
        assert (await detector.detect(frame(print_id="two", printer_id="b"))).p > 0.5
    assert emulator.finished == [("one", "success")]


async def test_a_print_ended_at_obico_is_begun_again() -> None:
    record = PrinterRecord()
    async with running(Obico(printers={"7": record}).application()) as url, host() as lent:
        detector = create_detector(of_printer(url), lent)
        await detector.detect(frame())
        record.filename = None
        assert (await detector.detect(frame())).p > 0.5


async def test_obicos_printer_api_says_what_is_wrong() -> None:
    async with running(Obico(printers={"7": PrinterRecord()}).application()) as url, host() as lent:
        with pytest.raises(NotAuthorised, match="credentials"):
            await query_service(of_printer(url, token="wrong"), lent)
        with pytest.raises(NotFound, match="Not found"):
            await query_service(of_printer(url, printer="8"), lent)
        with pytest.raises(BadSetting, match="printer"):
            await query_service(of_printer(url, printer=""), lent)
