"""What the clients of Obico's services send, call by call, and how they know one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from yarl import URL

from octoprint_failwatch.engine.clients.obico import MlApi, PrinterApi, SuperApi, found
from octoprint_failwatch.engine.errors import (
    BadAnswer,
    BadRequest,
    NotAuthorised,
    NotFound,
    ServerFailed,
    WrongAddress,
)
from tests.core.services.noted_requests import Service, form

PREDICTED = {"result": {"p": 0.5}}


@pytest.mark.parametrize("length", [0, 1, 256, 257])
async def test_the_identifiers_of_a_print_have_so_many_characters(length: int) -> None:
    service = Service([PREDICTED])
    async with service.running() as (session, url):
        api = SuperApi(session, url, "t")
        for ids in (("x" * length, "print"), ("printer", "x" * length)):
            if length in (1, 256):
                assert (await api.predict(*ids, b"1")).p == 0.5
                continue
            with pytest.raises(BadRequest, match="1 to 256 characters"):
                await api.predict(*ids, b"1")
    assert bool(service.asked) is (length in (1, 256))


async def test_each_call_of_obico_is_the_request_of_its_document() -> None:
    image = ("img", "snapshot.jpg", "image/jpeg", b"1")
    printer = "/api/v1/printers/a%2Fb"
    path = "/ent/partners/api/predict/"
    calls: list[tuple[Callable[[Any, URL], Awaitable[Any]], Any, tuple[Any, ...], str | None]] = [
        (
            lambda s, url: SuperApi(s, url, "t").predict("p", "q", b"1"),
            PREDICTED,
            ("POST", path, [*form(("printer_id", "p"), ("print_id", "q")), image]),
            "Token t",
        ),
        (
            lambda s, url: MlApi(s, url, "").predict("http://a"),
            {"detections": []},
            ("GET", "/p/?img=http://a"),
            None,
        ),
        (
            lambda s, url: MlApi(s, url, "t").predict("http://a"),
            {"detections": []},
            ("GET", "/p/?img=http://a"),
            "Bearer t",
        ),
        (lambda s, url: PrinterApi(s, url, "t", "a/b").printer(), {}, ("GET", f"{printer}/"), "Bearer t"),
        (
            lambda s, url: PrinterApi(s, url, "t", "a/b").start_print("cube"),
            {},
            ("POST", f"{printer}/start_print/", {"filename": "cube"}),
            "Bearer t",
        ),
        (
            lambda s, url: PrinterApi(s, url, "t", "a/b").predict(b"1"),
            PREDICTED,
            ("POST", f"{printer}/predict/", [image]),
            "Bearer t",
        ),
        (
            lambda s, url: PrinterApi(s, url, "t", "a/b").finish_print(),
            {},
            ("POST", f"{printer}/finish_print/", {"status": "success"}),
            "Bearer t",
        ),
        (
            lambda s, url: PrinterApi(s, url, "t", "a/b").finish_print(cancelled=True),
            {},
            ("POST", f"{printer}/finish_print/", {"status": "cancelled"}),
            "Bearer t",
        ),
    ]
    service = Service()
    async with service.running() as (session, url):
        for call, reply, expected, token in calls:
            service.replies, service.asked = [reply], []
            await call(session, url)
            assert service.asked == [expected]
            assert service.headers[-1].get("Authorization") == token


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ([{"result": {}}], None),
        ([{"error": "no picture"}], None),
        ([{}], WrongAddress),
        ([401], NotAuthorised),
        ([404], NotFound),
    ],
)
async def test_a_super_detection_api_is_known_by_its_answer(
    replies: list[Any], error: type[Exception] | None
) -> None:
    service = Service(replies)
    async with service.running() as (session, url):
        await _expect(SuperApi(session, url, "t").check(), error)
    fields = {"printer_id": "failwatch-check", "print_id": "failwatch-check"}
    assert service.asked == [("POST", "/ent/partners/api/predict/", fields)]


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ([b"ok", {"detections": []}], None),
        ([b"ok\n", 400], None),
        ([b"ok", 401], NotAuthorised),
        ([b" error ", {}], ServerFailed),
        ([b"fine", {}], WrongAddress),
    ],
)
async def test_an_ml_api_is_known_by_its_health_and_a_request_without_a_picture(
    replies: list[Any], error: type[Exception] | None
) -> None:
    service = Service(replies)
    async with service.running() as (session, url):
        await _expect(MlApi(session, url, "t").check(), error)
    assert [path for _, path in service.asked] == ["/hc/", "/p/"][: len(service.asked)]
    assert len(service.asked) == (1 if error in (ServerFailed, WrongAddress) else 2)


async def _expect(call: Awaitable[Any], error: type[Exception] | None) -> None:
    if error is None:
        await call
        return
    with pytest.raises(error):
        await call


@pytest.mark.parametrize(
    ("detections", "error"),
    [
        ([[0.5, [1, 2, 3, 4]]], None),
        ([["failure", 0.5, [1, 2, 3, 4]]], None),
        ([[0.5, [1, 2, 3, 4, 5]]], BadAnswer),
        ([["failure", 0.5, [1, 2, 3]]], BadAnswer),
        ([["a", "b", 0.5, [1, 2, 3, 4]]], BadAnswer),
        ([[[1, 2, 3, 4]]], BadAnswer),
        ([["failure", -0.5, [1, 2, 3, 4]]], BadAnswer),
        ([[None, 0.5, [1, 2, 3, 4]]], BadAnswer),
        ({}, BadAnswer),
    ],
    ids=str,
)
def test_a_box_of_obico_has_a_score_and_four_numbers(detections: Any, error: type[Exception] | None) -> None:
    if error is not None:
        with pytest.raises(error):
            found(detections)
        return
    (box,) = found(detections)
    edges = (box.x_center, box.y_center, box.width, box.height)
    assert (box.label, box.score, edges) == ("failure", 0.5, (1, 2, 3, 4))
