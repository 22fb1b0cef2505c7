"""What the clients of all services send, call by call, and how they read the parts of an answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from octoprint_failwatch.engine.clients import refusals
from octoprint_failwatch.engine.clients.deepomatic import (
    Crop,
    Deepomatic,
    Encoding,
    ImageInput,
    Label,
    Output,
    Task,
)
from octoprint_failwatch.engine.clients.hacarus import (
    Dialect,
    HacarusCheck,
    HacarusSaas,
    HacarusSdk,
    Item,
    ItemType,
    NewAnnotation,
    PredictCallback,
    PredictParameters,
    connect,
    parsing,
    sdk_parsing,
)
from octoprint_failwatch.engine.clients.hacarus.connection import Connection
from octoprint_failwatch.engine.clients.hacarus.training import picture_type
from octoprint_failwatch.engine.clients.http import REQUEST_TIMEOUT, Endpoint, base_url
from octoprint_failwatch.engine.clients.obico import MlApi, PrinterApi, SuperApi, found
from octoprint_failwatch.engine.clients.reading import (
    number,
    optional_number,
    sequence,
    text,
    web_address,
)
from octoprint_failwatch.engine.errors import (
    BadAnswer,
    BadRequest,
    BadSetting,
    Busy,
    DetectionError,
    NotAuthorised,
    NotFound,
    NotPermitted,
    RateLimited,
    ServerFailed,
    TimedOut,
    WrongAddress,
)
from octoprint_failwatch.engine.watch.settings import WatchSettings
from tests.emulators.running import running
from tests.patience import PATIENCE

PLACE = NewAnnotation(1, 2, 9, 8, label=1, notes="here")


@dataclass
class Service:
    """Notes each request and gives the next reply; the last one repeats."""

    replies: list[Any] = field(default_factory=lambda: [{}])
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer: with a status alone, with bytes, or with JSON."""
        asked: tuple[Any, ...] = (request.method, request.path_qs)
        if request.content_type == "multipart/form-data":
            asked = (*asked, [part async for part in self._parts(request)])
        elif request.content_type == "application/x-www-form-urlencoded":
            asked = (*asked, dict(await request.post()))
        elif request.can_read_body:
            asked = (*asked, await request.json())
        if request.path.endswith("/api/auth/token"):
            return web.json_response({"access_token": "token"})
        self.asked.append(asked)
        self.headers.append(request.headers)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, int):
            return web.Response(status=reply)
        return web.Response(body=reply) if isinstance(reply, bytes) else web.json_response(reply)

    async def _parts(self, request: web.Request) -> AsyncIterator[tuple[Any, ...]]:
        async for part in await request.multipart():
            assert isinstance(part, aiohttp.BodyPartReader)
            kind = part.headers.get("Content-Type", "").partition(";")[0]
            yield part.name, part.filename, kind, bytes(await part.read())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[tuple[aiohttp.ClientSession, URL]]:
        """Serve."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = URL.build(scheme="http", host="127.0.0.1", port=runner.addresses[0][1])
            async with aiohttp.ClientSession() as session:
                yield session, url
        finally:
            await runner.cleanup()


ITEM = {"item_id": "i"}
MODEL = {"model_id": "7"}
JPEG = ("a.jpg", "image/jpeg", b"1")
FORM = "text/plain"


def form(*fields: tuple[str, str]) -> list[tuple[Any, ...]]:
    return [(name, None, FORM, value.encode()) for name, value in fields]


WEB: dict[str, tuple[Callable[[Any], Awaitable[Any]], Any, tuple[Any, ...]]] = {
    "targets": (lambda api: api.targets(), [], ("GET", "/api/v1/targets/")),
    "target": (lambda api: api.target(2), {"target_id": 2}, ("GET", "/api/v1/targets/2")),
    "default": (lambda api: api.set_default_target(2), {"target_id": 2}, ("POST", "/api/v1/targets/2")),
    "results": (
        lambda api: api.results(["a", "b"]),
        {},
        ("POST", "/api/v1/targets/model/results?model_ids=a&model_ids=b"),
    ),
    "algorithms": (lambda api: api.algorithms(), None, ("GET", "/api/v1/algorithms/")),
    "algorithm": (
        lambda api: api.algorithm("a/b"),
        {"algorithm_id": "a"},
        ("GET", "/api/v1/algorithms/a%2Fb"),
    ),
    "train": (
        lambda api: api.train("a", "mine", ("i",), {3: "0.5"}),
        MODEL,
        (
            "POST",
            "/api/v1/algorithms/a/train",
            {
                "name": "mine",
                "item_ids": ["i"],
                "override_params": [{"algorithm_parameter_id": 3, "value": "0.5"}],
            },
        ),
    ),
    "train as it is": (
        lambda api: api.train("a", "mine", []),
        MODEL,
        ("POST", "/api/v1/algorithms/a/train", {"name": "mine", "item_ids": [], "override_params": []}),
    ),
    "models": (lambda api: api.models(), [MODEL], ("GET", "/api/v1/models/")),
    "models of one": (lambda api: api.models("a"), [], ("GET", "/api/v1/models/?algorithm_id=a")),
    "model": (lambda api: api.model("a/b"), MODEL, ("GET", "/api/v1/models/a%2Fb")),
    "delete": (
        lambda api: api.delete_models(["7", "8"]),
        {"model_ids": ["7", "8"]},
        ("DELETE", "/api/v1/models/?model_ids=7&model_ids=8"),
    ),
    "export": (
        lambda api: api.export_models(["7"]),
        {},
        ("POST", "/api/v1/models/export", {"model_ids": ["7"]}),
    ),
    "import": (
        lambda api: api.import_models(b"zip"),
        [MODEL],
        ("POST", "/api/v1/models/import", [("models", "models.zip", "application/zip", b"zip")]),
    ),
    "predict": (
        lambda api: api.predict("7", ["i"]),
        {"item_ids": ["i"]},
        ("POST", "/api/v1/models/7/predict", {"item_ids": ["i"]}),
    ),
    "page": (
        lambda api: api.item_page(ItemType.TRAINING, page=2, count=25, model_id="7"),
        {},
        ("GET", "/api/v1/items/?item_type=training&count=25&page=2&model_id=7"),
    ),
    "first page": (
        lambda api: api.item_page(ItemType.PREDICTION),
        {},
        ("GET", "/api/v1/items/?item_type=prediction"),
    ),
    "add": (
        lambda api: api.add_items({"a.jpg": b"1", "b.TIF": b"2"}, training=True, good=False, model_id="7"),
        {"item_ids": ["a", "b"]},
        (
            "POST",
            "/api/v1/items/",
            [
                *form(("training", "true"), ("good", "false"), ("model_id", "7")),
                ("files", *JPEG),
                ("files", "b.TIF", "image/tiff", b"2"),
            ],
        ),
    ),
    "add to be judged": (
        lambda api: api.add_items({"a.jpg": b"1"}, training=False),
        {"item_ids": ["a"]},
        ("POST", "/api/v1/items/", [*form(("training", "false")), ("files", *JPEG)]),
    ),
    "item": (
        lambda api: api.item("a/b"),
        ITEM,
        ("GET", "/api/v1/items/a%2Fb?show_assessments=true&show_annotations=true"),
    ),
    "item of a model": (
        lambda api: api.item("i", show_assessments=False, show_annotations=False, model_id="7"),
        ITEM,
        ("GET", "/api/v1/items/i?show_assessments=false&show_annotations=false&model_id=7"),
    ),
    "annotate": (
        lambda api: api.annotate_item("i", [PLACE]),
        {},
        (
            "PATCH",
            "/api/v1/items/i",
            {"annotations": [{"x_min": 1, "y_min": 2, "x_max": 9, "y_max": 8, "label": 1, "notes": "here"}]},
        ),
    ),
    "licence": (
        lambda api: api.set_license(b"key"),
        {"license_expiry": "2030"},
        ("POST", "/api/v1/utils/", [("license_data", "license.key", "application/octet-stream", b"key")]),
    ),
    "logs": (lambda api: api.logs(), {}, ("POST", "/api/v1/utils/debug")),
    "identity": (lambda api: api.node_hash(), {"hash_id": "h"}, ("POST", "/api/v1/utils/node_hash")),
}
CHECK: dict[str, tuple[Callable[[Any], Awaitable[Any]], Any, tuple[Any, ...]]] = {
    "parameters": (
        lambda api: api.set_predict_parameters("a/b", PredictParameters(threshold=0.0)),
        {},
        ("POST", "/api/v1/models/a%2Fb/update_predict_parameters", {"threshold": 0.0}),
    ),
    "callback": (
        lambda api: api.set_predict_callback("7", PredictCallback("http://me")),
        {},
        (
            "POST",
            "/api/v1/models/7/update_predict_callback",
            {"callback_url": "http://me", "callback_method": "post"},
        ),
    ),
    "delete": (
        lambda api: api.delete_items(("i",)),
        {},
        ("DELETE", "/api/v1/items/", {"item_ids": ["i"]}),
    ),
}
MARKS = {"annotations": [{"x_min": 1, "y_min": 2, "x_max": 9, "y_max": 8, "notes": "here"}]}
SDK: dict[str, tuple[Callable[[Any], Awaitable[Any]], Any, tuple[Any, ...]]] = {
    "version": (lambda api: api.version(), {"data": "1.0"}, ("GET", "/api/auth/app_version")),
    "algorithms": (lambda api: api.algorithms(), [], ("GET", "/api/v1/algorithms")),
    "models": (lambda api: api.models(), [], ("GET", "/api/v1/models")),
    "delete": (
        lambda api: api.delete_models(["7", "a", "²"]),
        {},
        ("DELETE", "/api/v1/model", {"model_ids": [7, "a", "²"]}),
    ),
    "train": (
        lambda api: api.train("a", "mine", ("i",), {3: "0.5"}),
        MODEL,
        (
            "POST",
            "/api/v1/train",
            {
                "algorithm_id": "a",
                "name": "mine",
                "item_ids": ["i"],
                "override_params": [{"algorithm_parameter_id": 3, "value": "0.5"}],
            },
        ),
    ),
    "add": (
        lambda api: api.add_items({"a.jpg": b"1", "b.png": b"2"}, training=True, good=False),
        {"item_ids": ["a"]},
        (
            "POST",
            "/api/v1/upload",
            [
                ("files[0]", *JPEG),
                ("files[1]", "b.png", "image/png", b"2"),
                *form(("training", "true"), ("good", "false")),
            ],
        ),
    ),
    "add good": (
        lambda api: api.add_items({"a.jpg": b"1"}, training=True, good=True),
        {"item_ids": ["a"]},
        ("POST", "/api/v1/upload", [("files[0]", *JPEG), *form(("training", "true"), ("good", "true"))]),
    ),
    "add to be judged": (
        lambda api: api.add_items({"a.jpg": b"1"}),
        {"item_ids": ["a"]},
        ("POST", "/api/v1/upload", [("files[0]", *JPEG), *form(("training", "false"))]),
    ),
    "items": (lambda api: api.items(), {}, ("GET", "/api/v1/items")),
    "item": (lambda api: api.item("a/b"), ITEM, ("GET", "/api/v1/item/a%2Fb")),
    "mark": (
        lambda api: api.annotate_image("3/4", [PLACE]),
        {"item_ids": ["i"]},
        ("POST", "/api/v1/image/3%2F4/annotation", MARKS),
    ),
    "predict": (
        lambda api: api.predict("7", ["i"]),
        {"item_ids": ["i"]},
        ("POST", "/api/v1/serve", {"item_ids": ["i"], "model_id": 7}),
    ),
    "predict with the active model": (
        lambda api: api.predict("active", ["i"]),
        {"item_ids": ["i"]},
        ("POST", "/api/v1/serve", {"item_ids": ["i"]}),
    ),
    "processes": (lambda api: api.processes(), {}, ("GET", "/api/v1/workers")),
    "licence": (
        lambda api: api.set_license(b"key"),
        {},
        ("POST", "/api/auth/license", [("license", "license.key", "application/octet-stream", b"key")]),
    ),
}
CALLS: list[tuple[type[Any], str, Any]] = [
    *((HacarusSaas, name, call) for name, call in WEB.items()),
    *((HacarusCheck, name, call) for name, call in CHECK.items()),
    *((HacarusSdk, name, call) for name, call in SDK.items()),
]


async def test_each_call_of_hacarus_is_the_request_of_its_document() -> None:
    service = Service()
    async with service.running() as (session, url):
        for dialect, name, (call, reply, expected) in CALLS:
            service.replies, service.asked = [reply], []
            await call(dialect(Connection(session, url / "api", "me", "s", language="de")))
            assert service.asked == [expected], name
            assert service.headers[-1]["Authorization"] == "Bearer token"
            assert service.headers[-1]["Accept-Language"] == "de"


async def test_all_items_of_hacarus_are_asked_for_fifty_at_a_time_up_to_the_last_page() -> None:
    def page(number: int, of: int, *items: str) -> dict[str, Any]:
        return {"items": [{"item_id": item} for item in items], "current_page": number, "end_page": of}

    service = Service([page(1, 3, "a", "b"), page(2, 3, "c"), page(3, 3, "d"), page(4, 9, "never")])
    async with service.running() as (session, url):
        api = HacarusSaas(Connection(session, url, "me", "s"))
        assert [item.item_id async for item in api.items(ItemType.TRAINING, model_id="7")] == list("abcd")
        asked = "/api/v1/items/?item_type=training&count=50{}&model_id=7"
        pages = [asked.format(page) for page in ("", "&page=2", "&page=3")]
        assert [path for _, path in service.asked] == pages
        service.replies, service.asked = [page(1, 9)], []
        assert [item async for item in api.items(ItemType.PREDICTION)] == []
        assert len(service.asked) == 1, "an empty page is the last one"


async def test_an_older_sdk_takes_its_licence_elsewhere() -> None:
    service = Service([404, {}])
    async with service.running() as (session, url):
        await HacarusSdk(Connection(session, url, "me", "s")).set_license(b"key")
    parts = [("license", "license.key", "application/octet-stream", b"key")]
    assert service.asked == [("POST", "/api/auth/license", parts), ("POST", "/api/v1/license", parts)]


async def test_a_model_of_the_sdk_is_not_passed_where_the_list_cannot_be_asked_for() -> None:
    service = Service([500])
    async with service.running() as (session, url):
        with pytest.raises(ServerFailed):
            await HacarusSdk(Connection(session, url, "me", "s")).check_model("7")
        assert len(service.asked) == 1, "another token would not help"
        with pytest.raises(ServerFailed):
            await HacarusSdk(Connection(session, url, "me", "s")).set_license(b"key")
        assert len(service.asked) == 2, "nor would the other address"


async def test_a_model_that_a_server_does_not_know_is_no_model() -> None:
    service = Service([404])
    async with service.running() as (session, url):
        with pytest.raises(NotFound):
            await HacarusSaas(Connection(session, url / "behind" / "api", "me", "s")).check_model("7")
    assert service.asked == [("GET", "/behind/api/v1/models/7")]


async def test_all_pictures_of_an_item_are_marked_that_have_a_number() -> None:
    item = {"item_id": "i", "images": [{"image_id": 3}, {"url": "u"}, {"image_id": 4}]}
    service = Service([item, {"item_ids": ["i"]}])
    async with service.running() as (session, url):
        await HacarusSdk(Connection(session, url, "me", "s")).annotate_item("i", [PLACE])
    paths = [f"/api/v1/image/{image}/annotation" for image in (3, 4)]
    assert [path for _, path, *_ in service.asked[1:]] == paths


@pytest.mark.parametrize(
    ("status", "kind"), [(400, HacarusCheck), (404, HacarusSaas), (405, HacarusCheck), (422, HacarusCheck)]
)
async def test_whoever_knows_an_operation_of_check_speaks_it(status: int, kind: type) -> None:
    service = Service([status])
    async with service.running() as (session, url):
        assert type(await connect(Connection(session, url, "me", "s"))) is kind
        service.asked.clear()
        for dialect, said in ((Dialect.CHECK, HacarusCheck), (Dialect.SAAS, HacarusSaas)):
            assert type(await connect(Connection(session, url, "me", "s"), dialect)) is said
        assert service.asked == [], "what was said is not tried"
    service = Service([500])
    async with service.running() as (session, url):
        with pytest.raises(ServerFailed):
            await connect(Connection(session, url, "me", "s"))


async def test_a_training_is_not_waited_for_beyond_its_time() -> None:
    service = Service([{**MODEL, "name": "mine", "status": "creating"}])
    async with service.running() as (session, url), asyncio.timeout(PATIENCE):
        api = HacarusSaas(Connection(session, url, "me", "s"))
        with pytest.raises(TimedOut, match=r"'mine' was not trained within 1 seconds\."):
            await api.wait_for_model("7", timeout=1.0, interval=2 * PATIENCE)
        assert len(service.asked) == 1
        for told, says in (("no memory", "no memory"), (None, "no reason given")):
            service.replies = [{**MODEL, "name": "mine", "status": "failed", "status_text": told}]
            with pytest.raises(ServerFailed, match=f"Training 'mine' failed: {says}."):
                await api.wait_for_model("7", timeout=1.0)


def test_what_an_answer_of_hacarus_tells_is_read() -> None:
    told = {"name": "mine", "stats": {"accuracy": 0.9}, "precision": "0.8", "recall": 0.7, "active": True}
    model = parsing.model({**MODEL, **told, "ok_img_count": 5, "training_time": "60"})
    assert (model.accuracy, model.precision, model.recall, model.active) == (0.9, 0.8, 0.7, True)
    assert (model.ok_img_count, model.training_time) == (5, 60)
    assert parsing.model({**MODEL, "stats": [1], "active": 1}).active is None
    by_user = {"item_id": "i", "user_assessment": {"label": "NG"}}
    by_hand = {"item_id": "i", "manual_assessment": {"assessment_result": "NG", "good": True}}
    for item, result in ((parsing.item(by_user), ""), (sdk_parsing.item(by_hand), "good")):
        assert item.user_assessment is not None
        assert (item.user_assessment.label, item.user_assessment.result) == ("NG", result)
    bad = sdk_parsing.item({"item_id": "i", "computed_assessment": {"good": False}})
    assert bad.assessments[0].result == "bad"
    picture = sdk_parsing.item({"item_id": "i", "images": [{"url": "u", "raw_url": "r"}, {"url": "u"}]})
    assert [image.url for image in picture.images] == ["r", "u"]
    assert parsing.data({"data": {"a": 1}}) == {"a": 1}
    assert parsing.data({"a": 1}) == {"a": 1}
    assert parsing.data([1]) == [1]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.png", "image/png"),
        ("a.TIFF", "image/tiff"),
        ("a.b.tif", "image/tiff"),
        ("a.jpeg", "image/jpeg"),
        ("a", "image/jpeg"),
    ],
)
def test_the_media_type_goes_by_the_files_ending(name: str, kind: str) -> None:
    assert picture_type(name) == kind


# Deepomatic

CROP = Crop(0.1, 0.2, 0.8, 0.9)
EDGES = {"xmin": 0.1, "ymin": 0.2, "xmax": 0.8, "ymax": 0.9}
SPEC = {"id": 7, "name": "mine"}
EMPTY_PAGE = {"count": 0, "results": []}
OUTPUT = Output((Label(0, "bad"),), exclusive=False, roi="BBOX")
DEEPOMATIC: dict[str, tuple[Callable[[Deepomatic], Awaitable[Any]], Any, tuple[Any, ...]]] = {
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


# Obico

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


# Parts of answers


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (1, 1.0),
        (0.5, 0.5),
        ("0.5", 0.5),
        (" 2 ", 2.0),
        (True, None),
        (False, None),
        (None, None),
        ("", None),
        ("often", None),
        ("nan", None),
        ("inf", None),
        (float("-inf"), None),
        (10**400, None),
        ([1], None),
        ({}, None),
    ],
    ids=str,
)
def test_a_number_is_one_that_can_be_counted_with(value: Any, read: float | None) -> None:
    assert optional_number(value) == read
    if read is None:
        with pytest.raises(BadAnswer, match=r"The answer has no p\."):
            number(value, "p")
    else:
        assert number(value, "p") == read


@pytest.mark.parametrize(("value", "read"), [("a", "a"), ("", ""), (7, "7"), (0, "0")])
def test_an_identifier_may_be_a_number(value: Any, read: str) -> None:
    assert text(value, "id") == read


@pytest.mark.parametrize("value", [True, False, None, 1.5, [], {}])
def test_what_is_no_identifier_is_refused(value: Any) -> None:
    with pytest.raises(BadAnswer, match=r"The answer has no id\."):
        text(value, "id")


@pytest.mark.parametrize("value", [None, {}, "ab", (1,)], ids=str)
def test_a_list_is_a_list(value: Any) -> None:
    assert sequence([1], "boxes") == [1]
    with pytest.raises(BadAnswer, match="no list of boxes"):
        sequence(value, "boxes")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("https://a/b.jpg", "https://a/b.jpg"),
        ("http://a/b.jpg", "http://a/b.jpg"),
        ("/b.jpg", "http://host:8000/b.jpg"),
        ("b.jpg", "http://host:8000/api/b.jpg"),
        ("", None),
        (None, None),
        (5, None),
        ("ftp://a/b.jpg", None),
        ("javascript:alert(1)", None),
        ("http://[", None),
    ],
)
def test_an_address_is_one_that_a_browser_may_open(value: Any, read: str | None) -> None:
    assert web_address(value, URL("http://host:8000/api/")) == read


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("http://host", "host"),
        ("http://host:80/a", "host"),
        ("https://host:443", "host"),
        ("http://host:443", "host:443"),
        ("https://host:8000", "host:8000"),
    ],
)
def test_a_service_is_named_by_its_host_and_a_port_that_is_not_the_usual_one(
    address: str, where: str
) -> None:
    endpoint = Endpoint(None, URL(address), {"Authorization": "s3cret"}, ("s3cret",))  # type: ignore[arg-type]
    assert endpoint.where == where
    assert "s3cret" not in repr(endpoint)


@pytest.mark.parametrize(
    ("status", "retry_after", "error"),
    [
        (299, None, None),
        (300, None, WrongAddress),
        (399, None, WrongAddress),
        (400, None, BadRequest),
        (401, None, NotAuthorised),
        (402, None, BadRequest),
        (403, None, NotPermitted),
        (404, None, NotFound),
        (405, None, NotFound),
        (406, None, BadRequest),
        (408, None, Busy),
        (409, None, BadRequest),
        (410, None, NotFound),
        (411, None, BadRequest),
        (424, None, BadRequest),
        (426, None, BadRequest),
        (428, None, BadRequest),
        (430, None, BadRequest),
        (425, None, Busy),
        (429, None, RateLimited),
        (429, "9", RateLimited),
        (499, None, BadRequest),
        (500, "9", ServerFailed),
        (503, None, ServerFailed),
        (503, "9", Busy),
        (599, None, ServerFailed),
    ],
)
async def test_each_status_is_told_as_what_people_can_do_about_it(
    status: int, retry_after: str | None, error: type[DetectionError] | None
) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": retry_after} if retry_after else {})

    app = web.Application()
    app.router.add_get("/a", handle)
    async with running(app) as url, aiohttp.ClientSession() as session:
        endpoint = Endpoint(session, url)
        if error is None:
            assert (await endpoint.call("GET", "a")).status == status
            return
        with pytest.raises(DetectionError) as told:
            await endpoint.call("GET", "/a")
        assert type(told.value) is error
        waits = error in (RateLimited, Busy) and retry_after is not None
        assert told.value.retry_after == (9.0 if waits else None)
        assert (await endpoint.call("GET", "a", accept=(status,))).status == status


@pytest.mark.parametrize(
    ("settings", "default", "url"),
    [
        ({"url": "host"}, None, "http://host/"),
        ({"url": ""}, "https://default", "https://default/"),
        ({}, "https://default/v1", "https://default/v1"),
        ({"url": "https://host/a"}, "https://default", "https://host/a"),
    ],
)
def test_a_service_without_an_address_of_its_own_is_the_public_one(
    settings: dict[str, str], default: str | None, url: str
) -> None:
    assert base_url(settings, default) == URL(url)
    with pytest.raises(BadSetting, match="must look like"):
        base_url({})


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("no JSON", ""),
        ("[" * 100_000, ""),
        ("5", ""),
        ('"  words  "', "words"),
        ('" "', ""),
        ('{"error": "x", "message": "x"}', "x"),
        ('{"error": "a", "detail": "b", "title": "c"}', "a: c: b"),
        ('{"error": null, "name": ["too long"]}', ""),
        ('{"name": "text", "other": ["too long"]}', "other: too long"),
        ('{"key": "name"}', ""),
        (json.dumps({"error": "x" * 300}), "x" * 300),
        (json.dumps({"error": "x" * 301}), "x" * 300),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_a_service_says_is_read_from_where_services_say_it(said: str, read: str) -> None:
    assert refusals.said(said.encode()) == read


DATE = "Sat, 21 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": " 17 "}, 17.0),
        ({"Retry-After": "3600"}, 3600.0),
        ({"Retry-After": "3601"}, 3600.0),
        ({"Retry-After": "²"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "Sat, 21 Nov 2026 10:00:30 GMT", "Date": DATE}, 30.0),
        ({"Retry-After": "Sat, 21 Nov 2026 10:00:30 -0000", "Date": DATE}, 30.0),
        ({"Retry-After": "Sat, 21 Nov 2026 09:00:00 GMT", "Date": DATE}, 0.0),
        ({"Retry-After": "Sat, 21 Nov 2026 12:00:00 GMT", "Date": DATE}, 3600.0),
        ({"Retry-After": "Sat, 21 Nov 99999999999999999999 10:00:00 GMT", "Date": DATE}, None),
        ({"Retry-After": "Sat, 21 Nov 2026 10:00:30 +99999999999", "Date": DATE}, None),
    ],
)
def test_how_long_to_wait_is_read_as_seconds_or_as_a_date(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert refusals.retry_after(headers) == seconds


def test_what_is_large_or_secret_is_not_shown_where_a_value_is_logged() -> None:
    shown = [ImageInput(b"picture"), Task("1", "done", data="picture"), Item("i", raw="picture")]
    assert not any("picture" in repr(one) for one in shown)
    assert Item("i", raw=1) == Item("i", raw=2)


def test_one_request_of_a_look_ends_before_the_look_does() -> None:
    look_timeout = WatchSettings().look_timeout
    assert look_timeout is not None
    assert look_timeout > REQUEST_TIMEOUT
