"""What the client of Deepomatic sends, call by call, and how it waits for a task."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from yarl import URL

from octoprint_failwatch.engine.clients.deepomatic import (
    Crop,
    Deepomatic,
    Encoding,
    ImageInput,
    Label,
    Output,
    Task,
)
from octoprint_failwatch.engine.errors import BadRequest, NotFound
from tests.core.services.noted_requests import Call, Service, form
from tests.patience import PATIENCE

CROP = Crop(0.1, 0.2, 0.8, 0.9)
EDGES = {"xmin": 0.1, "ymin": 0.2, "xmax": 0.8, "ymax": 0.9}
SPEC = {"id": 7, "name": "mine"}
EMPTY_PAGE = {"count": 0, "results": []}
OUTPUT = Output((Label(0, "bad"),), exclusive=False, roi="BBOX")
DEEPOMATIC: dict[str, Call] = {
    "create": (
        lambda api: api.create_spec("mine", [OUTPUT]),
        SPEC,
        (
            "POST",
            "/v1/recognition/specs",
            {
                "name": "mine",
                "description": "",
                "metadata": {},
                "outputs": [
                    {"labels": {"roi": "BBOX", "exclusive": False, "labels": [{"id": 0, "name": "bad"}]}}
                ],
            },
        ),
    ),
    "page": (lambda api: api.spec_page(), EMPTY_PAGE, ("GET", "/v1/recognition/specs?offset=0&limit=100")),
    "public page": (
        lambda api: api.spec_page(public=True, offset=5, limit=2),
        EMPTY_PAGE,
        ("GET", "/v1/recognition/public?offset=5&limit=2"),
    ),
    "own": (lambda api: api.spec(7), SPEC, ("GET", "/v1/recognition/specs/7")),
    "public": (lambda api: api.spec("a/b"), SPEC, ("GET", "/v1/recognition/public/a%2Fb")),
    "edit": (
        lambda api: api.edit_spec(7, name="new", metadata={}),
        SPEC,
        ("PATCH", "/v1/recognition/specs/7", {"name": "new", "metadata": {}}),
    ),
    "unbind": (
        lambda api: api.edit_spec(7, unbind=True),
        SPEC,
        ("PATCH", "/v1/recognition/specs/7", {"current_version_id": None}),
    ),
    "bind": (
        lambda api: api.edit_spec(7, current_version_id=3),
        SPEC,
        ("PATCH", "/v1/recognition/specs/7", {"current_version_id": 3}),
    ),
    "delete": (lambda api: api.delete_spec(7), {}, ("DELETE", "/v1/recognition/specs/7")),
    "address": (
        lambda api: api.infer(7, [ImageInput("http://a/b.jpg", CROP)]),
        {"task_id": 1},
        (
            "POST",
            "/v1/recognition/specs/7/inference",
            {
                "inputs": [{"image": {"source": "http://a/b.jpg", "bbox": EDGES}}],
                "show_discarded": False,
                "max_predictions": 100,
            },
        ),
    ),
    "text": (
        lambda api: api.infer("p", [ImageInput(b"1", encoding=Encoding.BASE64)], show_discarded=True),
        {"task_id": 1},
        (
            "POST",
            "/v1/recognition/public/p/inference",
            {
                "inputs": [{"image": {"source": "data:image/jpeg;base64,MQ=="}}],
                "show_discarded": True,
                "max_predictions": 100,
            },
        ),
    ),
    "all kinds of sources": (
        lambda api: api.infer(
            7,
            [
                ImageInput(b"0", CROP),
                ImageInput("http://a/b.jpg"),
                ImageInput(b"2", encoding=Encoding.BASE64),
                ImageInput(b"3", encoding=Encoding.BINARY),
            ],
            max_predictions=5,
        ),
        {"task_id": 1},
        (
            "POST",
            "/v1/recognition/specs/7/inference",
            [
                *form(("show_discarded", "False"), ("max_predictions", "5")),
                ("inputs[0]image.source", "0.jpg", "image/jpeg", b"0"),
                *form(*((f"inputs[0]image.bbox.{edge}", str(share)) for edge, share in EDGES.items())),
                *form(
                    ("inputs[1]image.source", "http://a/b.jpg"),
                    ("inputs[2]image.source", "data:image/jpeg;base64,Mg=="),
                ),
                (
                    "inputs[3]image.source",
                    None,
                    "application/octet-stream",
                    b"data:image/jpeg;binary,3",
                ),
            ],
        ),
    ),
    "task": (lambda api: api.task("a/b"), {"id": 1, "status": "pending"}, ("GET", "/v1/tasks/a%2Fb")),
    "tasks": (
        lambda api: api.tasks(["1", "2"]),
        {"results": []},
        ("GET", "/v1/tasks?task_ids=1&task_ids=2&limit=100"),
    ),
}


async def test_each_call_of_deepomatic_is_the_request_of_its_document() -> None:
    service = Service()
    async with service.running() as (session, url):
        for name, (call, reply, expected) in DEEPOMATIC.items():
            service.replies, service.asked = [reply], []
            await call(Deepomatic(session, url / "v1", "key"))
            assert service.asked == [expected], name
            assert service.headers[-1]["X-API-KEY"] == "key"


async def test_all_specifications_are_asked_for_until_none_is_left() -> None:
    def page(*ids: int, following: bool) -> dict[str, Any]:
        results = [{"id": one, "name": "n"} for one in ids]
        return {"count": 9, "results": results, "next": "http://x" if following else None}

    for last in (page(4, following=False), page(following=True)):
        service = Service([page(1, 2, following=True), page(3, following=True), last, page(following=False)])
        async with service.running() as (session, url):
            specs = [spec.id async for spec in Deepomatic(session, url, "key").specs()]
        assert specs == [1, 2, 3, *(one["id"] for one in last["results"])]
        assert [path.partition("?")[2] for _, path in service.asked] == [
            f"offset={offset}&limit=100" for offset in (0, 2, 3)
        ]


async def test_a_task_is_asked_after_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async def followed(task: Task) -> Task:
        return Task("1", "success" if len(pauses) == 12 else "pending", data=5)

    api = Deepomatic(None, URL("http://service"), "key")  # type: ignore[arg-type] # never used
    monkeypatch.setattr(api, "_followed", followed)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    assert await api.wait(Task("1", "pending")) == 5
    assert pauses[:4] == pytest.approx([0.0, 0.05, 0.075, 0.1125])
    assert pauses == sorted(pauses)
    assert max(pauses) == 1.0


async def test_only_a_refusal_is_told_as_one_of_the_way_to_a_task() -> None:
    for status, error, told in ((404, NotFound, True), (400, BadRequest, False)):
        service = Service([status])
        async with service.running() as (session, url):
            with pytest.raises(error) as refused:
                await Deepomatic(session, url, "key").wait(Task("1", "pending"), timeout=PATIENCE)
        assert ("took the pictures" in str(refused.value)) is told
