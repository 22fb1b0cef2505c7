"""What the clients of HACARUS send, call by call, in all three dialects."""

from __future__ import annotations

from typing import Any

from octoprint_failwatch.engine.clients.hacarus import (
    HacarusCheck,
    HacarusSaas,
    HacarusSdk,
    ItemType,
    PredictCallback,
    PredictParameters,
)
from octoprint_failwatch.engine.clients.hacarus.connection import Connection
from tests.core.services.noted_requests import MODEL, PLACE, Call, Service, form

ITEM = {"item_id": "i"}
JPEG = ("a.jpg", "image/jpeg", b"1")
WEB: dict[str, Call] = {
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
CHECK: dict[str, Call] = {
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
SDK: dict[str, Call] = {
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
